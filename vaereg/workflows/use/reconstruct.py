"""Reconstructs the examples of a file, a folder or a split, in the units of their files."""

from __future__ import annotations

from vaereg.workflows.tell import Tell
from vaereg.workflows.use.example_files import check_example_file, example_writer
from vaereg.workflows.use.model_in_use import ModelInUse
from vaereg.workflows.use.options import Used, UseOptions, check_source
from vaereg.workflows.use.out_path import FOLDER, out_path
from vaereg.workflows.use.row_files import CSV, NPZ


def reconstruct_examples(run: str, options: UseOptions, tell: Tell) -> Used:
    """Writes the reconstruction of each example from the mode of its posterior.

    Images become PNG files in a folder, named for the images that they come from, or an array in a
    .npz file; rows of a table become rows of a .csv file with the same columns and units.

    Args:
        run: a run folder, `<model>/<id>`, or a model's name for its newest run.
        options: the examples, and the file or folder to write.
        tell: receives warnings and progress.

    Raises:
        UsageError: for a file that exists, or that such examples cannot be written to.
        DataError: for examples that cannot be read, or of another shape or range than the run's.
        RunError: if there is no such run, or the files cannot be written.
        LockError: if a component or the data differs and `ignore_lock` is false.
    """
    check_source(options)
    path = out_path(options.out, (NPZ, CSV, FOLDER), force=options.force)
    used = ModelInUse(run, options, tell)
    check_example_file(path, used.spec)
    examples = used.examples
    with example_writer(path, "reconstructions", used.spec, lambda: used.data) as writer:
        for batch in used.batches(examples, "reconstructing"):
            made = used.model.reconstruct(batch.examples, given=batch.given, seed=options.seed)
            writer.write(made, batch.names)
    return Used(run=used.folder, path=path, count=len(examples), weights=used.model.weights)
