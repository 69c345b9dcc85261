"""A hand-made view of a trained model, to try metrics without training."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from vaereg.testing.stand_ins.linear_gaussian import LinearGaussian

if TYPE_CHECKING:
    from vaereg.testing.stand_ins.evidence import StandInEvidence


class StandInModel:
    """The linear Gaussian model of an evidence; keeps the contract of `ModelView`.

    Its posterior is exact, so `log_weights` are log p(x) for every draw.

    Args:
        evidence: provides the examples to encode and the latents.
        deterministic: whether to act as a deterministic posterior, without variances, KL
            divergence and importance weights.
    """

    def __init__(self, evidence: StandInEvidence, *, deterministic: bool = False) -> None:
        self._evidence = evidence
        self._model: LinearGaussian = evidence.linear_gaussian
        self.deterministic = deterministic
        self.bounds: tuple[str, ...] = ()

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
            ValueError: if the posterior is deterministic, since it has no density.
        """
        if self.deterministic:
            raise ValueError(
                "a deterministic posterior has no importance weights; check `deterministic` first"
            )
        bound = self._model.log_prob(self._evidence.real[:examples])
        return np.broadcast_to(bound, (samples, len(bound))).copy()

    def _log_var(self, examples: np.ndarray) -> np.ndarray:
        return self._model.encode(examples)[1].astype(np.float32)
