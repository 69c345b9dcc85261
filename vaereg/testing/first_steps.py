"""The first training steps of a tiny model that contains a component, on the real engine."""

from __future__ import annotations

from typing import Any

import attrs
import keras
import numpy as np

from vaereg.assembly.assemble import assemble
from vaereg.contracts.latent_shapes import LatentShapes
from vaereg.contracts.schedule import Schedule
from vaereg.contracts.support import REALS, SPHERE, support_of
from vaereg.declaration.declaration import (
    Adaptive,
    Balance,
    Declaration,
    NamedChoice,
    Slot,
    TrainSettings,
)
from vaereg.model.vae import VAE
from vaereg.testing.cases import Case
from vaereg.testing.component_under_test import ComponentUnderTest
from vaereg.testing.law import NotHere
from vaereg.testing.stand_ins.tiny_parts import tiny_slot
from vaereg.testing.stand_ins.told_part import random_conditions

STEPS = 8
EXAMPLES = 16
ADAM = NamedChoice(use="adam", params={"learning_rate": 1e-2})
SLOTS = ("encoder", "posterior", "prior", "decoder", "likelihood", "objective", "sampler")
OF_LATENTS = ("posterior", "prior")
TESTED = "tested"
"""The key of the tested regularizer or discriminator."""

MANY = {"regularizer": "regularizers", "discriminator": "discriminators"}


@attrs.frozen
class FirstSteps:
    """The record of a few training steps.

    Args:
        terms: name of each logged term -> its value at each step, (steps,) float64.
        weights: path -> trainable weight after the last step, float64.
    """

    terms: dict[str, np.ndarray]
    weights: dict[str, np.ndarray]


def first_steps(
    component: ComponentUnderTest, case: Case, *, seed: int = 0, steps: int = STEPS
) -> FirstSteps:
    """Trains the tiny model for a few steps on one batch, the same at every step."""
    model = tiny_model(_declared(component, case, seed), case)
    x = case.examples(EXAMPLES)
    given = random_conditions(model.parts.conditions, EXAMPLES)
    seen = []
    for _ in range(steps):  # `fit` would spend more time on its epochs than on the steps
        model.reset_metrics()
        seen.append(model.train_on_batch(x, given or None, return_dict=True))
    return FirstSteps(
        terms={name: np.array([each[name] for each in seen], np.float64) for name in seen[0]},
        weights={
            each.path: np.array(keras.ops.convert_to_numpy(each.value), np.float64)
            for each in model.trainable_variables
        },
    )


def tiny_model(declaration: Declaration, case: Case) -> VAE:
    """The model, to be trained for a few steps.

    TensorFlow runs the steps eagerly, because compiling would take longer than the steps. Another
    law checks that the component compiles.
    """
    parts = assemble(declaration, case.data)
    keras.utils.set_random_seed(declaration.train.seed)
    model = VAE(parts, declaration, dataset_size=EXAMPLES)
    model.run_eagerly = keras.backend.backend() == "tensorflow"
    return model


def with_and_without(component: ComponentUnderTest, case: Case) -> tuple[VAE, VAE]:
    """The tiny model with an augmentation, and the same model without it."""
    having = _declared(component, case, 0)
    without = attrs.evolve(
        having, data_slot=attrs.evolve(having.data_slot, augment=()), latent_augment=()
    )
    return tiny_model(having, case), tiny_model(without, case)


def weighted(
    component: ComponentUnderTest,
    case: Case,
    weight: Schedule | Adaptive | Balance,
    optimizer: NamedChoice,
) -> VAE:
    """The tiny model with a regularizer or discriminator of this weight, named TESTED.

    Raises:
        DeclarationError: if the weight is measured, and cannot be.
    """
    declared = _declared(component, case, 0)
    (slot,) = (*declared.regularizers, *declared.discriminators)
    slots = (attrs.evolve(slot, weight=weight),)
    changed = attrs.evolve(
        declared,
        train=attrs.evolve(declared.train, optimizer=optimizer),
        regularizers=slots if component.kind == "regularizer" else (),
        discriminators=slots if component.kind == "discriminator" else (),
    )
    return tiny_model(changed, case)


def _declared(component: ComponentUnderTest, case: Case, seed: int) -> Declaration:
    tested = Slot(
        kind=component.kind, key=component.kind, offer=component.offer, params=component.params
    )
    names = tuple(each.name for each in component.conditions)
    support = _support(component, case)
    slots: dict[str, Any] = {  # fields of Declaration, each of its type
        kind: tiny_slot(kind, support) for kind in SLOTS
    }
    slots |= {
        kind: Slot(kind=kind, key=kind, offer=each.offer, params=each.params)
        for kind, each in component.companions.items()
    }
    data = attrs.evolve(tiny_slot("dataset"), given=names)
    if component.kind == "augmentation" and case.of_latents:
        slots["latent_augment"] = (tested,)
    elif component.kind == "augmentation":
        data = attrs.evolve(data, augment=(tested,))
    elif component.kind in MANY:
        slots[MANY[component.kind]] = (attrs.evolve(tested, key=TESTED),)
    elif component.kind != "optimizer":
        slots[component.kind] = tested
    choice = NamedChoice(use=component.offer.full_name, slot=tested)
    return Declaration(
        model="tiny",
        data_name="examples",
        data_slot=data,
        latent=LatentShapes.one(case.latent_shape),
        train=TrainSettings(
            seed=seed,
            batch_size=EXAMPLES,
            optimizer=choice if component.kind == "optimizer" else ADAM,
        ),
        folder=component.folder,
        **slots,
    )


def _support(component: ComponentUnderTest, case: Case) -> str:
    """Where the latents of the tested posterior or prior lie, or those of a companion.

    Real numbers where neither is any.

    Raises:
        NotHere: if it is a prior for which there is no posterior to train it with.
    """
    built = component.built(case)
    known = {component.kind: built.part} if component.kind in OF_LATENTS else {}
    for kind in OF_LATENTS:
        if kind in component.companions and kind in built.beside:
            known.setdefault(kind, built.beside[kind])
    if not known:
        return REALS
    support = support_of(next(iter(known.values())))
    if "prior" in known and "posterior" not in known and support not in (REALS, SPHERE):
        raise NotHere(f"undecided: the kit has no posterior with support {support!r}")
    return support
