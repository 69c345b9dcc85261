"""Loads the weights of a run into a model that was built from its declaration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vaereg.errors import RunError, UsageError
from vaereg.runs.checkpoints import BEST, LAST, load_checkpoint
from vaereg.runs.read import Run
from vaereg.runs.state_file import read_stamp, read_state

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
    checkpoint = load_checkpoint(folder, which)
    if checkpoint is None:
        other = "" if which == LAST else " by a monitored term"
        raise RunError(
            f"{folder} holds no {which} checkpoint{other} yet; train it first: "
            f"vaereg resume {folder}"
        )
    vae.restore(checkpoint.arrays, as_declared=True)
    return which


def digest_of_final(run: Run) -> str:
    """The digest of the final weights, read without them; empty if their file cannot be read."""
    stamp = read_stamp(run.folder.weights)
    if stamp is None:
        return ""
    # files of earlier versions have only the digest of the whole file
    return str(stamp.attributes.get("weights") or stamp.digest)
