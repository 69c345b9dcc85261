"""Exports a trained model with its fitted sampler for other programs."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from vaereg.contracts.conditions import Given
from vaereg.contracts.sampler import Sampler
from vaereg.contracts.tensor import Seed, Tensor
from vaereg.declaration.declaration import Slot
from vaereg.errors import UsageError

if TYPE_CHECKING:
    from vaereg.model.samplers.learned_sampler import LearnedSampler
    from vaereg.model.vae import VAE

SAVED_MODEL = "savedmodel"

FORMATS = (SAVED_MODEL,)
"""What a model is exported to."""


def check_format(to: str) -> None:
    """Raises UsageError unless `to` is a known format."""
    if to not in FORMATS:
        raise UsageError(f"no export to {to!r}; a model is exported to {', '.join(FORMATS)}")


def export_saved_model(
    vae: VAE,
    sampler: Sampler | LearnedSampler,
    slot: Slot,
    asked: Collection[str],
    heard: Collection[str],
    path: Path,
) -> None:
    """Writes a SavedModel whose function `sample` draws with a fitted sampler.

    Args:
        vae: the trained model, on TensorFlow.
        sampler: ready to draw.
        slot: of the sampler.
        asked: the conditions that drawing samples needs.
        heard: those of them that the sampler itself is told.
        path: the folder.

    Raises:
        UsageError: on another backend, if the sampler cannot draw tensors, or if the folder holds
            something else.
        RunError: see `VAE.export`.
    """
    from vaereg.model.samplers.learned_sampler import LearnedSampler

    vae.check_exportable()
    from vaereg.model.backends.tensorflow.saved_model import export_with

    target = sampler.layer if isinstance(sampler, LearnedSampler) else sampler
    method = getattr(target, "draw", None)
    if method is None and isinstance(sampler, LearnedSampler):
        method = sampler.layer.sample  # it may work on tensors
    if method is None:
        raise UsageError(
            f"{slot.offer.label} cannot be exported: it has no `draw`, with which a sampler draws "
            "tensors. Export with another sampler, such as --sampler prior."
        )

    def draw(n: Tensor, seed: Seed, given: Given) -> Tensor:
        told = {name: given[name] for name in heard}
        return method(n, seed, given=told) if told else method(n, seed)

    further = sampler.layer.variables if isinstance(sampler, LearnedSampler) else ()
    export_with(vae, path, draw, sorted(asked), further)
