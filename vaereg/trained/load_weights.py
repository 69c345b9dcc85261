"""Loads the weights of a run into a model that was built from its declaration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vaereg.errors import RunError
from vaereg.runs.checkpoints import LAST, load_checkpoint
from vaereg.runs.layout import RunFolder
from vaereg.runs.state_file import read_state

if TYPE_CHECKING:
    from vaereg.model.vae import VAE

FINAL = "final"


def load_weights(vae: VAE, run: RunFolder, weights: str = FINAL) -> str:
    """Loads a run's weights into a model built from its declaration; returns which they are.

    Raises:
        RunError: if there are none, or they do not fit.
    """
    if weights == FINAL and run.weights.exists():
        arrays, _ = read_state(run.weights, f"Make it again: vaereg resume {run}")
        vae.load_weights_only(arrays)
        return FINAL
    which = LAST if weights == FINAL else weights
    checkpoint = load_checkpoint(run, which)
    if checkpoint is None:
        other = "" if which == LAST else " by a monitored term"
        raise RunError(
            f"{run} holds no {which} checkpoint{other} yet; train it first: vaereg resume {run}"
        )
    vae.restore(checkpoint.arrays)
    return which
