"""A run -> new examples, drawn with its trained model."""

from __future__ import annotations

import attrs
import numpy as np

from vaereg.contracts.conditions import NO_CONDITIONS, Given
from vaereg.contracts.data import Data
from vaereg.declaration.declaration import Declaration, Slot
from vaereg.host.devices import BackendChoice
from vaereg.host.import_keras import import_keras
from vaereg.host.progress import Progress
from vaereg.model.given_values import checked_given
from vaereg.runs.read import Run
from vaereg.runs.run_lock import locked_spec
from vaereg.trained.absent_split import AbsentSplit
from vaereg.trained.load_weights import FINAL
from vaereg.trained.open_trained import open_trained
from vaereg.trained.run_data import read_run_data
from vaereg.trained.samplers import TrainSampler


@attrs.frozen(kw_only=True)
class Samples:
    """New examples.

    Args:
        values: (n, *data).
        latents: (n, *latent) that the examples were decoded from.
        data: describes the examples; its splits may be `AbsentSplit`.
        weights: which weights were used: "final", "last" or "best".
        given: (n, ...) the conditions of the examples, by name.
    """

    values: np.ndarray
    latents: np.ndarray
    data: Data
    weights: str
    given: Given = NO_CONDITIONS


def sample_run(
    run: Run,
    declaration: Declaration,
    sampler: Slot,
    choice: BackendChoice,
    progress: Progress,
    *,
    n: int,
    seed: int = 0,
    given: Given = NO_CONDITIONS,
    weights: str = FINAL,
    ignore_lock: bool = False,
    train_sampler: TrainSampler | None = None,
) -> Samples:
    """Draws n examples from a run.

    The data is read only if it is needed: to fit a sampler whose state the run does not hold yet,
    or to convert standardized columns back to their units.

    Args:
        run: the run.
        declaration: as read from the run.
        sampler: the slot of the sampler to draw with.
        choice: the backend.
        progress: shows stages that take long.
        n: how many.
        seed: equal seeds give equal samples.
        given: the conditions of the samples, by name.
        weights: "final", "last" or "best"; "final" means "last" in a run that is not finished.
        ignore_lock: use the data even if its content has changed since the training.
        train_sampler: trains a sampler that learns by steps, if the run has none.

    Raises:
        RunError: if the run has no such weights, or they do not fit the declaration.
        LockError: if the data had to be read and its content has changed.
    """
    import_keras(choice, progress)
    spec, examples = locked_spec(run.lock)
    data = None  # read only to fit a sampler, if the spec knows the units of the files
    if spec.form != "image" and spec.original_range is None:
        data = read_run_data(run, declaration, progress, ignore_lock=ignore_lock)
    model = open_trained(
        run,
        declaration,
        progress,
        data=data,
        weights=weights,
        ignore_lock=ignore_lock,
        train_sampler=train_sampler,
    )
    progress.stage(f"drawing {n} samples")
    values, latents = model.draw(n, seed, sampler, given=given)
    progress.end_stage()
    return Samples(
        values=values,
        latents=latents,
        data=data or Data(spec=spec, train=AbsentSplit(examples)),
        weights=model.weights,
        given=checked_given(given, spec.given, set(given), n),
    )
