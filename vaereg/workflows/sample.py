"""Draws new samples from a run and writes them to a file or a folder."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from vaereg.contracts.plain_values import TomlValue
from vaereg.declaration.declaration import Slot
from vaereg.errors import RunError, UsageError
from vaereg.host.home_path import home_path
from vaereg.runs.layout import ROOT
from vaereg.workflows.tell import Tell

if TYPE_CHECKING:
    from vaereg.trained.sample_run import Samples


SUFFIXES = {".png", ".npz", ".csv", ".txt"}
"""The kinds of files that samples are written to."""


@attrs.frozen(kw_only=True)
class SampleOptions:
    """What to draw, and where to write it.

    Args:
        n: the number of samples.
        sampler: the name of a sampler; None for the declared one.
        seed: equal seeds give equal samples.
        weights: "final", "last" or "best".
        out: a .png file for a grid, an .npz file, a .csv file, or a folder for one PNG each; None
            for a file in the run.
        given: the conditions of the samples by name, such as `{"label": 3}`: a value for all of
            them, or a list whose values they get in turn.
        backend: the Keras backend; None for that of the run.
        runs: the folder of all runs.
        ignore_lock: continue even if installed versions or the data differ from the run lock.
        no_plugins: distributions to leave out; True for all but the built-in components.
    """

    n: int = 64
    sampler: str | None = None
    seed: int = 0
    weights: str = "final"
    out: str | None = None
    given: Mapping[str, TomlValue] = attrs.field(factory=dict)
    backend: str | None = None
    runs: Path = ROOT
    ignore_lock: bool = False
    no_plugins: bool | tuple[str, ...] = False


@attrs.frozen(kw_only=True)
class WrittenSamples:
    """Samples that were written.

    Args:
        run: the run folder.
        path: the file or the folder.
        sampler: the full name of the sampler.
        weights: which weights were used: "final", "last" or "best".
    """

    run: Path
    path: Path
    sampler: str
    weights: str


def write_samples(run: str, options: SampleOptions, tell: Tell) -> WrittenSamples:
    """Draws from a run and writes the samples.

    Args:
        run: a run folder, `<model>/<id>`, or a model's name for its newest run.
        options: what to draw, and where to write it.
        tell: receives warnings and progress.

    Raises:
        UsageError: for an unknown sampler, a file that samples cannot be written to, or conditions
            that are missing or wrong.
        RunError: if there is no such run, it has no such weights, or the samples cannot be written.
        LockError: if a component or the data differs and `ignore_lock` is false.
    """
    from vaereg.host.memory import free_memory
    from vaereg.model.given_values import checked_given, spread
    from vaereg.runs.layout import is_writable
    from vaereg.runs.read import locked_backend
    from vaereg.runs.run_lock import locked_spec
    from vaereg.trained.enough_memory import check_memory
    from vaereg.trained.opened_run import read_opened_run
    from vaereg.trained.sample_run import sample_run
    from vaereg.trained.sampler_slot import sampler_slot
    from vaereg.trained.samplers import asked_in_sampling
    from vaereg.workflows.backend_choice import backend_of_run
    from vaereg.workflows.train_samplers import train_sampler

    opened = read_opened_run(
        run,
        options.runs,
        warn=tell.warn,
        ignore_lock=options.ignore_lock,
        no_plugins=options.no_plugins,
    )
    slot = sampler_slot(opened.declaration, opened.catalog, options.sampler)
    spec = locked_spec(opened.run.lock)[0]
    check_memory(options.n, spec, opened.declaration.latent_shape, free_memory())
    given = spread(options.given, spec.given, options.n)
    checked_given(given, spec.given, asked_in_sampling(opened.declaration, slot), options.n)
    run_folder = opened.run.folder
    folder = run_folder.samples if is_writable(run_folder.samples) else Path.cwd()
    path = samples_path(options.out, spec.form, folder, slot, options.seed, given=options.given)
    if options.out is None and folder != run_folder.samples:
        path = path.with_name(f"{opened.declaration.model}-{path.name}")
        tell.warn(f"{run_folder} is read-only; the samples are written to {path}")
    samples = sample_run(
        opened.run,
        opened.declaration,
        slot,
        backend_of_run(options.backend, locked_backend(opened.run), tell),
        tell.progress,
        n=options.n,
        seed=options.seed,
        given=given,
        weights=options.weights,
        ignore_lock=options.ignore_lock,
        train_sampler=train_sampler,
    )
    texts = _texts_to_write(path, samples, options.out)
    if texts is not None and options.out is None:
        path = path.with_suffix(".txt")
    _write(path, samples, columns=_columns(options.given), texts=texts)
    return WrittenSamples(
        run=opened.run.folder.path,
        path=path,
        sampler=slot.offer.full_name,
        weights=samples.weights,
    )


def samples_path(
    out: str | None,
    form: str,
    folder: Path,
    slot: Slot,
    seed: int,
    given: Mapping[str, TomlValue] | None = None,
) -> Path:
    """The file or folder that samples are written to.

    Args:
        out: a file or a folder, or None.
        form: the form of the data, such as "image".
        folder: the folder of the run's samples, used if `out` is None.
        slot: the slot of the sampler.
        seed: the seed of the samples.
        given: their conditions, which the name of a file of the run tells too.

    Raises:
        UsageError: for any other suffix.
    """
    if out is None:
        suffix = "png" if form == "image" else "npz"
        told = "".join(f"-{name}-{_in_name(value)}" for name, value in (given or {}).items())
        return folder / f"{slot.offer.component.name}-seed{seed}{told}.{suffix}"
    path = home_path(out)
    is_folder = out.endswith(("/", "\\")) or path.is_dir() or not path.suffix
    if not is_folder and path.suffix.lower() not in SUFFIXES:
        raise UsageError(
            f"out is {out}: give a .png file, an .npz file, a .csv file for vectors, a .txt file "
            "for texts, or a folder with a / at its end"
        )
    if path.suffix.lower() == ".csv" and not is_folder:
        if form != "vector":
            raise UsageError(f"out is {out}: {form} data is no table; give an .npz file")
        return path
    if path.suffix.lower() == ".txt" and not is_folder and form != "image":
        return path
    drawn_as_one = path.suffix.lower() == ".png" and form in ("image", "vector")
    if form != "image" and path.suffix.lower() != ".npz" and not drawn_as_one:
        raise UsageError(f"out is {out}: {form} data has no pictures; give an .npz file")
    return path


MOST_LETTERS = 40
"""How many letters of a condition a file's name holds."""


def _in_name(value: TomlValue) -> str:
    """A condition as a part of a file's name."""
    values = value if isinstance(value, list | tuple) else [value]
    text = "-".join(map(str, values))
    return re.sub(r"[^\w.-]+", "_", text)[:MOST_LETTERS]


def _columns(given: Mapping[str, TomlValue]) -> int | None:
    """The columns of a grid: one for each value that the samples get in turn."""
    lengths = {len(value) for value in given.values() if isinstance(value, list | tuple)}
    return lengths.pop() if len(lengths) == 1 else None


def _texts_to_write(path: Path, samples: Samples, out: str | None) -> list[str] | None:
    """The samples as texts, if people read them so and they are written to a text file.

    Raises:
        UsageError: if a text file was asked for and the samples are numbers.
    """
    from vaereg.runs.texts import texts_of

    asked = path.suffix.lower() == ".txt"
    if samples.data.to_display is None or not (asked or out is None):
        texts = None
    else:
        texts = texts_of(samples.data.in_original_units(samples.values))
    if asked and texts is None:
        raise UsageError(f"out is {out}: these samples are no texts; give an .npz file")
    return texts


def _write(
    path: Path,
    samples: Samples,
    columns: int | None = None,
    texts: Sequence[str] | None = None,
) -> None:
    """Writes samples in the format that the path implies; texts to a text file."""
    from vaereg.pictures.image_files import write_images
    from vaereg.pictures.image_grid import write_grid
    from vaereg.runs.texts import write_texts
    from vaereg.training.finish import write_arrays, write_rows

    data = samples.data
    folder = path if path.suffix.lower() not in SUFFIXES or path.is_dir() else path.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(f"cannot create the folder {folder}: {error.strerror}") from error
    if texts is not None:
        write_texts(path, texts)
    elif path.suffix.lower() == ".npz" and folder != path:
        write_arrays(path, samples.values, samples.latents, data, samples.given)
    elif path.suffix.lower() == ".csv" and folder != path:
        write_rows(path, samples.values, data)
    elif folder != path:
        write_grid(samples.values, path, value_range=data.spec.value_range, columns=columns)
    else:
        write_images(path, samples.values, data.spec.value_range)
