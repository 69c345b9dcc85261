"""Weights that are measured from gradients in each step: adaptive and balanced ones."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import keras
import numpy as np
from keras import ops

from vaereg.contracts.conditions import Given
from vaereg.contracts.schedule import Schedule
from vaereg.contracts.tensor import Seed, Tensor
from vaereg.declaration.declaration import Adaptive, Balance, Declaration, Slot
from vaereg.errors import DeclarationError, Problem
from vaereg.kinds import KINDS
from vaereg.model.backends.choice import gradient
from vaereg.model.losses.terms import Terms
from vaereg.model.players import Pulled, adaptive_weights, norms_at_outputs
from vaereg.model.term_weights.balancer import Balancer

OF_DECODER = ("vae", "generation", "decoder")
"""The players whose losses move the decoder."""


def measured(declaration: Declaration) -> dict[str, Adaptive | Balance]:
    """The terms whose weight is measured, by key."""
    slots = (*declaration.regularizers, *declaration.discriminators)
    return {slot.key: slot.weight for slot in slots if not isinstance(slot.weight, Schedule)}


def balancer_of(choices: Mapping[str, Adaptive | Balance]) -> Balancer | None:
    """The balancer of the terms with a balanced weight; None if there is none."""
    shares = {key: each.share for key, each in choices.items() if isinstance(each, Balance)}
    return Balancer(shares) if shares else None


def measured_weights(
    pulled: Sequence[Pulled],
    choices: Mapping[str, Adaptive | Balance],
    *,
    anchor: keras.Variable | None,
    balancer: Balancer | None,
    loss_scale: Tensor,
) -> dict[str, Tensor]:
    """The measured weight of each term; moves the averages of the balancer.

    Args:
        pulled: the gradients of all losses.
        choices: term -> how its weight is measured.
        anchor: the decoder's last kernel, for adaptive weights.
        balancer: of the balanced weights.
        loss_scale: the factor that all gradients were scaled by.
    """
    adaptive = {key: each for key, each in choices.items() if isinstance(each, Adaptive)}
    weights = adaptive_weights(pulled, adaptive, anchor, loss_scale)
    if balancer is not None:
        norms = norms_at_outputs(pulled, balancer.shares, loss_scale)
        weights |= balancer.weights_after(*norms)
    return weights


def check_reach(terms: Terms, x: Tensor, given: Given, seed: Seed) -> None:
    """Refuses a measured weight of a term that does not depend on the decoder's output.

    Args:
        terms: of the model.
        x: a batch to try them on; no variable changes.
        given: its conditions.
        seed: of the noise.

    Raises:
        DeclarationError: placed at each such term.
    """
    problems = []
    for key, slot in terms.declared.items():
        own = slot.kind == "regularizer" or isinstance(slot.weight, Balance)
        if isinstance(slot.weight, Schedule) or not own:
            continue  # critics judge what the decoder made
        with keras.StatelessScope():
            reaches = _reaches(terms, key, x, given, seed)
        if not reaches:
            problems.append(_unreached(slot))
    if problems:
        raise DeclarationError(problems)


def _reaches(terms: Terms, key: str, x: Tensor, given: Given, seed: Seed) -> bool:
    """Whether the losses of a term that move the decoder depend on its outputs."""

    def tried(added: Sequence[Tensor]) -> tuple[list[Tensor], Sequence[Tensor]]:
        found = terms.losses(
            x,
            global_step=ops.zeros((), "int32"),
            seed=seed,
            training=False,
            given=given,
            added=added,
        )
        mine = [each for each in found.losses if each.adaptive_of == key]
        return [each.value for each in mine if each.player in OF_DECODER], found.outputs

    values, outputs = tried([ops.zeros(())])
    if not values:
        return False
    shapes = [tuple(each.shape) for each in outputs]

    def loss(flat: Tensor) -> Tensor:
        ends = np.cumsum([math.prod(shape) for shape in shapes])
        added = [
            ops.reshape(flat[end - math.prod(shape) : end], shape)
            for shape, end in zip(shapes, ends.tolist(), strict=True)
        ]
        return sum(tried(added)[0])

    noise = np.random.default_rng(0).normal(size=sum(map(math.prod, shapes)))
    flat = ops.convert_to_tensor(0.1 * noise, "float32")
    if bool(ops.any(gradient(loss, flat) != 0)):
        return True
    # With weights that are zero at first, such as a critic's last ones, the gradient is too.
    part = terms.regularizers.get(key) or terms.discriminators.get(key)
    has_weights = bool(getattr(part, "trainable_variables", ()))
    return has_weights and bool(ops.any(ops.isnan(loss(flat * np.nan))))


def _unreached(slot: Slot) -> Problem:
    key = "balance" if isinstance(slot.weight, Balance) else "adaptive"
    return Problem(
        code="does-not-fit",
        message=f"the weight of {slot.kind} {slot.key!r} is measured (`{key}`) by the gradient of "
        "its loss at the decoder's output, but its loss does not depend on that output",
        place=slot.place,
        path=f"{KINDS[slot.kind].key}.{slot.key}",
        hint="give it a number or a schedule as its weight",
    )
