"""Images or vectors saved by numpy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path

import attrs
import numpy as np

import vaereg
from vaereg.basics.datasets.declared import ArraysParams
from vaereg.basics.datasets.files.array_file import ArrayFile, Rows, open_array
from vaereg.basics.datasets.files.array_form import ArrayForm, array_form
from vaereg.basics.datasets.files.array_scan import Scan, are_whole, outside, scan
from vaereg.basics.datasets.files.data_path import data_path
from vaereg.basics.datasets.files.idx_arrays import are_idx, read_idx_entries
from vaereg.basics.datasets.files.numpy_file import read_npz
from vaereg.basics.datasets.splits.content_digest import content_digest
from vaereg.basics.datasets.splits.deal import deal, dealing_of
from vaereg.basics.datasets.splits.equal_examples import equal_in_two_splits
from vaereg.basics.datasets.splits.held_split import held_split
from vaereg.basics.datasets.splits.labels import Labels, encode_labels, joined, plain_labels
from vaereg.basics.datasets.splits.scaling import Scaling
from vaereg.basics.datasets.splits.standardize import standardization_of
from vaereg.basics.datasets.splits.stored_range import (
    BY_BITS,
    StoredRange,
    given_range,
    image_range,
    plain_range,
)


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


Place = tuple[str, np.ndarray]
"""The part of the file that holds a split, and the split's positions in it."""


class Arrays:
    """The array of a .npy file, read piece by piece, or those of a .npz file or of IDX files.

    Images are scaled to [0, 1] from the range that they were stored in: `value_range`, or else that
    of their type or of their training examples (`image_range`). Vectors are scaled only if
    `value_range` is given, or if they have 8 bits. No other split may leave the range; up to a
    thousandth of its width beyond it, values are clipped. `standardize` scales vectors and series
    with the training examples; `Data.to_display` converts them back.

    A .npz file may already be divided into parts (`x_train`, `x_val`, `x_test`, and `y_…`). A
    missing part is held out from the training examples by `split_seed`.

    Raises:
        vaereg.DataError: for a file that cannot be read, an unsupported shape or type, values that
            are not finite or out of range, labels that do not match, or an empty split.
    """

    def __init__(self, params: ArraysParams, context: vaereg.BuildContext) -> None:
        self._params = params
        self._folder = context.folder
        self._share = context.share
        self._dealing = dealing_of(params, context)

    def __call__(self) -> vaereg.Data:
        """Reads and checks the arrays once, and divides them into splits."""
        params = self._params
        path = data_path(params.path, self._folder)
        if params.standardize and params.value_range:
            raise vaereg.DataError("arrays: give either standardize or value_range, not both")
        sources, unused = self._sources(path)
        first = next(iter(sources.values()))
        shape, form = first.form.shape, first.form.form
        for source in sources.values():
            if source.form.shape != shape:
                raise vaereg.DataError(
                    f"{source.name}: examples have shape {source.form.shape}, but those of the "
                    f"first part have shape {shape}; all parts must have the same shape"
                )
        places = self._positions(sources)
        stored = self._range(sources, places, form)
        scaling, clipped = self._scaling(sources, places, stored)
        units = None
        if params.standardize:
            home, positions = places["train"]
            units = standardization_of(sources[home].values, positions, form, shape[-1])
            scaling = Scaling(factor=1 / units.scale, offset=-units.mean / units.scale)
            stored = StoredRange(original=None, levels=None)
        labels = self._labels(list(sources.values()))
        splits = {
            part: held_split(
                sources[home].values,
                positions,
                shape=shape,
                targets=labels[sources[home].name].codes if labels else None,
                scaling=scaling,
            )
            for part, (home, positions) in places.items()
        }
        names = next(iter(labels.values())).names if labels else ()
        read = [note for each in sources.values() for note in each.found.notes]
        if np.all(scaling.factor == 1) and not np.any(scaling.offset):
            read += [note for each in sources.values() for note in each.found.rounded]
        files = {part: Path(sources[home].name).name for part, (home, _) in places.items()}
        names_of = _names(files, {part: positions for part, (_, positions) in places.items()})
        twice = equal_in_two_splits(
            {
                part: sources[places[part][0]].found.hashes[places[part][1]]
                for part in ("train", "validation", "test")
                if part in places
            },
            lambda part, at: names_of(part, np.array([at]))[0],
            "examples",
        )
        notes = [*unused, first.form.note, *read, stored.note, *clipped, *twice]
        # 8-bit data has always been scaled, and its digest says nothing of it.
        rescaled = stored.original != stored.value_range and stored.original != (0.0, 255.0)
        return vaereg.Data(
            spec=vaereg.DataSpec(
                form=form,
                shape=shape,
                value_range=stored.value_range,
                original_range=stored.original,
                levels=stored.levels,
                size=len(splits["train"]),
                classes=len(names) if labels else None,
                class_names=names,
            ),
            train=splits["train"],
            validation=splits.get("validation"),
            test=splits.get("test"),
            digest=content_digest(
                " ".join(source.found.content for source in sources.values()),
                labels=[sha256(encoded.codes.tobytes()).hexdigest() for encoded in labels.values()],
                shape=shape,
                value_range=stored.value_range,
                **({"standardize": True} if params.standardize else {}),
                **({"original_range": stored.original} if rescaled else {}),
                **self._dealing.recipe,
            ),
            to_display=units,
            from_display=units.standardize if units is not None else None,
            names=names_of,
            notes=tuple(dict.fromkeys(each for each in notes if each)),
        )

    def _sources(self, path: Path) -> tuple[dict[str, Source], list[str]]:
        """The arrays of each part, and notes on what is not used."""
        params = self._params
        suffix = path.suffix.lower()
        if suffix == ".npy":
            if params.x or params.y:
                raise vaereg.DataError(
                    f'{path}: x = "{params.x}" and y = "{params.y}" name arrays of a .npz file; '
                    "a .npy file holds a single array and no labels"
                )
            values, more = open_array(path)
            return {"all": self._source(str(path), values, None)}, [more]
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
            entry.part: self._source(f"{path}, {entry.name}", entry.values, entry.labels)
            for entry in entries
        }, unused

    def _source(self, name: str, values: Rows, labels: np.ndarray | None) -> Source:
        """Checks arrays of examples and labels, and reads the examples once.

        Raises:
            vaereg.DataError: for an unsupported type or shape, values that are not finite, or
                another number of labels than examples.
        """
        if values.dtype.kind not in "fiub":
            raise vaereg.DataError(
                f"{name}: values have type {values.dtype}; allowed are real numbers and booleans"
            )
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
        params = self._params
        form = array_form(values.shape, values.dtype, params.form, params.channel_axis, name)
        if form.channels_first:
            if isinstance(values, ArrayFile):
                values = values.channels_last()
            else:
                values = np.moveaxis(values, 1, -1)
        if params.keep:
            values, form = _kept(values, form, params.keep, name)
        found = scan(values, name, self._share)
        return Source(name=name, values=values, form=form, labels=labels, found=found)

    def _range(
        self, sources: dict[str, Source], places: dict[str, Place], form: str
    ) -> StoredRange:
        """What the stored values mean; the range of images is found in the training examples."""
        types = {source.values.dtype.newbyteorder("=") for source in sources.values()}
        if len(types) > 1 and types & (BY_BITS.keys() | {np.dtype(bool)}):
            raise vaereg.DataError(
                f"{next(iter(sources.values())).name}: the parts mix values of the types "
                f"{', '.join(sorted(map(str, types)))}; save all parts with the same type"
            )
        home, positions = places["train"]
        source = sources[home]
        dtype = source.values.dtype.newbyteorder("=")
        given = given_range(self._params.value_range, dtype, "arrays")
        if given is not None:
            return given
        if form != "image":
            low = min(float(each.found.lows.min()) for each in sources.values())
            high = max(float(each.found.highs.max()) for each in sources.values())
            return plain_range(dtype, low, high, form, source.name)
        return image_range(
            dtype,
            float(source.found.lows[positions].min()),
            float(source.found.highs[positions].max()),
            lambda: are_whole(source.values, positions),
            source.name,
            self._params.form == "auto" and source.values.ndim == 3,
        )

    def _scaling(
        self, sources: dict[str, Source], places: dict[str, Place], stored: StoredRange
    ) -> tuple[Scaling, list[str]]:
        """How values become examples, and a note for each source of which values are clipped.

        Raises:
            vaereg.DataError: for a split whose values are too far outside the range.
        """
        factor, offset = stored.scaling
        if stored.original is None:
            return Scaling(factor=factor, offset=offset), []
        low, high = stored.original
        given = self._params.value_range
        for part, (home, positions) in places.items():
            found, chosen = sources[home].found, slice(None) if given else positions
            least, most = float(found.lows[chosen].min()), float(found.highs[chosen].max())
            if least < low - stored.slack or most > high + stored.slack:
                which = f"value_range = {list(given)}"
                if not given:
                    which = (
                        f"the range of the training examples, [{low:g}, {high:g}]; they are of "
                        f"the {part} split"
                    )
                raise vaereg.DataError(
                    f"{sources[home].name}: values from {least:g} to {most:g} are not within "
                    f"{which}. Set value_range to the smallest and the largest value that the "
                    "data may have."
                )
        notes = []
        for source in sources.values():
            if source.found.lows.min() < low or source.found.highs.max() > high:
                count, first = outside(source.values, low, high)
                notes.append(
                    f"{source.name}: {count} of {source.values.size} values lie slightly outside "
                    f"[{low:g}, {high:g}] and are clipped; the first: {first}. For another range, "
                    "set value_range = [smallest, largest]."
                )
        clip = stored.value_range if notes else None
        return Scaling(factor=factor, offset=offset, clip=clip), notes

    def _labels(self, sources: list[Source]) -> dict[str, Labels]:
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

    def _positions(self, sources: dict[str, Source]) -> dict[str, Place]:
        """For each split, the part of the file that holds it and its positions in that part."""
        shares = self._dealing.shares
        lacking = {part: share for part, share in shares.items() if part not in sources}
        home = "train" if "train" in sources else "all"
        dealt = deal(len(sources[home].values), lacking, self._dealing, sources[home].name)
        places = {part: (home, positions) for part, positions in dealt.items()}
        for part in sources.keys() & shares.keys():
            places[part] = (part, np.arange(len(sources[part].values)))
        return places


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


def _names(
    arrays: dict[str, str], positions: dict[str, np.ndarray]
) -> Callable[[str, np.ndarray], list[str]]:
    """`Data.names`; a function of its own, so that it does not keep the arrays in memory."""
    return lambda split, indices: [f"{arrays[split]}[{each}]" for each in positions[split][indices]]
