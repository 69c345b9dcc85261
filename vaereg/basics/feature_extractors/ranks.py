"""The extractor `ranks`."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

import vaereg
from vaereg.basics.feature_extractors.inputs.checked_examples import checked_examples
from vaereg.basics.feature_extractors.inputs.training_sample import training_sample
from vaereg.basics.feature_extractors.projections.normal_scores import normal_scores, score_knots
from vaereg.basics.feature_extractors.projections.principal_components import (
    components_if_wide,
    projected,
)
from vaereg.basics.feature_extractors.weights.fitted_arrays import FittedArrays

if TYPE_CHECKING:
    from vaereg.basics.feature_extractors.declared import RanksParams

MOST_EXAMPLES = 10_000
"""Ranks and components are found on at most this many training examples."""

WIDE = 4096
"""If examples have more values than this, at most this many examples are read: see `pixels`."""

STATE = ("knots", "scores", "starts", "mean", "components", "explained")


class Ranks:
    """Normal scores of the values, or their principal components if there are more than needed.

    Each column of a vector, and each channel of a sequence or an image, is mapped to a standard
    normal distribution by the ranks of the training data, so that neither heavy tails nor units
    matter. Columns that are constant in the training data are left out.

    Source: normal scores, van der Waerden 1952; components as in `pixels`.
    """

    def __init__(self, params: RanksParams, context: vaereg.BuildContext) -> None:
        self._params = params
        self._shape = tuple(context.data_spec.shape)
        self._arrays = FittedArrays("ranks", STATE, self._shape)

    @property
    def identity(self) -> str:
        """A hash of the ranks and components, 8 hex digits.

        Raises:
            vaereg.RunError: before a fit.
        """
        return self._arrays.identity

    @property
    def facts(self) -> Mapping[str, object]:
        """The share of the variance that the features keep, and the number of columns in use."""
        state = self._arrays.fitted
        columns = int(np.sum(np.diff(state["starts"]) > 1))
        return {"explained": float(state["explained"]), "columns": columns}

    def fit(self, data: vaereg.Data, seed: int, tell: Callable[[str], None]) -> None:
        """Ranks the values of training examples chosen by the seed, and finds the components.

        Raises:
            vaereg.DataError: if there are fewer than two examples, or all are equal.
        """
        most = MOST_EXAMPLES if data.spec.dimensions <= WIDE else WIDE
        tell(f"ranking the values of {min(len(data.train), most)} training examples")
        values = training_sample("ranks", data, most, seed)
        columns = values.reshape(-1, values.shape[-1])
        found = [score_knots(columns[:, i]) for i in range(columns.shape[1])]
        ranks = {
            "knots": np.concatenate([knots for knots, _ in found]),
            "scores": np.concatenate([scores for _, scores in found]),
            "starts": np.cumsum([0, *(len(knots) for knots, _ in found)]),
        }
        ranked = _ranked(values, ranks)
        if not (ranked != ranked[:1]).any():
            raise vaereg.DataError(
                f"extractor 'ranks': all {len(values)} training examples that were read are equal."
            )
        mean = ranked.mean(axis=0, dtype=np.float64)
        components, explained = components_if_wide(
            ranked, mean, np.ones(len(mean)), self._params.dimensions
        )
        self._arrays.learn(
            **ranks,
            mean=mean.astype(np.float32),
            components=components.astype(np.float32),
            explained=np.asarray(explained),
        )

    def __call__(self, examples: np.ndarray) -> np.ndarray:
        """Features (n, d): d is `dimensions`, or less if there are fewer columns or examples."""
        state = self._arrays.fitted
        values = checked_examples("ranks", examples, self._shape)
        centred = _ranked(values, state) - state["mean"]
        return projected(centred, state["components"])

    def state(self) -> dict[str, np.ndarray]:
        """What `restore` takes.

        `knots` and `scores` hold the ranks of one column after the other, which start at `starts`;
        `mean` (values,); `components` (values, d), empty if all are kept; `explained`.
        """
        return self._arrays.state()

    def restore(self, state: dict[str, np.ndarray]) -> None:
        """Restores a state that `state` returned.

        Raises:
            vaereg.RunError: if it is the state of another extractor or of other data.
        """
        self._arrays.restore(state, self._is_of_this_data)

    def _is_of_this_data(self, state: Mapping[str, np.ndarray]) -> bool:
        if state["starts"].shape != (self._shape[-1] + 1,):
            return False
        varying = int(np.sum(np.diff(state["starts"]) > 1))
        return bool(state["mean"].shape == (varying * int(np.prod(self._shape[:-1])),))


def _ranked(values: np.ndarray, ranks: Mapping[str, np.ndarray]) -> np.ndarray:
    """Normal scores (n, values) float32 of the columns that vary in the training data."""
    found = []
    for column, (start, end) in enumerate(itertools.pairwise(ranks["starts"].tolist())):
        if end - start > 1:
            knots, scores = ranks["knots"][start:end], ranks["scores"][start:end]
            found.append(normal_scores(values[..., column], knots, scores))
    if not found:
        return np.empty((len(values), 0), np.float32)
    ranked: np.ndarray = np.stack(found, axis=-1).astype(np.float32)
    return ranked.reshape(len(values), -1)
