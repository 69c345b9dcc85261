"""The checkpoint that a run continues from, or the reason why it cannot continue."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from vaereg.errors import RunError
from vaereg.runs.checkpoints import (
    BEST,
    LAST,
    Checkpoint,
    Position,
    best_epoch_of,
    load_checkpoint,
    save_checkpoint,
)
from vaereg.runs.layout import RunFolder
from vaereg.runs.state_file import read_stamp
from vaereg.runs.status import read_status


def checkpoint_to_continue(
    run: RunFolder, which: str | None, *, needs_best: bool, warn: Callable[[str], None]
) -> Checkpoint | None:
    """The checkpoint to continue from; None if the run was not trained yet.

    Args:
        run: the run; this process holds its process lock.
        which: "last"; "best"; or None for the last one, if that of the best epoch is there when
            it is needed. With "last", the run continues without the best epoch so far.
        needs_best: whether the final weights will be those of the best epoch.
        warn: is told that the best epoch so far is given up.

    Raises:
        RunError: if the checkpoint is missing or damaged, or that of the best epoch is.
    """
    checkpoint = load_checkpoint(run, which or LAST)
    if checkpoint is None:
        _check_not_trained(run, which or LAST)
        return None
    if which == BEST:  # it was written before its own digest was known
        stamp = read_stamp(run.best)
        assert stamp is not None, "it was read just now"
        return attrs.evolve(checkpoint, best=stamp.digest)
    if not needs_best or not best_epoch_of(checkpoint):
        return checkpoint
    try:
        epoch, before = best_epoch_of(checkpoint), checkpoint.position.epoch
        best_checkpoint(run, epoch, checkpoint.best, before=before)
    except RunError as error:
        if which is None:
            raise
        warn(
            f"{error.args[0].splitlines()[0]}\nThe run continues without it: the best epoch is now "
            "chosen among those that follow; if none follows, the final weights are those of the "
            "last epoch."
        )
        return _without_best(run, checkpoint)
    return checkpoint


def check_epochs(run: RunFolder, epochs: int, position: Position) -> None:
    """Refuses to end a training before the epoch that its checkpoint has reached.

    Raises:
        RunError: with the smallest number of epochs that is possible.
    """
    least = position.epoch + (position.step > 0)
    if epochs < least:
        raise RunError(
            f"{run} was trained for {position} already, so it cannot end after "
            f"{epochs}: epochs must be at least {least}.\n"
            "To train for fewer epochs, train again in a new run: vaereg train --epochs "
            f"{epochs}"
        )


def best_checkpoint(
    run: RunFolder,
    epoch: int,
    digest: str = "",
    *,
    before: int | None = None,
    instead: str = "",
) -> Checkpoint:
    """The checkpoint of the best epoch.

    Args:
        run: the run.
        epoch: the best epoch, counted from 1.
        digest: the digest of its checkpoint; empty if it is not known.
        before: if given, the checkpoint of an epoch after this one will do too: a process that was
            killed between its two checkpoints left it, and the run will write it again.
        instead: what to do without it, for the error; empty for `vaereg resume --from last`.

    Raises:
        RunError: if it is missing, damaged, or belongs to another epoch or run.
    """
    without = instead or (
        f"To continue with the weights of the last epoch instead: vaereg resume {run} --from last"
    )
    stamp = read_stamp(run.best)
    if not run.best.exists():
        found = "is missing"
    elif stamp is None:
        found = "is damaged"
    else:
        best = load_checkpoint(run, BEST, without)
        assert best is not None, "it exists"
        later = before is not None and best.position.epoch > before
        right = best.position.epoch == epoch and (not digest or stamp.digest == digest)
        if right or later:
            return best
        found = f"is another one, written after epoch {best.position.epoch}"
    raise RunError(
        f"{run.best}, which holds the weights of the best epoch, {epoch}, {found}.\n"
        f"Restore it from a copy. {without}"
    )


def _check_not_trained(run: RunFolder, which: str) -> None:
    """Raises if a checkpoint is missing although the run was trained."""
    if which == BEST:
        raise RunError(
            f"{run} has no checkpoint of a best epoch.\n"
            f"Continue from the last epoch: vaereg resume {run}"
        )
    done = read_status(run).epochs
    if done or run.best.exists() or run.weights.exists():
        instead = (
            f"Restore it from a copy, or continue from the best epoch: vaereg resume {run} "
            "--from best"
            if run.best.exists()
            else "Restore it from a copy, or train again in a new run."
        )
        raise RunError(f"{run.last} is missing, although the run was trained.\n{instead}")


def _without_best(run: RunFolder, checkpoint: Checkpoint) -> Checkpoint:
    """The checkpoint with no best epoch, as it is from now on."""
    state = {**checkpoint.monitors["best"], "best": None, "best_epoch": 0, "waited": 0}
    changed = attrs.evolve(checkpoint, monitors={**checkpoint.monitors, "best": state}, best="")
    save_checkpoint(run.last, changed)
    return changed
