"""The distance between the colours of two sets of images."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

import vaereg
from vaereg.basics.metrics.evidence.finite import finite
from vaereg.basics.metrics.evidence.twins import twins
from vaereg.basics.metrics.formulas.frechet_between_gaussians import frechet_transport

LEVELS = 255.0
"""The number of grey levels that the range of values spans."""

BLOCK = 1 << 20
"""The number of values to convert to float64 at once."""


class Colour:
    """Compares the mean and the covariance of the colours of pixels, wherever they are.

    The distance is the Fréchet distance between Gaussians fitted to the channels of all pixels, in
    squared grey levels of 255: a cast that adds 10 levels to one channel costs 100. A loss of
    contrast lowers the covariance and costs the square of the difference of standard deviations.
    For grey images, these are the mean and the variance of grey values.

    Raises:
        vaereg.DataError: for values that are not finite, or no images at all.

    Source: Heusel et al. 2017, arXiv:1706.08500, eq. 6, with pixels instead of features.
    """

    uses_features = False
    scores: Mapping[str, vaereg.ScoreInfo] = {
        "colour_distance": vaereg.ScoreInfo(
            question="true",
            direction=-1,
            meaning="Fréchet distance between the colours of pixels of samples and of real images, "
            "in squared grey levels of 255: a cast of 10 levels in one channel costs 100.",
        ),
        "colour_distance_reconstructed": vaereg.ScoreInfo(
            question="true",
            direction=-1,
            meaning="Colour distance of reconstructions of one half of the held-out images from "
            "the other half: the decoder's fault, as far as it exceeds that of real data.",
        ),
    }

    def __init__(self, params: object, context: vaereg.BuildContext) -> None:
        del params, context

    def __call__(self, evidence: vaereg.Evidence) -> dict[str, vaereg.Measured]:
        """Measures the colours of samples and of reconstructions."""
        return _measure(evidence) | twins(evidence, _measure)


class _Colours(NamedTuple):
    """The colours of a set of images, all of which count the same.

    Args:
        means: (n, c) the mean colour of each image.
        squares: (n, c, c) the mean product of two channels over the pixels of each image.
    """

    means: np.ndarray
    squares: np.ndarray

    @property
    def mean(self) -> np.ndarray:
        mean: np.ndarray = self.means.mean(axis=0)
        return mean

    @property
    def covariance(self) -> np.ndarray:
        covariance: np.ndarray = self.squares.mean(axis=0) - np.outer(self.mean, self.mean)
        return covariance


def _measure(evidence: vaereg.Evidence) -> dict[str, vaereg.Measured]:
    real = _colours(finite(np.asarray(evidence.real), "real images"))
    generated = _colours(finite(np.asarray(evidence.generated), "generated images"))
    found = frechet_transport(real, generated)
    return {
        "colour_distance": vaereg.Measured(
            value=found.distance,
            sample_size=len(generated.means),
            influence_of_generated=_influence(generated, real, found.to_real),
            influence_of_real=_influence(real, generated, found.to_generated),
        )
    }


def _influence(own: _Colours, other: _Colours, map_: np.ndarray) -> np.ndarray:
    """The influence (n,) of each image: the mean of those of its pixels, as in `frechet_influence`.

    Args:
        own, other: the colours of the images and of the other set.
        map_: (c, c) the map from the Gaussian of the images to the other one.
    """
    less = np.eye(len(map_)) - map_
    apart = own.means - own.mean
    about_mean = (
        own.squares
        - np.einsum("nc,d->ncd", own.means, own.mean)
        - np.einsum("c,nd->ncd", own.mean, own.means)
        + np.outer(own.mean, own.mean)
    )
    quadratic: np.ndarray = np.einsum("ncd,cd->n", about_mean, less)
    influence: np.ndarray = apart @ (2.0 * (own.mean - other.mean)) + quadratic
    return influence


def _colours(images: np.ndarray) -> _Colours:
    """The colours of images (n, height, width, channels) in [0, 1], in grey levels."""
    count, channels = len(images), images.shape[-1]
    means, squares = np.empty((count, channels)), np.empty((count, channels, channels))
    step = max(1, BLOCK // int(np.prod(images.shape[1:])))
    for start in range(0, count, step):
        part = slice(start, start + step)
        pixels = images[part].astype(np.float64).reshape(-1, images[0].size // channels, channels)
        pixels *= LEVELS
        means[part] = pixels.mean(axis=1)
        squares[part] = pixels.transpose(0, 2, 1) @ pixels / pixels.shape[1]
    return _Colours(means, squares)
