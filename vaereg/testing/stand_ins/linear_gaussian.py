"""A VAE in numpy that is small enough for closed forms."""

from __future__ import annotations

import math

import numpy as np

from vaereg.contracts.data import DataSpec

LOADINGS = (1.0, 0.6)
"""The strengths of the first and the last latent dimension in the data."""

SPREAD, NOISE = 0.12, 0.06
"""The standard deviations of a value due to the latent and due to noise, relative to the range."""


class LinearGaussian:
    """x = middle + U diag(s) z + sigma eps with z, eps ~ N(0, I) and orthonormal columns U.

    Therefore q(z given x) is a diagonal Gaussian, log p(x) is known, and the ELBO is tight: every
    importance weight p(x, z) / q(z given x) equals p(x).

    Args:
        data: the specification of the examples; unbounded data is treated as (-2, 2).
        latent: the length of z; capped at the number of values in an example.
        seed: the seed of U.

    Source: Tipping and Bishop 1999, "Probabilistic principal component analysis".
    """

    def __init__(self, data: DataSpec, latent: int = 3, seed: int = 0) -> None:
        self.data = data
        self.latent = min(latent, data.dimensions)
        low, high = data.value_range or (-2.0, 2.0)
        self.middle = 0.5 * (low + high)
        self.noise = NOISE * (high - low)
        strengths = np.linspace(*LOADINGS, self.latent)
        scale = SPREAD * (high - low) * math.sqrt(data.dimensions / np.sum(strengths**2))
        self.strengths = scale * strengths  # (d,) s
        normal = np.random.default_rng([seed, 31]).normal(size=(data.dimensions, self.latent))
        self.directions = np.linalg.qr(normal)[0]  # (D, d) U

    def decode(self, z: np.ndarray) -> np.ndarray:
        """E[x given z] for z (n, d): (n, *data) float32, not rounded to the levels of the data."""
        x = self.middle + (z * self.strengths) @ self.directions.T
        return self._in_value_range(x.reshape(-1, *self.data.shape))

    def draw(self, z: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Draws of x given z (n, d): (n, *data) float32, on the levels of the data."""
        mean = self.middle + (z * self.strengths) @ self.directions.T
        x = mean + self.noise * rng.normal(size=mean.shape)
        return self.on_levels(x.reshape(-1, *self.data.shape))

    def on_levels(self, x: np.ndarray) -> np.ndarray:
        """Examples (n, *data) within range and on the levels of the data, float32."""
        levels = self.data.levels
        if self.data.value_range is None or not levels:
            return self._in_value_range(x)
        low, high = self.data.value_range
        steps = np.rint(np.clip((x - low) / (high - low), 0.0, 1.0) * (levels - 1))
        share = steps.astype(np.float32) / np.float32(levels - 1)
        return np.float32(low) + np.float32(high - low) * share

    def encode(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The mean and log variance of q(z given x), the exact posterior, (n, d) float64 each."""
        precision = 1.0 + (self.strengths / self.noise) ** 2
        centred = x.reshape(len(x), -1).astype(np.float64) - self.middle
        mean = centred @ self.directions * self.strengths / (self.noise**2 * precision)
        return mean, np.broadcast_to(-np.log(precision), mean.shape).copy()

    def log_prob(self, x: np.ndarray) -> np.ndarray:
        """log p(x) as a density of real numbers, (n,) float64."""
        centred = x.reshape(len(x), -1).astype(np.float64) - self.middle
        inside = centred @ self.directions  # (n, d)
        along = self.strengths**2 + self.noise**2  # (d,)
        rest = np.sum(centred**2, axis=1) - np.sum(inside**2, axis=1)
        size = self.data.dimensions
        log_det = np.sum(np.log(along)) + (size - self.latent) * 2.0 * math.log(self.noise)
        quadratic = np.sum(inside**2 / along, axis=1) + rest / self.noise**2
        return -0.5 * (size * math.log(2.0 * math.pi) + log_det + quadratic)

    def _in_value_range(self, x: np.ndarray) -> np.ndarray:
        if self.data.value_range is not None:
            x = np.clip(x, *self.data.value_range)
        return x.astype(np.float32)
