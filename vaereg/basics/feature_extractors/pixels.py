"""The extractor `pixels`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

import vaereg
from vaereg.basics.feature_extractors.inputs.checked_examples import checked_examples
from vaereg.basics.feature_extractors.inputs.training_sample import training_sample
from vaereg.basics.feature_extractors.projections.principal_components import (
    components_if_wide,
    projected,
)
from vaereg.basics.feature_extractors.weights.fitted_arrays import FittedArrays

if TYPE_CHECKING:
    from vaereg.basics.feature_extractors.declared import PixelsParams

MOST_EXAMPLES = 20_000
"""Components are found on at most this many training examples."""

WIDE = 4096
"""If examples have more values than this, components are computed from at most this many examples:
the time of the eigenvalue problem grows with the cube of the smaller of both numbers."""

STATE = ("mean", "scale", "components", "explained")


class Pixels:
    """The values themselves, or their principal components if there are more than `dimensions`.

    Images are centred; vectors and sequences are also standardized, column by column. The features
    capture little of what an example shows, but find copies. They need neither labels nor a
    network.

    Source: Pearson 1901; the components are eigenvectors of the covariance, or of the Gram matrix
    if there are fewer examples than values (Turk and Pentland 1991).
    """

    def __init__(self, params: PixelsParams, context: vaereg.BuildContext) -> None:
        self._params = params
        self._form = context.data_spec.form
        self._shape = tuple(context.data_spec.shape)
        self._arrays = FittedArrays("pixels", STATE, self._shape)

    @property
    def identity(self) -> str:
        """A hash of mean, scale and components, 8 hex digits.

        Raises:
            vaereg.RunError: before a fit.
        """
        return self._arrays.identity

    @property
    def facts(self) -> Mapping[str, object]:
        """The share of the training data's variance that the features keep."""
        return {"explained": float(self._arrays.fitted["explained"])}

    def fit(self, data: vaereg.Data, seed: int, tell: Callable[[str], None]) -> None:
        """Computes mean, scale and components from training examples chosen by the seed.

        Raises:
            vaereg.DataError: if there are fewer than two examples, or all are equal.
        """
        dimensions = data.spec.dimensions
        most = MOST_EXAMPLES if dimensions <= WIDE else WIDE
        count = min(len(data.train), most)
        tell(f"finding principal components of {count} training examples")
        values = training_sample("pixels", data, most, seed).reshape(-1, dimensions)
        mean = values.mean(axis=0, dtype=np.float64)
        deviation = values.std(axis=0, dtype=np.float64)
        if not deviation.any():
            raise vaereg.DataError(
                f"extractor 'pixels': all {count} training examples that were read are equal."
            )
        scale = np.ones(dimensions)
        if self._form != "image":
            scale[deviation > 0] = deviation[deviation > 0]
        components, explained = components_if_wide(values, mean, scale, self._params.dimensions)
        self._arrays.learn(
            mean=mean.astype(np.float32),
            scale=scale.astype(np.float32),
            components=components.astype(np.float32),
            explained=np.asarray(explained),
        )

    def __call__(self, examples: np.ndarray) -> np.ndarray:
        """Features (n, d): d is `dimensions`, or less if there are fewer values or examples."""
        state = self._arrays.fitted
        values = checked_examples("pixels", examples, self._shape)
        centred = (values.reshape(len(values), -1) - state["mean"]) / state["scale"]
        return projected(centred, state["components"])

    def state(self) -> dict[str, np.ndarray]:
        """`mean` and `scale` (values,), and `components` (values, d), empty if all are kept."""
        return self._arrays.state()

    def restore(self, state: dict[str, np.ndarray]) -> None:
        """Restores a state that `state` returned.

        Raises:
            vaereg.RunError: if it is the state of another extractor or of other data.
        """
        size = int(np.prod(self._shape))
        self._arrays.restore(state, lambda taken: taken["mean"].shape == (size,))
