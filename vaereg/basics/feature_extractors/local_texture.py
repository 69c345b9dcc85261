"""The extractor `local_texture`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

import vaereg
from vaereg.basics.feature_extractors.inputs.checked_examples import (
    checked_examples,
    checked_image,
)
from vaereg.basics.feature_extractors.inputs.training_sample import training_sample
from vaereg.basics.feature_extractors.textures.texture_statistics import texture_statistics
from vaereg.basics.feature_extractors.weights.fitted_arrays import FittedArrays

MOST_EXAMPLES = 4000
"""Means and scales are measured on at most this many training examples."""

LEAST_SCALE = 0.01
"""The least scale of a statistic, so that rounding is not enlarged where real images are equal.
Statistics are shares, logarithms or values in [0, 1]."""

OUTLYING = 2.0
"""Beyond so many standard deviations, features grow with the logarithm: a few odd images, real or
generated, do not decide a distance."""

RIDGE = 0.3
"""Added to the variances of 1 before whitening. Directions in which real images hardly differ count
more, by a factor of 1.8 at most."""

FORM = 2
"""The form of the statistics, a part of the identity: raise it whenever they change."""

STATE = ("mean", "scale", "whitening", "shape")


class LocalTexture:
    """Statistics of the responses of fixed filters at three scales, which nobody trains.

    For brightness and for each opponent colour: the energy of derivative filters, and the share of
    places where they respond to faint and to strong edges; how patterns repeat; a coarse grid of
    brightness and of texture; mirror symmetry; straight seams and blocks. Each statistic is
    standardized over the training images, and all are whitened together, so that many statistics
    that agree count as one. Outliers are brought nearer. The features show texture, contrast,
    colour and layout, but not what an image depicts.

    Source: statistics of filter responses describe texture, Heeger and Bergen 1995, Portilla and
    Simoncelli 2000; the filters are derivatives as in Simoncelli and Freeman 1995.
    """

    def __init__(self, params: object, context: vaereg.BuildContext) -> None:
        del params
        checked_image("local_texture", context.data_spec, least_side=16)
        self._shape = tuple(context.data_spec.shape)
        self._arrays = FittedArrays("local_texture", STATE, self._shape, form=FORM)

    @property
    def identity(self) -> str:
        """A hash of the form of the statistics, their means and scales, 8 hex digits.

        Raises:
            vaereg.RunError: before a fit.
        """
        return self._arrays.identity

    @property
    def facts(self) -> Mapping[str, object]:
        """The number of statistics."""
        return {"dimensions": len(self._arrays.fitted["mean"])}

    def fit(self, data: vaereg.Data, seed: int, tell: Callable[[str], None]) -> None:
        """Measures the statistics of training images chosen by the seed, and how they agree.

        Raises:
            vaereg.DataError: if there are fewer than two images, or if they have no value range.
        """
        tell(f"measuring the texture of {min(len(data.train), MOST_EXAMPLES)} training images")
        statistics = _statistics(training_sample("local_texture", data, MOST_EXAMPLES, seed))
        mean = statistics.mean(axis=0, dtype=np.float64)
        scale = np.maximum(statistics.std(axis=0, dtype=np.float64), LEAST_SCALE)
        standardized = _near((statistics - mean) / scale)
        variances, directions = np.linalg.eigh(np.cov(standardized, rowvar=False))
        shrunk = directions / np.sqrt(np.maximum(variances, 0.0) + RIDGE)
        self._arrays.learn(
            mean=mean.astype(np.float32),
            scale=scale.astype(np.float32),
            whitening=(shrunk @ directions.T).astype(np.float32),
            shape=np.asarray(self._shape),
        )

    def __call__(self, examples: np.ndarray) -> np.ndarray:
        """Features (n, d) of images (n, height, width, channels) in [0, 1].

        d is 159 for grey images, 221 for two channels and 283 for more.
        """
        state = self._arrays.fitted
        images = checked_examples("local_texture", examples, self._shape)
        if not len(images):
            return np.empty((0, len(state["mean"])), np.float32)
        # In float64, so that neither the company of an image nor the processor shows in float32.
        whitening = state["whitening"].astype(np.float64)
        standardized = (_statistics(images) - state["mean"]) / state["scale"]
        features = _near(_near(standardized.astype(np.float64)) @ whitening)
        return features.astype(np.float32)

    def state(self) -> dict[str, np.ndarray]:
        """`mean` and `scale` (d,), `whitening` (d, d) and the `shape` of images, if fitted."""
        return self._arrays.state()

    def restore(self, state: dict[str, np.ndarray]) -> None:
        """Restores a state that `state` returned.

        Raises:
            vaereg.RunError: if it is the state of another extractor or of other data.
        """
        self._arrays.restore(state, self._is_of_this_data)

    def _is_of_this_data(self, state: Mapping[str, np.ndarray]) -> bool:
        size = _statistics(np.zeros((1, *self._shape), np.float32)).shape[1]
        return (
            all(state[name].shape == (size,) for name in ("mean", "scale"))
            and state["whitening"].shape == (size, size)
            and tuple(state["shape"]) == self._shape
        )


def _statistics(images: np.ndarray) -> np.ndarray:
    return np.stack(list(texture_statistics(images).values()), axis=1)


def _near(values: np.ndarray) -> np.ndarray:
    """Values with outliers brought nearer; see `OUTLYING`."""
    nearer: np.ndarray = OUTLYING * np.arcsinh(values / OUTLYING)
    return nearer
