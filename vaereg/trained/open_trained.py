"""A run -> its trained model: the model is built again and its weights are loaded."""

from __future__ import annotations

from vaereg.contracts.catalog import ComponentSource
from vaereg.contracts.data import Data
from vaereg.declaration.declaration import Declaration, Slot
from vaereg.host.progress import Progress
from vaereg.runs.read import Run, why_unfinished
from vaereg.runs.run_lock import locked_spec
from vaereg.trained.absent_split import AbsentSplit
from vaereg.trained.load_weights import FINAL, load_weights
from vaereg.trained.run_data import read_run_data
from vaereg.trained.samplers import TrainSampler
from vaereg.trained.trained_model import TrainedModel


def open_trained(
    run: Run,
    declaration: Declaration,
    progress: Progress,
    *,
    data: Data | None = None,
    weights: str = FINAL,
    source: ComponentSource | None = None,
    sampler: Slot | None = None,
    ignore_lock: bool = False,
    train_sampler: TrainSampler | None = None,
) -> TrainedModel:
    """The trained model of a run. Keras must be imported already.

    Args:
        run: the run.
        declaration: as read from the run.
        progress: shows stages that take long.
        data: the data of the run, if it was read already; otherwise it is read when needed.
        weights: "final", "last" or "best"; "final" means "last" in a run that is not finished.
        source, sampler, train_sampler: see `TrainedModel`.
        ignore_lock: use the data even if its content has changed since the training.

    Raises:
        RunError: if the run has no such weights, or they do not fit the declaration.
    """
    from vaereg.model.build_declared import build_declared

    spec, examples = locked_spec(run.lock)
    progress.stage(f"building {declaration.model!r}")
    vae = build_declared(declaration, data or Data(spec=spec, train=AbsentSplit(examples)))
    used = load_weights(vae, run, weights)
    progress.end_stage()
    if used != weights:
        progress.say(
            f"warning: {why_unfinished(run)}\nUntil then its weights are those of the {used} "
            "checkpoint."
        )

    def read() -> Data:
        if data is not None:
            return data
        return read_run_data(run, declaration, progress, ignore_lock=ignore_lock)

    return TrainedModel(
        vae,
        declaration,
        read,
        folder=run.folder,
        weights=used,
        data_digest=str(run.lock["dataset"]["digest"]),
        source=source,
        sampler=sampler,
        progress=progress,
        train_sampler=train_sampler,
        warn=lambda text: progress.say(f"warning: {text}"),
    )
