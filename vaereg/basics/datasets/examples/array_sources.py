"""The arrays of a file that hold examples, with their form, their labels and their extremes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import attrs
import numpy as np

import vaereg
from vaereg.basics.datasets.declared import ArraysParams
from vaereg.basics.datasets.files.array_file import ArrayFile, Rows, open_array
from vaereg.basics.datasets.files.array_form import ArrayForm, array_form
from vaereg.basics.datasets.files.array_scan import Scan, scan
from vaereg.basics.datasets.files.idx_arrays import are_idx, read_idx_entries
from vaereg.basics.datasets.files.numpy_file import read_npz
from vaereg.basics.datasets.splits.labels import Labels, encode_labels, joined, plain_labels


@attrs.frozen(kw_only=True, eq=False)
class Source:
    """An array of examples with its labels.

    Args:
        name: the file and the array, for messages.
        values: (n, …) the examples; images have their channels last.
        form: what the axes mean.
        labels: (n, …) their labels, or None.
        found: the result of a pass over the values.
    """

    name: str
    values: Rows
    form: ArrayForm
    labels: np.ndarray | None
    found: Scan


def array_sources(
    path: Path,
    params: ArraysParams,
    share: Callable[[float], None],
    spec: vaereg.DataSpec | None = None,
) -> tuple[dict[str, Source], list[str]]:
    """The arrays of each part of a file, and notes on what is not used.

    Args:
        path: a .npy, .npz or IDX file, or a folder of IDX files.
        params: how to read it.
        share: is called with the share of the values that is read.
        spec: of the examples that there must be; None for any. One example may then come without
            the axis of the examples.

    Raises:
        vaereg.DataError: for a file that cannot be read, or arrays that cannot be examples.
    """
    suffix = path.suffix.lower()
    if suffix == ".npy":
        if params.x or params.y:
            raise vaereg.DataError(
                f'{path}: x = "{params.x}" and y = "{params.y}" name arrays of a .npz file; '
                "a .npy file holds a single array and no labels"
            )
        values, more = open_array(path)
        return {"all": _source(str(path), values, None, params, share, spec)}, [more]
    if are_idx(path):
        entries, unused = read_idx_entries(path), [""]
    elif suffix == ".npz":
        entries, unused = read_npz(path, params.x, params.y)
    elif path.is_dir():
        raise vaereg.DataError(
            f"{path}: is a folder without IDX files. For a folder of images, set use = "
            '"image_folder"; for arrays, set path to a .npy or .npz file.'
        )
    else:
        raise vaereg.DataError(
            f"{path}: the file name must end in .npy or .npz, or be that of an IDX file"
        )
    return {
        entry.part: _source(
            f"{path}, {entry.name}", entry.values, entry.labels, params, share, spec
        )
        for entry in entries
    }, unused


def _source(
    name: str,
    values: Rows,
    labels: np.ndarray | None,
    params: ArraysParams,
    share: Callable[[float], None],
    spec: vaereg.DataSpec | None,
) -> Source:
    """Checks arrays of examples and labels, and reads the examples once.

    Raises:
        vaereg.DataError: for an unsupported type or shape, values that are not finite, or
            another number of labels than examples.
    """
    if values.dtype.kind not in "fiub":
        raise vaereg.DataError(
            f"{name}: values have type {values.dtype}; allowed are real numbers and booleans"
        )
    if spec is not None and _is_one(values.shape, spec):
        values, labels = values[:][None], None
    if values.ndim < 2 or not values.size:
        raise vaereg.DataError(
            f"{name}: shape {values.shape}; allowed are (n, d) for vectors, and (n, h, w) "
            "or (n, h, w, channels) for images, with every axis at least 1"
        )
    if labels is not None and (not labels.ndim or len(labels) != len(values)):
        count = f"{len(labels)} labels" if labels.ndim else "a single label"
        hint = ""
        if labels.ndim and len(labels) == values.shape[-1]:
            hint = (
                f". The last of the axes {values.shape} has this length: if it is that of the "
                "examples, save numpy.moveaxis(x, -1, 0)."
            )
        raise vaereg.DataError(f"{name}: {len(values)} examples but {count}{hint}")
    try:
        values, form = _in_form(values, params, name)
    except vaereg.DataError as error:
        if spec is None:
            raise
        raise _other_shape(name, values.shape, spec) from error
    if spec is not None and form.shape != spec.shape:
        raise _other_shape(name, values.shape, spec)
    found = scan(values, name, share)
    return Source(name=name, values=values, form=form, labels=labels, found=found)


def _in_form(values: Rows, params: ArraysParams, name: str) -> tuple[Rows, ArrayForm]:
    """The values with their channels last, of which those to keep, and what their axes mean."""
    form = array_form(values.shape, values.dtype, params.form, params.channel_axis, name)
    if form.channels_first:
        if isinstance(values, ArrayFile):
            values = values.channels_last()
        else:
            values = np.moveaxis(values, 1, -1)
    return _kept(values, form, params.keep, name) if params.keep else (values, form)


def _is_one(shape: tuple[int, ...], spec: vaereg.DataSpec) -> bool:
    """Whether an array is one example; one channel may be left out."""
    thin = spec.form != "vector" and spec.shape[-1] == 1
    many = shape[1:] == spec.shape or (thin and shape[1:] == spec.shape[:-1])
    return not many and (shape == spec.shape or (thin and shape == spec.shape[:-1]))


def _other_shape(name: str, shape: tuple[int, ...], spec: vaereg.DataSpec) -> vaereg.DataError:
    return vaereg.DataError(
        f"{name}: an array of shape {shape}; the run was trained on {spec.in_words}, so allowed is "
        f"(n, {', '.join(map(str, spec.shape))})"
    )


def labels_of(sources: Sequence[Source]) -> dict[str, Labels]:
    """The class numbers of each source; the numbering is the same for all sources."""
    given = [source.labels for source in sources if source.labels is not None]
    if not given:
        return {}
    flat = [plain_labels(part, sources[0].name) for part in given]
    together = encode_labels(joined(flat), sources[0].name)
    edges = np.cumsum([len(part) for part in flat])[:-1]
    return {
        source.name: Labels(codes, together.names)
        for source, codes in zip(sources, np.split(together.codes, edges), strict=True)
    }


def _kept(values: Rows, form: ArrayForm, keep: Sequence[int], name: str) -> tuple[Rows, ArrayForm]:
    """The values with these channels or columns alone, counted from 1.

    Raises:
        vaereg.DataError: if the array has no such channels.
    """
    width = form.shape[-1]
    if max(keep) > width or len({*keep}) < len(keep) or values.shape[-1] != width:
        raise vaereg.DataError(
            f"{name}: keep = {list(keep)}; allowed are different numbers from 1 to "
            f"{width if values.shape[-1] == width else 1}, those of channels or columns"
        )
    chosen = [each - 1 for each in keep]
    kept = values.kept(chosen) if isinstance(values, ArrayFile) else values[..., chosen]
    return kept, attrs.evolve(form, shape=(*form.shape[:-1], len(chosen)))
