"""Encodes the examples of a file, a folder or a split, and writes their latents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vaereg.errors import RunError
from vaereg.workflows.tell import Tell
from vaereg.workflows.use.model_in_use import ModelInUse
from vaereg.workflows.use.options import Used, UseOptions, check_source
from vaereg.workflows.use.out_path import out_path
from vaereg.workflows.use.row_files import ROW_FILES, check_row_file, row_writer

if TYPE_CHECKING:
    from vaereg.trained.examples.example_batches import ExampleBatch
    from vaereg.trained.trained_model import TrainedModel
    from vaereg.workflows.use.row_files import Columns


def encode_examples(run: str, options: UseOptions, tell: Tell) -> Used:
    """Writes the posterior of each example: its mode and its spread, with its name and its label.

    The spread is the standard deviation of q(z given x); it is left out if the posterior is not a
    diagonal Gaussian.

    Args:
        run: a run folder, `<model>/<id>`, or a model's name for its newest run.
        options: the examples, and the .npz, .csv or .parquet file to write.
        tell: receives warnings and progress.

    Raises:
        UsageError: for a file that exists, or of another kind; without examples.
        DataError: for examples that cannot be read, or of another shape or range than the run's.
        RunError: if there is no such run, or the file cannot be written.
        LockError: if a component or the data differs and `ignore_lock` is false.
    """
    check_source(options)
    path = out_path(options.out, ROW_FILES, force=options.force)
    check_row_file(path)
    used = ModelInUse(run, options, tell)
    examples, model = used.examples, used.model
    with row_writer(path) as writer:
        for batch in used.batches(examples, "encoding"):
            writer.write(_columns(model, batch))
    return Used(run=used.folder, path=path, count=len(examples), weights=model.weights)


def _columns(model: TrainedModel, batch: ExampleBatch) -> Columns:
    latent = model.encode(batch.examples, given=batch.given)
    if not np.isfinite(latent.mode).all():
        bad = int(np.argmin(np.isfinite(latent.mode.reshape(len(batch), -1)).all(axis=1)))
        raise RunError(f"the latent of {batch.names[bad]} is NaN or infinite; so are the weights.")
    columns: dict[str, np.ndarray | list[str]] = {"name": batch.names}
    if batch.labels is not None:
        columns["label"] = batch.labels
    columns["mode"] = latent.mode
    if latent.log_var is not None:
        columns["spread"] = np.exp(latent.log_var / 2)
    return columns
