"""The shapes that the contract of each kind requires; assembly and the contract kit check them."""

from __future__ import annotations

from collections.abc import Sequence
from types import EllipsisType
from typing import TypeAlias

Shape: TypeAlias = tuple[int | EllipsisType, ...]
"""A shape; `...` at its end stands for one axis or more of any length."""


def due_shapes(
    kind: str,
    batch: int,
    *,
    data: tuple[int, ...],
    latent: tuple[int, ...],
    channels: int,
    samples: int = 1,
) -> dict[str, Shape]:
    """The shape of each output of a component, by the output's name.

    Args:
        kind: a kind of `vaereg.KINDS` that computes tensors in a step.
        batch: how many examples it was given.
        data, latent: the shapes of one example and of one latent.
        channels: the length of the last axis of the decoder's outputs.
        samples: how many draws a posterior made for each example.
    """
    drawn = samples * batch
    due: dict[str, dict[str, Shape]] = {
        "encoder": {"features": (batch, ...)},
        "posterior": {
            "z": (drawn, *latent),
            "mode": (drawn, *latent),
            "log_var": (drawn, *latent),
            "log_q": (drawn,),
        },
        "prior": {"sample": (batch, *latent), "log_prob": (batch,), "kl": (batch, ...)},
        "decoder": {"outputs": (batch, *data[:-1], channels)},
        "likelihood": {"log_prob": (batch,), "mean": (batch, *data), "sample": (batch, *data)},
        "regularizer": {"penalty": (batch,)},
        "discriminator": {"critic_loss": (batch,), "generator_loss": (batch,)},
        "objective": {"kl": (batch, ...)},
        "augmentation": {"values": (batch, *data), "latents": (batch, *latent)},
    }
    return due[kind]


def fits(shape: Sequence[int | None], due: Shape) -> bool:
    """Whether a shape is the one that is due."""
    if due[-1] is ...:
        return len(shape) >= len(due) and tuple(shape[: len(due) - 1]) == due[:-1]
    return tuple(shape) == due


def in_words(due: Shape) -> str:
    """The shape as the messages print it, such as "(2, ...)"."""
    return str(due).replace("Ellipsis", "...")
