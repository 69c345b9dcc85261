"""Loads the weights of a run into a model that was built from its declaration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vaereg.errors import RunError, UsageError
from vaereg.runs.checkpoints import BEST, LAST, load_checkpoint
from vaereg.runs.layout import RunFolder
from vaereg.runs.read import Run
from vaereg.runs.state_file import Stamp, read_stamp, read_state

if TYPE_CHECKING:
    from vaereg.model.vae import VAE

FINAL = "final"


def check_weights(weights: str) -> None:
    """Raises UsageError unless `weights` is "final", "last" or "best"."""
    if weights not in (FINAL, LAST, BEST):
        raise UsageError(f'weights must be "final", "last" or "best"; got {weights!r}')


def load_weights(vae: VAE, run: Run, weights: str = FINAL) -> str:
    """Loads a run's weights into a model built from its declaration; returns which were loaded.

    The final weights of a run that is not finished would be those of an earlier end, so its last
    checkpoint is loaded instead.

    Raises:
        RunError: if the run has no such weights, or they do not fit.
        UsageError: if `weights` is not "final", "last" or "best".
    """
    check_weights(weights)
    folder = run.folder
    if weights == FINAL and run.status.state == "finished":
        again = f"Make it again: vaereg resume {folder}"
        arrays, attributes = read_state(folder.weights, again, again)
        for name, path in ((LAST, folder.last), (BEST, folder.best)):
            stamp, made_from = read_stamp(path), attributes.get(name)  # older files lack it
            if made_from and stamp is not None and stamp.digest != made_from:
                raise RunError(f"{folder.weights} was not made from {path}.\n{again}")
        vae.load_weights_only(arrays)
        return FINAL
    which = LAST if weights == FINAL else weights
    if which == BEST:
        _check_best(folder)
    checkpoint = load_checkpoint(folder, which)
    if checkpoint is None:
        other = "" if which == LAST else " by a monitored term"
        raise RunError(
            f"{folder} holds no {which} checkpoint{other} yet; train it first: "
            f"vaereg resume {folder}"
        )
    vae.restore(checkpoint.arrays, as_declared=True)
    return which


def _check_best(run: RunFolder) -> None:
    """Checks that the checkpoint of the best epoch is the one that the last checkpoint names.

    A process that was killed between the two leaves that of a later epoch, which is right too.

    Raises:
        RunError: if it is another one, or if there is no best epoch since a setting changed.
    """
    last, best = read_stamp(run.last), read_stamp(run.best)
    if last is None or best is None or _epoch(best) > _epoch(last):
        return
    monitors = last.attributes.get("monitors", {})
    named = last.attributes.get("best")  # older checkpoints name none
    instead = "Use the last or the final weights."
    if monitors.get("best", {}).get("best_epoch") == 0:
        raise RunError(
            f"{run} has no best epoch: {run.best} was written before a setting changed or the best "
            f"epoch was given up, and no epoch has ended since.\n{instead}"
        )
    if named and best.digest != named:
        raise RunError(
            f"{run.best} is not the checkpoint of the best epoch that {run.last} names.\n"
            f"Restore it from a copy. {instead}"
        )


def _epoch(stamp: Stamp) -> int:
    return int(stamp.attributes.get("epoch", 0))


def digest_of_final(run: Run) -> str:
    """The digest of the final weights, read without them; empty if their file cannot be read."""
    stamp = read_stamp(run.folder.weights)
    if stamp is None:
        return ""
    # files of earlier versions have only the digest of the whole file
    return str(stamp.attributes.get("weights") or stamp.digest)
