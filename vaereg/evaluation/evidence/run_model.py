"""The view that metrics have of a trained model; see `vaereg.contracts.evidence.ModelView`."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

import attrs
import numpy as np

from vaereg.contracts.conditions import keyword
from vaereg.contracts.latent import Latent
from vaereg.evaluation.evidence.conditions_of_sets import ConditionsOfSets
from vaereg.trained.example_scores import posterior_draws

if TYPE_CHECKING:
    from vaereg.model.vae import VAE

Examples = Callable[[], np.ndarray]


@attrs.define(eq=False, slots=False)
class RunModel:
    """The view of a VAE on the examples of one evaluation.

    Args:
        vae: the trained model.
        latents: (n, *latent), from which the samples were decoded.
        take_real, take_train: return held-out and training examples (n, *data), in the form that
            the model takes; called at most once, and only if a metric needs them.
        seed: the seed of the samples.
        conditions: those of the samples and of both sets of examples.
    """

    _vae: VAE
    _latents: np.ndarray
    _take_real: Examples
    _take_train: Examples
    _seed: int
    _conditions: ConditionsOfSets = attrs.field(factory=ConditionsOfSets)

    @cached_property
    def deterministic(self) -> bool:
        return bool(self._vae.is_deterministic)

    @property
    def bounds(self) -> tuple[str, ...]:
        parts = self._vae.parts
        stated = {
            "prior": getattr(parts.prior, "bound", False),
            "likelihood": not getattr(parts.likelihood, "exact", True),
        }
        return tuple(name for name, is_bound in stated.items() if is_bound)

    def warnings(self) -> list[str]:
        """What a reader of the bounds on log p(x) must know."""
        if not self.bounds:
            return []
        parts = " and of the ".join(self.bounds)
        return [
            f"the density of the {parts} is a lower bound itself, so elbo and iwae lie below log "
            "p(x) for that reason too; compare them with those of equal parts alone."
        ]

    @property
    def latents(self) -> np.ndarray:
        return flat(self._latents)

    @cached_property
    def prior_latents(self) -> np.ndarray:
        return flat(
            self._vae.draw_prior(
                len(self._latents), self._seed, **keyword(self._conditions.generated)
            )
        )

    @cached_property
    def _real_examples(self) -> np.ndarray:
        return self._take_real()

    @cached_property
    def _real_latent(self) -> Latent:
        latent: Latent = self._vae.encode(self._real_examples, **keyword(self._conditions.real))
        return latent

    @cached_property
    def _train_latent(self) -> Latent:
        latent: Latent = self._vae.encode(self._take_train(), **keyword(self._conditions.train))
        return latent

    @property
    def real_mean(self) -> np.ndarray:
        return flat(self._real_latent.mode)

    @property
    def real_log_var(self) -> np.ndarray | None:
        log_var = self._real_latent.log_var
        return None if log_var is None else flat(log_var)

    @property
    def train_mean(self) -> np.ndarray:
        return flat(self._train_latent.mode)

    @property
    def train_log_var(self) -> np.ndarray | None:
        log_var = self._train_latent.log_var
        return None if log_var is None else flat(log_var)

    @cached_property
    def kl(self) -> np.ndarray | None:
        told = keyword(self._conditions.real)
        kl: np.ndarray | None = self._vae.kl_divergences(self._real_examples, **told)
        return kl

    def log_weights(self, samples: int, examples: int) -> np.ndarray:
        """log p(x, z_k) - log q(z_k given x) of K draws for the first examples, (K, examples)."""
        x = self._real_examples[:examples]
        given = {name: values[:examples] for name, values in self._conditions.real.items()}
        draws = posterior_draws(self._vae, x, samples, self._seed, given=given)
        return np.concatenate([each.log_weights.T for each in draws])


def flat(values: np.ndarray) -> np.ndarray:
    """Latents or examples (n, ...) as (n, d)."""
    return np.asarray(values).reshape(len(values), -1)
