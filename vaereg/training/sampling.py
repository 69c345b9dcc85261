"""A run -> new examples: its model is built again and its weights are taken back."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np

from vaereg.contracts.data import Data, DataSpec
from vaereg.errors import DataError, RunError
from vaereg.runs.layout import RunFolder
from vaereg.runs.lock import locked_spec
from vaereg.runs.lock_comparison import Difference, check_lock
from vaereg.runs.read import Run
from vaereg.runs.state_file import read_state
from vaereg.spec.declaration import Declaration, Part
from vaereg.training.checkpoints import LAST, load_checkpoint
from vaereg.training.devices import Choice
from vaereg.training.launch import import_keras
from vaereg.training.progress import Progress

FINAL = "final"


@attrs.frozen(kw_only=True)
class Samples:
    """New examples.

    Args:
        values: (n, *data).
        latents: (n, *latent) that they were decoded from.
        data: what the examples look like; its splits may be `Absent`.
        weights: whose weights were used: "final", "last" or "best".
    """

    values: np.ndarray
    latents: np.ndarray
    data: Data
    weights: str


@attrs.frozen
class Absent:
    """A split of which only the size is known: a run can be sampled without its data."""

    size: int

    def __len__(self) -> int:
        return self.size

    def take(self, indices: np.ndarray) -> np.ndarray:
        """Raises DataError: nothing was read."""
        del indices
        raise DataError("the data of this run was not read.")

    def labels(self, indices: np.ndarray) -> np.ndarray | None:
        """None."""
        del indices
        return None


def sample_run(
    run: Run,
    declaration: Declaration,
    sampler: Part,
    choice: Choice,
    progress: Progress,
    *,
    n: int,
    seed: int = 0,
    weights: str = FINAL,
    ignore_lock: bool = False,
) -> Samples:
    """Draws n examples from a run.

    The data is read only where it is needed: to fit a sampler that the run does not hold yet, or
    to turn standardized columns back into their units.

    Args:
        run: the run.
        declaration: as read from it.
        sampler: the slot of the sampler to draw with.
        choice: the backend.
        progress: tells the user.
        n: how many.
        seed: equal seeds give equal samples.
        weights: "final", "last" or "best"; "final" means "last" in a run that is not finished.
        ignore_lock: use data whose content is not what the run was trained on.

    Raises:
        RunError: if the run has no such weights, or they do not fit the declaration.
        LockError: if the data had to be read and is not what it was.
    """
    import_keras(choice, progress)
    from vaereg.building import build_declared, load_data
    from vaereg.training.samplers import draw, ready_sampler

    spec, examples = locked_spec(run.lock)

    def read() -> Data:
        progress.stage(f"reading the data {declaration.data_name!r}")
        data = load_data(declaration)
        then = run.lock["dataset"]["digest"]
        if data.digest != then:
            what = f"the content of data {declaration.data_name!r}"
            changed = Difference(what, then[:16], data.digest[:16])
            for warning in check_lock(run.folder, [changed], ignore=ignore_lock):
                progress.say(f"warning: {warning}")
        return data

    data = _stand_in(spec, examples) if spec.form == "image" else read()
    progress.stage(f"building {declaration.model!r}")
    vae = build_declared(declaration, data)
    used = load_weights(vae, run.folder, weights)
    progress.stage(f"drawing {n} samples")
    ready = ready_sampler(vae, declaration, sampler, run.folder, used, read)
    values, latents = draw(vae, ready, n, seed)
    progress.end_stage()
    return Samples(values=values, latents=latents, data=data, weights=used)


def load_weights(vae: Any, run: RunFolder, weights: str = FINAL) -> str:
    """Takes a run's weights into a model built from its declaration; returns which were taken.

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


def _stand_in(spec: DataSpec, examples: int) -> Data:
    return Data(spec=spec, train=Absent(examples))
