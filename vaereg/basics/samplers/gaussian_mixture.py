"""A Gaussian mixture fitted on encoded data after training."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
from keras import ops

import vaereg

if TYPE_CHECKING:
    from vaereg.basics.samplers.declared import GaussianMixtureSamplerParams

SMALL = 64
"""Up to this many dimensions, a fit runs on one thread."""

DRAWN_FROM = ("weights", "means", "cholesky")
"""The fitted arrays that draws depend on."""

STATE = ("weights", "means", "cholesky", "tried", "held_out", "converged")


class GaussianMixture:
    """A mixture of Gaussians with full covariances, with as many as explain held-out latents best.

    Each declared number of components is fitted to one part of the latents and evaluated by the
    mean log density of the rest. The best number (the smallest, if several are equal) is then
    fitted to all latents. Numbers above the number of latents are left out. Sampling needs only
    numpy. Latents of any shape are flattened; a fit costs n d^2 per component and iteration.

    Source: Ghosh et al. 2020, arXiv:1903.12436, section 4 (ex-post density estimation).

    Attributes:
        weights: (k,) the probabilities of the components; this array and the next ones are float64.
        means: (k, d).
        cholesky: (k, d, d) lower factors of the covariances.
        tried: (t,) the numbers of components that were evaluated.
        held_out: (t,) the mean log density of held-out latents for each number, in nats.
        converged: (1,) whether the final fit converged within `max_iter`.
    """

    def __init__(self, params: GaussianMixtureSamplerParams, context: vaereg.BuildContext) -> None:
        self.params = params
        self.latent_shape = tuple(context.latent_shape)
        self.size = math.prod(self.latent_shape)
        self._state: dict[str, np.ndarray] = {}

    def __getattr__(self, name: str) -> np.ndarray:
        if name in STATE:
            return self._fitted()[name]
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    @property
    def components(self) -> int:
        """The chosen number of components."""
        return len(self.weights)

    def fit(self, latents: np.ndarray, seed: int) -> None:
        """Chooses and fits the mixture on latents (n, *latent).

        Raises:
            vaereg.DataError: for latents that are not finite, or no more latents than dimensions.
        """
        rng = np.random.default_rng(seed)
        values = rng.permutation(self._checked(latents))[: self.params.most_latents]
        evaluated = max(1, round(self.params.held_out * len(values)))
        fitted, rest = values[evaluated:], values[:evaluated]
        tried = sorted({k for k in self.params.components if k <= len(fitted)}) or [1]
        scores = [float(self._mixture(k, fitted, seed).score(rest)) for k in tried]
        best = self._mixture(tried[int(np.argmax(scores))], values, seed)
        self._state = {
            "weights": best.weights_ / best.weights_.sum(),
            "means": best.means_,
            "cholesky": np.linalg.cholesky(best.covariances_),
            "tried": np.asarray(tried, dtype=np.int64),
            "held_out": np.asarray(scores),
            "converged": np.asarray([best.converged_]),
        }

    def sample(self, n: int, seed: int) -> np.ndarray:
        """Draws (n, *latent) float32, each from a component chosen at random.

        Raises:
            vaereg.RunError: before a fit.
        """
        state = self._fitted()
        rng = np.random.default_rng(seed)
        chosen = rng.choice(len(state["weights"]), size=n, p=state["weights"])
        z = rng.standard_normal((n, self.size))
        for component in np.unique(chosen):
            rows = chosen == component
            z[rows] = state["means"][component] + z[rows] @ state["cholesky"][component].T
        return z.astype(np.float32).reshape(n, *self.latent_shape)

    def draw(self, n: int | vaereg.Tensor, seed: vaereg.Seed) -> vaereg.Tensor:
        """The same as a tensor, (n, *latent) float32, with other random numbers; for exports.

        Raises:
            vaereg.RunError: before a fit.
        """
        fitted = self._fitted()
        state = {name: ops.convert_to_tensor(fitted[name], "float32") for name in DRAWN_FROM}
        chosen = keras.random.categorical(ops.log(state["weights"])[None], n, seed=seed)[0]
        noise = keras.random.normal((n, self.size), seed=seed)
        moved = ops.einsum("nij,nj->ni", ops.take(state["cholesky"], chosen, axis=0), noise)
        z = ops.take(state["means"], chosen, axis=0) + moved
        return ops.reshape(z, (-1, *self.latent_shape))

    def state(self) -> dict[str, np.ndarray]:
        """The fitted arrays by name; empty before a fit."""
        return dict(self._state)

    def restore(self, state: dict[str, np.ndarray]) -> None:
        """Restores a state that `state` returned.

        Raises:
            vaereg.RunError: if names or shapes do not match this latent.
        """
        if not state:
            self._state = {}
            return
        if set(state) != set(STATE):
            raise vaereg.RunError(
                f"the state of sampler 'gaussian_mixture' holds {sorted(STATE)}; got "
                f"{sorted(state)}. It was written by another sampler; fit this one again."
            )
        taken = {name: np.asarray(state[name]) for name in STATE}
        k = len(taken["weights"])
        due = {"means": (k, self.size), "cholesky": (k, self.size, self.size)}
        for name, shape in due.items():
            if taken[name].shape != shape:
                raise vaereg.RunError(
                    f"the state of sampler 'gaussian_mixture': {name} must have shape {shape} for "
                    f"latents of shape {self.latent_shape}; got {taken[name].shape}."
                )
        self._state = taken

    def _mixture(
        self, components: int, values: np.ndarray, seed: int
    ) -> Any:  # of scikit-learn, imported when used
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.mixture import GaussianMixture as Mixture
        from threadpoolctl import threadpool_limits  # sklearn needs it

        mixture = Mixture(
            components,
            covariance_type="full",
            reg_covar=self.params.reg_covar,
            max_iter=self.params.max_iter,
            random_state=seed % 2**32,  # the range that numpy's older generator takes
        )
        # Threads cost more than they save on small matrices: 8 times the time at d = 16.
        threads = 1 if self.size <= SMALL else None
        with warnings.catch_warnings(), threadpool_limits(threads):
            # `converged` reports it; k-means also warns if there are too few distinct points.
            warnings.simplefilter("ignore", ConvergenceWarning)
            return mixture.fit(values)

    def _checked(self, latents: np.ndarray) -> np.ndarray:
        """The latents as (n, d) float64."""
        given = np.asarray(latents)
        if given.shape[1:] != self.latent_shape:
            raise vaereg.DataError(
                f"sampler 'gaussian_mixture' takes latents (n, *{self.latent_shape}); got shape "
                f"{given.shape}."
            )
        values = given.reshape(len(given), self.size).astype(np.float64)
        wrong = int(np.sum(~np.isfinite(values).all(axis=1)))
        if wrong:
            raise vaereg.DataError(
                f"sampler 'gaussian_mixture': {wrong} of {len(values)} latents are not finite; "
                "the encoder's weights are likely broken. Use an earlier checkpoint."
            )
        least = max(self.size + 1, 3)  # one to evaluate with and two to fit to, for any latent
        if len(values) < least:
            raise vaereg.DataError(
                f"sampler 'gaussian_mixture' fits full covariances in {self.size} dimensions and "
                f"needs at least {least} latents; got {len(values)}. Use the sampler "
                '"prior", more training data or a smaller latent.'
            )
        return values

    def _fitted(self) -> dict[str, np.ndarray]:
        if not self._state:
            raise vaereg.RunError(
                "sampler 'gaussian_mixture' is not fitted yet; call fit(latents, seed) with "
                "encoded training data first."
            )
        return self._state
