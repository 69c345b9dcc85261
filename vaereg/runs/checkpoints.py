"""Checkpoints: the state that resumes a training bit for bit, in one file, written atomically."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import attrs
import numpy as np

import vaereg
from vaereg.errors import RunError
from vaereg.runs.atomic import Json
from vaereg.runs.layout import RunFolder
from vaereg.runs.state_file import read_stamp, read_state, write_state

LAST, BEST = "last", "best"


@attrs.frozen
class Position:
    """How far a training has come.

    Args:
        epoch: how many epochs are complete.
        step: how many steps of the next epoch are done.
    """

    epoch: int = 0
    step: int = 0

    def __str__(self) -> str:
        steps = f" and {self.step} steps" if self.step else ""
        return f"{self.epoch} epochs{steps}" if self.epoch != 1 else f"1 epoch{steps}"


@attrs.frozen(kw_only=True)
class DataOrder:
    """What determines the examples of each batch.

    Args:
        steps_per_epoch: how many batches an epoch has.
        batch_size: examples per batch.
        examples: how many training examples there are.
        seed: of the training.
    """

    steps_per_epoch: int
    batch_size: int
    examples: int
    seed: int


@attrs.frozen(kw_only=True)
class Checkpoint:
    """What a checkpoint holds.

    Args:
        position: how far the training has come.
        arrays: `vae.state()`.
        data_order: what determines the order of the examples.
        monitors: the states of the best-epoch and early-stopping monitors, by name.
        best: the digest of the checkpoint of the best epoch so far; empty if there is none.
        seconds: how long the training has taken so far.
    """

    position: Position
    arrays: Mapping[str, np.ndarray]
    data_order: DataOrder
    monitors: Mapping[str, Mapping[str, Json]] = attrs.field(factory=dict)
    best: str = ""
    seconds: float = 0.0


def save_checkpoint(path: Path, checkpoint: Checkpoint) -> str:
    """Writes a checkpoint, and returns its digest; the previous one stays until it is complete.

    Raises:
        RunError: if the operating system refuses.
    """
    position = checkpoint.position
    return write_state(
        path,
        checkpoint.arrays,
        {
            "vaereg": vaereg.__version__,
            "epoch": position.epoch,
            "step": position.step,
            "data_order": attrs.asdict(checkpoint.data_order),
            "monitors": {name: dict(state) for name, state in checkpoint.monitors.items()},
            "best": checkpoint.best,
            "seconds": checkpoint.seconds,
        },
    )


def load_checkpoint(
    run: RunFolder, which: str = LAST, instead: str | None = None
) -> Checkpoint | None:
    """Reads the checkpoint "last" or "best"; None if there is none.

    Args:
        run: the run.
        which: "last" or "best".
        instead: what to do if it is damaged; None to name the other checkpoint, if there is one.

    Raises:
        RunError: if it is damaged, naming what can be used instead.
    """
    path, other, name = (run.last, run.best, BEST) if which == LAST else (run.best, run.last, LAST)
    if not path.exists():
        return None
    if instead is None:
        instead = (
            f"Continue from the other checkpoint: vaereg resume {run} --from {name}"
            if other.exists()
            else "There is no other checkpoint; train again."
        )
    arrays, attributes = read_state(path, instead)
    try:
        return Checkpoint(
            position=Position(int(attributes["epoch"]), int(attributes["step"])),
            arrays=arrays,
            data_order=DataOrder(**attributes["data_order"]),
            monitors=attributes["monitors"],
            best=str(attributes.get("best", "")),  # older checkpoints lack it
            seconds=float(attributes["seconds"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise RunError(f"{path} is not a training checkpoint ({error!r}).\n{instead}") from error


def epochs_saved(run: RunFolder) -> int:
    """How many epochs the last checkpoint holds; 0 if there is none."""
    stamp = read_stamp(run.last)
    return int(stamp.attributes.get("epoch", 0)) if stamp is not None else 0


def best_epoch_of(checkpoint: Checkpoint) -> int:
    """The best epoch so far, counted from 1; 0 if there is none."""
    return int(checkpoint.monitors.get("best", {}).get("best_epoch", 0))


def check_data_order(run: RunFolder, stored: DataOrder, now: DataOrder) -> None:
    """Checks that a resumed run would see its examples in the original order.

    Raises:
        RunError: naming what differs.
    """
    then, current = attrs.asdict(stored), attrs.asdict(now)
    differs = [
        f"{name.replace('_', ' ')}: {then[name]} in the checkpoint, {value} now"
        for name, value in current.items()
        if then[name] != value
    ]
    if differs:
        raise RunError(
            f"{run} cannot be continued, since the order of its examples would change:\n  "
            + "\n  ".join(differs)
        )
