"""The arrays of a file as examples for a trained model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import attrs
import numpy as np

import vaereg
from vaereg.basics.datasets.declared import ArraysParams
from vaereg.basics.datasets.examples.array_sources import Source, array_sources, labels_of
from vaereg.basics.datasets.examples.range_of_run import scaling_of_run
from vaereg.basics.datasets.files.array_scan import are_whole
from vaereg.basics.datasets.splits.indexed_split import IndexedSplit
from vaereg.basics.datasets.splits.scaling import Scaling
from vaereg.basics.datasets.splits.standardization import Standardization


def array_examples(
    path: Path,
    spec: vaereg.DataSpec,
    params: ArraysParams,
    data: Callable[[], vaereg.Data],
    share: Callable[[float], None],
) -> vaereg.Examples:
    """Every array of examples in a file, part after part, scaled as in the training.

    Args:
        path: a .npy or .npz file, an IDX file, or a folder of IDX files.
        spec: of the data of the training.
        params: how arrays were read there.
        data: that data; read only for its standardization.
        share: is called with the share of the values that is read.

    Raises:
        vaereg.DataError: for a file that cannot be read, and for values of another shape or range.
    """
    params = attrs.evolve(params, form=spec.form)
    if params.channel_axis == "auto":
        params = attrs.evolve(params, channel_axis="last")
    if path.suffix.lower() != ".npz":
        params = attrs.evolve(params, x="", y="")
    sources, unused = array_sources(path, params, share, spec)
    labels = labels_of(list(sources.values()))
    parts = [
        IndexedSplit(
            values=source.values,
            positions=np.arange(len(source.values)),
            shape=spec.shape,
            scaling=_scaling(source, spec, params, data),
            targets=labels[source.name].codes if labels else None,
        )
        for source in sources.values()
    ]
    places = [Path(source.name).name for source in sources.values()]
    split = Chained(tuple(parts))
    rounded = [note for each in sources.values() for note in each.found.notes]
    return vaereg.Examples(
        split=split,
        names=lambda indices: [f"{places[part]}[{row}]" for part, row in split.places(indices)],
        class_names=next(iter(labels.values())).names if labels else (),
        notes=tuple(dict.fromkeys(note for note in (*unused, *rounded) if note)),
    )


def _scaling(
    source: Source,
    spec: vaereg.DataSpec,
    params: ArraysParams,
    data: Callable[[], vaereg.Data],
) -> Scaling:
    if params.standardize:
        units = data().to_display
        assert isinstance(units, Standardization)  # what this dataset gives
        return Scaling(factor=1 / units.scale, offset=-units.mean / units.scale)
    return scaling_of_run(
        spec,
        source.values.dtype,
        float(source.found.lows.min()),
        float(source.found.highs.max()),
        lambda: are_whole(source.values, np.arange(len(source.values))),
        source.name,
        is_given=bool(params.value_range),
    )


@attrs.frozen(eq=False)
class Chained:
    """Several splits, one after the other."""

    parts: Sequence[vaereg.Split]

    def __len__(self) -> int:
        return sum(map(len, self.parts))

    def take(self, indices: np.ndarray) -> np.ndarray:
        """The examples at `indices`, float32."""
        return self._gathered(indices, {n: part.take for n, part in enumerate(self.parts)})

    def labels(self, indices: np.ndarray) -> np.ndarray | None:
        """The class numbers at `indices`, or None if there are none."""
        if self.parts[0].labels(np.arange(1)) is None:
            return None
        return self._gathered(indices, {n: part.labels for n, part in enumerate(self.parts)})

    def places(self, indices: np.ndarray) -> list[tuple[int, int]]:
        """The number of the part that holds each example, and its index there."""
        starts = np.cumsum([0, *map(len, self.parts)])
        parts = np.searchsorted(starts, np.asarray(indices), side="right") - 1
        rows = np.asarray(indices) - starts[parts]
        return [*zip(parts.tolist(), rows.tolist(), strict=True)]

    def _gathered(
        self,
        indices: np.ndarray,
        methods: Mapping[int, Callable[[np.ndarray], np.ndarray | None]],
    ) -> np.ndarray:
        if len(methods) == 1:
            return np.asarray(methods[0](np.asarray(indices)))
        places = np.array(self.places(indices)).reshape(-1, 2)
        pieces, order = [], []
        for part, method in methods.items():
            at = np.flatnonzero(places[:, 0] == part)
            if len(at):
                pieces.append(np.asarray(method(places[at, 1])))
                order.append(at)
        return np.concatenate(pieces)[np.argsort(np.concatenate(order), kind="stable")]
