"""Checkpoints: all that is needed to go on to the bit, in one file that is never half there."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import numpy as np

import vaereg
from vaereg.errors import NotFiniteError, RunError
from vaereg.runs.layout import RunFolder
from vaereg.runs.state_file import read_state, write_state

LAST, BEST = "last", "best"


@attrs.frozen
class Position:
    """How far a training came: whole epochs, and steps of the epoch that is under way."""

    epoch: int = 0
    step: int = 0

    def __str__(self) -> str:
        steps = f" and {self.step} steps" if self.step else ""
        return f"{self.epoch} epochs{steps}" if self.epoch != 1 else f"1 epoch{steps}"


@attrs.frozen(kw_only=True)
class Checkpoint:
    """What a checkpoint holds.

    Args:
        position: how far the training came.
        arrays: `vae.state()`.
        shape: what the data order depends on (steps per epoch, batch size, examples, seed).
        monitors: the states of the best-epoch and early-stopping monitors, by name.
        seconds: how long the training took so far.
    """

    position: Position
    arrays: Mapping[str, np.ndarray]
    shape: Mapping[str, int]
    monitors: Mapping[str, Mapping[str, Any]] = attrs.field(factory=dict)
    seconds: float = 0.0


def save_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Writes a checkpoint; the one before stays until the new one is whole.

    Raises:
        RunError: if the operating system refuses.
    """
    position = checkpoint.position
    write_state(
        path,
        checkpoint.arrays,
        {
            "vaereg": vaereg.__version__,
            "epoch": position.epoch,
            "step": position.step,
            "shape": dict(checkpoint.shape),
            "monitors": {name: dict(state) for name, state in checkpoint.monitors.items()},
            "seconds": checkpoint.seconds,
        },
    )


def load_checkpoint(run: RunFolder, which: str = LAST) -> Checkpoint | None:
    """Reads the checkpoint "last" or "best"; None where none was written.

    Raises:
        RunError: if it is damaged, with what may be used instead.
    """
    path, other, name = (run.last, run.best, BEST) if which == LAST else (run.best, run.last, LAST)
    if not path.exists():
        return None
    instead = (
        f"Go on from the other checkpoint: vaereg resume {run} --from {name}"
        if other.exists()
        else "There is no other checkpoint; train anew."
    )
    arrays, attributes = read_state(path, instead)
    try:
        return Checkpoint(
            position=Position(int(attributes["epoch"]), int(attributes["step"])),
            arrays=arrays,
            shape=attributes["shape"],
            monitors=attributes["monitors"],
            seconds=float(attributes["seconds"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise RunError(f"{path} is no checkpoint of a training ({error!r}).\n{instead}") from error


def check_shape(run: RunFolder, stored: Mapping[str, int], now: Mapping[str, int]) -> None:
    """Checks that the data order can go on where it stopped.

    Raises:
        RunError: naming what differs.
    """
    differs = [
        f"{name.replace('_', ' ')}: {stored.get(name)} then, {value} now"
        for name, value in now.items()
        if stored.get(name) != value
    ]
    if differs:
        raise RunError(
            f"{run} cannot be continued, its data order would differ:\n  " + "\n  ".join(differs)
        )


def check_weights(arrays: Mapping[str, np.ndarray], paths: set[str], kept: str) -> None:
    """Refuses to keep weights that are not finite.

    Args:
        arrays: a model's state.
        paths: which of them are weights.
        kept: what is said of the checkpoint that stays.

    Raises:
        NotFiniteError: naming the first such weight.
    """
    for path in sorted(paths):
        total = float(np.sum(arrays[path], dtype=np.float64)) if path in arrays else 0.0
        if not math.isfinite(total):
            raise NotFiniteError(f"the weight {path} is not finite any more. {kept}")
