"""Images or vectors saved by numpy."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import numpy as np

import vaereg
from vaereg.basics.datasets.declared import ArraysParams
from vaereg.basics.datasets.examples.array_examples import array_examples
from vaereg.basics.datasets.examples.array_sources import Source, array_sources, labels_of
from vaereg.basics.datasets.examples.image_examples import (
    are_images,
    image_examples,
    plain_conversion,
)
from vaereg.basics.datasets.files.array_scan import are_whole, outside
from vaereg.basics.datasets.files.data_path import data_path
from vaereg.basics.datasets.files.idx_arrays import are_idx
from vaereg.basics.datasets.splits.content_digest import content_digest
from vaereg.basics.datasets.splits.deal import deal, dealing_of
from vaereg.basics.datasets.splits.equal_examples import equal_in_two_splits
from vaereg.basics.datasets.splits.held_split import held_split
from vaereg.basics.datasets.splits.scaling import Scaling
from vaereg.basics.datasets.splits.standardize import standardization_of
from vaereg.basics.datasets.splits.stored_range import (
    BY_BITS,
    StoredRange,
    given_range,
    image_range,
    plain_range,
)

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
        sources, unused = array_sources(path, params, self._share)
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
        labels = labels_of(list(sources.values()))
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

    def read(
        self, path: Path, spec: vaereg.DataSpec, data: Callable[[], vaereg.Data]
    ) -> vaereg.Examples:
        """The arrays of another file, or image files, as examples of a trained model.

        Raises:
            vaereg.DataError: for a file that cannot be read, or examples of another shape or range.
        """
        if spec.form == "image" and are_images(path) and not are_idx(path):
            return image_examples(path, spec, plain_conversion(spec), resize=False)
        return array_examples(path, spec, self._params, data, self._share)

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
        low = min(float(each.found.lows.min()) for each in sources.values())
        high = max(float(each.found.highs.max()) for each in sources.values())
        if form != "image":
            return plain_range(dtype, low, high, form, source.name)
        return image_range(
            dtype,
            float(source.found.lows[positions].min()),
            float(source.found.highs[positions].max()),
            lambda: are_whole(source.values, positions),
            source.name,
            self._params.form == "auto" and source.values.ndim == 3,
            (low, high),
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


def _names(
    arrays: dict[str, str], positions: dict[str, np.ndarray]
) -> Callable[[str, np.ndarray], list[str]]:
    """`Data.names`; a function of its own, so that it does not keep the arrays in memory."""
    return lambda split, indices: [f"{arrays[split]}[{each}]" for each in positions[split][indices]]
