"""How close reconstructions are to their originals."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

import vaereg
from vaereg.basics.metrics.evidence.finite import finite
from vaereg.basics.metrics.formulas.structural_similarity import WINDOW, structural_similarity

ROUNDING = 1.0 / (12 * 255**2)
"""The mean squared error of rounding to 8 bits; a smaller error cannot be measured."""

BLOCK = 1 << 22
"""The number of values to subtract at once."""


class Reconstruction:
    """Compares each reconstruction of a held-out image with its original, pixel by pixel.

    The peak signal-to-noise ratio of an image is 10 log10 1 / MSE, and the score is its mean over
    images. A mean squared error below that of rounding to 8 bits is raised to it, so an image that
    equals its original has 58.9 dB. Structural similarity needs sides of at least 11 pixels.

    Blur costs these scores little, as they reward the mean of what an image could be; they say how
    much the latent carries, and not whether images look real.

    Raises:
        vaereg.DataError: for values that are not finite, or no images at all.

    Source: Wang et al. 2004, "Image quality assessment: from error visibility to structural
    similarity".
    """

    uses_features = False
    scores: Mapping[str, vaereg.ScoreInfo] = {
        "psnr": vaereg.ScoreInfo(
            question="health",
            direction=1,
            unit="dB",
            meaning="Peak signal-to-noise ratio of reconstructions, the mean over images: how "
            "close they are to their originals; 58.9 dB if they are equal.",
        ),
        "ssim": vaereg.ScoreInfo(
            question="health",
            direction=1,
            meaning="Structural similarity of reconstructions to their originals, the mean over "
            "images; 1 if they are equal.",
        ),
    }

    def __init__(self, params: object, context: vaereg.BuildContext) -> None:
        del params, context

    def __call__(self, evidence: vaereg.Evidence) -> dict[str, vaereg.Measured]:
        """Measures the reconstructions of the held-out images."""
        real = finite(np.asarray(evidence.real), "real images")
        reconstructed = finite(np.asarray(evidence.reconstructed), "reconstructed images")
        error = np.maximum(_squared_error(real, reconstructed), ROUNDING)
        measured = {"psnr": _mean_of(-10.0 * np.log10(error))}
        if min(real.shape[1:3]) >= WINDOW:
            measured["ssim"] = _mean_of(structural_similarity(real, reconstructed))
        return measured


def _squared_error(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The mean squared error (n,) of each pair."""
    found = np.empty(len(x))
    step = max(1, BLOCK // int(np.prod(x.shape[1:])))
    for start in range(0, len(x), step):
        part = slice(start, start + step)
        apart = np.square(x[part].astype(np.float64) - y[part])
        found[part] = apart.reshape(len(apart), -1).mean(axis=1)
    return found


def _mean_of(values: np.ndarray) -> vaereg.Measured:
    return vaereg.Measured(
        value=float(values.mean()),
        sample_size=len(values),
        influence_of_real=values,
        values=values,
    )
