"""Writes walks through the latents of a trained model: between examples, along dimensions."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import numpy as np

from vaereg.errors import DataError, UsageError
from vaereg.host.home_path import home_path
from vaereg.workflows.tell import Tell
from vaereg.workflows.use.example_files import check_finite, example_writer
from vaereg.workflows.use.model_in_use import ModelInUse
from vaereg.workflows.use.options import Used, UseOptions
from vaereg.workflows.use.out_path import FOLDER, made_folder_of, out_path
from vaereg.workflows.use.row_files import CSV, NPZ

if TYPE_CHECKING:
    from vaereg.trained.examples.example_batches import ExampleBatch

PNG = ".png"
PLACE = re.compile(r"(?P<source>.+?)(\[(?P<index>\d+)\])?$", re.S)
SPLITS = ("train", "validation", "test")


@attrs.frozen(kw_only=True)
class WalkOptions(UseOptions):
    """Where a walk leads.

    Args:
        steps: how many examples it has; along each dimension, if it has several.
        width: how far a traversal goes to both sides, in standard deviations of the prior.
        most: the largest number of dimensions.
        at: the example at which a traversal starts; None for the mean of the prior.
    """

    steps: int = 8
    width: float = 3.0
    most: int = 16
    at: str | None = None


def interpolate_examples(run: str, a: str, b: str, options: WalkOptions, tell: Tell) -> Used:
    """Writes the examples on the way from one example to another.

    Args:
        run: a run folder, `<model>/<id>`, or a model's name for its newest run.
        a, b: the ends: a file with one example, or `FILE[3]` or `test[3]` for one of several,
            counted from 0.
        options: how many steps, and what to write: a .png grid, a .npz or .csv file, or a folder.
        tell: receives warnings and progress.

    Raises:
        UsageError: for a file that exists, or that such examples cannot be written to.
        DataError: for an end that cannot be read, is not there, or has another shape or range.
        RunError, LockError: as for `vaereg.load`.
    """
    path = out_path(options.out, (PNG, NPZ, CSV, FOLDER), force=options.force)
    used = ModelInUse(run, options, tell)
    _check_kind(path, used)
    first, last = _example(a, used), _example(b, used)
    tell.progress.stage(f"interpolating in {options.steps} steps")
    ends = (first.examples[0], last.examples[0])
    made = used.model.interpolate(*ends, steps=options.steps, given=first.given, seed=options.seed)
    tell.progress.end_stage()
    names = [f"step {at}" for at in range(options.steps)]
    _write(path, made, names, options.steps, used)
    return Used(run=used.folder, path=path, count=len(made), weights=used.model.weights)


def traverse_latents(run: str, options: WalkOptions, tell: Tell) -> Used:
    """Writes the examples along each latent dimension, those that change them most first.

    Args:
        run: a run folder, `<model>/<id>`, or a model's name for its newest run.
        options: where it starts, how far it goes, and what to write: a .png grid with a row for
            each dimension, a .npz or .csv file, or a folder.
        tell: receives warnings and progress.

    Raises:
        UsageError: for a file that exists, or that such examples cannot be written to.
        DataError: for an example that cannot be read, is not there, or has another shape or range.
        RunError, LockError: as for `vaereg.load`.
    """
    path = out_path(options.out, (PNG, NPZ, CSV, FOLDER), force=options.force)
    used = ModelInUse(run, options, tell)
    _check_kind(path, used)
    start = None if options.at is None else _example(options.at, used)
    tell.progress.stage("traversing the latents")
    found = used.model.traverse(
        options.steps,
        options.width,
        options.most,
        at=None if start is None else start.examples[0],
        given=options.given if start is None else start.given,
        seed=options.seed,
    )
    tell.progress.end_stage()
    names = [
        f"dimension {each}, step {step}"
        for each in found.dimensions.tolist()
        for step in range(options.steps)
    ]
    made = found.examples.reshape(-1, *used.spec.shape)
    _write(path, made, names, options.steps, used)
    return Used(run=used.folder, path=path, count=len(made), weights=used.model.weights)


def _example(place: str, used: ModelInUse) -> ExampleBatch:
    """One example, as a batch, by where it is."""
    parts = PLACE.fullmatch(place)
    assert parts is not None  # it takes any text
    source, index = parts["source"], parts["index"]
    if home_path(place).exists():  # a name with brackets
        source, index = place, None
    if source in SPLITS and not home_path(source).exists():
        examples = used.examples_of(source)
    else:
        examples = used.read(source)
    if index is None and len(examples) > 1:
        raise UsageError(f"{place} has {len(examples)} examples; name one of them, as {place}[0]")
    at = int(index or 0)
    if at >= len(examples):
        raise DataError(f"{place}: there are {len(examples)} examples, counted from 0")
    return used.one_of(examples, at)


def _check_kind(path: Path, used: ModelInUse) -> None:
    from vaereg.workflows.use.example_files import check_example_file

    if path.suffix.lower() != PNG or path.is_dir():
        check_example_file(path, used.spec)
    elif used.spec.form not in ("image", "vector"):
        raise UsageError(f"out is {path}: {used.spec.form} data has no pictures; give a .npz file")


def _write(path: Path, made: np.ndarray, names: list[str], columns: int, used: ModelInUse) -> None:
    """Writes a grid with so many columns, or what `example_writer` writes."""
    if path.suffix.lower() == PNG and not path.is_dir():
        from vaereg.pictures.image_grid import write_grid

        check_finite(made, names)
        made_folder_of(path)
        write_grid(made, path, value_range=used.spec.value_range, columns=columns)
        return
    with example_writer(path, "examples", used.spec, lambda: used.data) as writer:
        writer.write(made, names)
