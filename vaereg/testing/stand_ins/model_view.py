"""A trained model made by hand, to try metrics without training one."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from vaereg.testing.stand_ins.linear_gaussian import LinearGaussian

if TYPE_CHECKING:
    from vaereg.testing.stand_ins.evidence import StandInEvidence


class StandInModel:
    """Keeps the contract of `ModelView` with the linear Gaussian model of an evidence.

    Its posterior is exact, so `log_weights` are log p(x), whatever is drawn.

    Args:
        evidence: whose examples it encodes and whose latents it has.
        deterministic: whether it shows a posterior that is a point: without variances, KL and
            weights.
    """

    def __init__(self, evidence: StandInEvidence, *, deterministic: bool = False) -> None:
        self._evidence = evidence
        self._model: LinearGaussian = evidence.linear_gaussian
        self.deterministic = deterministic

    @property
    def latents(self) -> np.ndarray:
        return self._evidence.latents

    @cached_property
    def prior_latents(self) -> np.ndarray:
        rng = np.random.default_rng([self._evidence.seed, 32])
        return rng.normal(size=self.latents.shape).astype(np.float32)

    @cached_property
    def real_mean(self) -> np.ndarray:
        return self._model.encode(self._evidence.real)[0].astype(np.float32)

    @cached_property
    def real_log_var(self) -> np.ndarray | None:
        return None if self.deterministic else self._log_var(self._evidence.real)

    @cached_property
    def train_mean(self) -> np.ndarray:
        return self._model.encode(self._evidence.train)[0].astype(np.float32)

    @cached_property
    def train_log_var(self) -> np.ndarray | None:
        return None if self.deterministic else self._log_var(self._evidence.train)

    @cached_property
    def kl(self) -> np.ndarray | None:
        if self.deterministic:
            return None
        mean, log_var = self._model.encode(self._evidence.real)
        return (0.5 * (np.exp(log_var) + mean**2 - 1.0 - log_var)).astype(np.float32)

    def log_weights(self, samples: int, examples: int) -> np.ndarray:
        """log p(x) of the first examples, for every draw: (samples, examples).

        Raises:
            ValueError: where the posterior is a point, which has no density.
        """
        if self.deterministic:
            raise ValueError("a posterior that is a point has no weights; look at `deterministic`")
        bound = self._model.log_prob(self._evidence.real[:examples])
        return np.broadcast_to(bound, (samples, len(bound))).copy()

    def _log_var(self, examples: np.ndarray) -> np.ndarray:
        return self._model.encode(examples)[1].astype(np.float32)
