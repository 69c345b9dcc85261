"""Loads the weights of a run into a model that was built from its declaration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vaereg.errors import RunError, UsageError
from vaereg.runs.checkpoints import BEST, LAST, load_checkpoint
from vaereg.runs.read import Run
from vaereg.runs.state_file import read_state

if TYPE_CHECKING:
    from vaereg.model.vae import VAE

FINAL = "final"


def check_weights(weights: str) -> None:
    """Raises UsageError unless `weights` is "final", "last" or "best"."""
    if weights not in (FINAL, LAST, BEST):
        raise UsageError(f'weights must be "final", "last" or "best"; got {weights!r}')


def load_weights(vae: VAE, run: Run, weights: str = FINAL) -> str:
    """Loads a run's weights into a model built from its declaration; returns which were loaded.

    Raises:
        RunError: if the run has no such weights, or they do not fit.
        UsageError: if `weights` is not "final", "last" or "best".
    """
    check_weights(weights)
    folder = run.folder
    if weights == FINAL and folder.weights.exists():
        arrays, _ = read_state(folder.weights, f"Make it again: vaereg resume {folder}")
        vae.load_weights_only(arrays)
        return FINAL
    if weights == FINAL and run.status.state == "finished":
        raise RunError(f"{folder.weights} is missing.\nMake it again: vaereg resume {folder}")
    which = LAST if weights == FINAL else weights
    checkpoint = load_checkpoint(folder, which)
    if checkpoint is None:
        other = "" if which == LAST else " by a monitored term"
        raise RunError(
            f"{folder} holds no {which} checkpoint{other} yet; train it first: "
            f"vaereg resume {folder}"
        )
    vae.restore(checkpoint.arrays)
    return which
