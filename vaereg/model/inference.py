"""Inference with a VAE on numpy arrays: encoding, decoding, reconstruction and sampling."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import keras
import numpy as np
from keras import ops

from vaereg.assembly.assemble import probe_given
from vaereg.assembly.passes import Passes, as_float32
from vaereg.contracts.conditions import NO_CONDITIONS, Given
from vaereg.contracts.latent import Latent, log_density_by_dimension, reparameterized
from vaereg.contracts.likelihood import takes_seed
from vaereg.contracts.sampler import Sampler
from vaereg.contracts.tensor import Seed, Tensor
from vaereg.model.backends.compiled_function import CompiledFunction
from vaereg.model.given_values import checked_given
from vaereg.model.losses.kl_terms import closed_kl, kl_divergence
from vaereg.model.players_model import PlayersModel

ENCODING, DECODING = ("encoder", "posterior"), ("decoder", "likelihood")
"""The parts that encode, and those that decode."""

BATCH = 256
"""Examples per batch."""


class UseAfterTraining(PlayersModel):
    """Inference with the VAE; uses the averaged weights if the declaration sets `ema`.

    A part that asks for conditions is told those in `given`: by name, one value for all examples or
    one for each; a class by its number or its name. Without them, using that part raises a
    UsageError.
    """

    def encode(self, x: np.ndarray, given: Given = NO_CONDITIONS) -> Latent:
        """The posterior of x (n, *data) as numpy arrays, with its mode as z."""
        given = self._told(given, len(x), ENCODING)
        mode, *log_var = self._apply("encode", _encode_arrays, x, given=given)
        return Latent(mode, mode, log_var[0] if log_var else None)

    @property
    def draws(self) -> bool:
        """Whether examples are draws of the likelihood, as it wants, instead of its means."""
        return self._passes.draws

    def decode(self, z: np.ndarray, given: Given = NO_CONDITIONS, seed: int = 0) -> np.ndarray:
        """Examples (n, *data) for latents (n, *latent), as numpy.

        They are the likelihood's means or, if it has `draws`, draws with this seed.
        """
        given = self._told(given, len(z), DECODING)

        def decoded(passes: Passes, latents: Tensor, *noise: Seed) -> tuple[Tensor]:
            return (passes.shown(passes.decode(latents), noise[0] if noise else None),)

        (shown,) = self._apply("decode", decoded, z, given=given, seed=self._seed_to_show(seed))
        return shown

    def reconstruct(self, x: np.ndarray, given: Given = NO_CONDITIONS, seed: int = 0) -> np.ndarray:
        """Reconstructions (n, *data) of x at the mode of the posterior, as numpy; see `decode`."""
        given = self._told(given, len(x), (*ENCODING, *DECODING))

        def made(passes: Passes, data: Tensor, *noise: Seed) -> tuple[Tensor]:
            return (passes.shown_reconstruction(data, noise[0] if noise else None),)

        (shown,) = self._apply("reconstruct", made, x, given=given, seed=self._seed_to_show(seed))
        return shown

    def _seed_to_show(self, seed: int) -> int | None:
        return seed if self.draws else None

    def sample(
        self, n: int, seed: int = 0, sampler: Sampler | None = None, given: Given = NO_CONDITIONS
    ) -> np.ndarray:
        """n new examples (n, *data), as numpy.

        Args:
            n: how many.
            seed: equal seeds give equal samples.
            sampler: a fitted sampler that asks for no conditions; None draws latents from the
                prior.
            given: the conditions of the examples.
        """
        latents = self.draw_prior(n, seed, given) if sampler is None else sampler.sample(n, seed)
        return self.decode(latents, given, seed)

    def draw_prior(self, n: int, seed: int, given: Given = NO_CONDITIONS) -> np.ndarray:
        """n latents (n, *latent) from the prior, as numpy."""
        passes = self._passes.told(_tensors(self._told(given, n, ("prior",))))
        with self.averaged():
            return np.asarray(ops.convert_to_numpy(passes.draw_prior(n, seed)))

    def draw_posterior(
        self,
        x: np.ndarray,
        samples: int,
        seed: int,
        *,
        seeds: Sequence[int] | None = None,
        latent: Latent | None = None,
        given: Given = NO_CONDITIONS,
    ) -> tuple[np.ndarray, np.ndarray]:
        """K draws from q(z given x) for each x (n, *data), as numpy.

        Args:
            x: the data.
            samples: K.
            seed: equal seeds give equal draws.
            seeds: one seed for each x, instead of `seed`. They are used only if the posterior gives
                `log_var`; any other posterior draws whole batches itself.
            latent: the result of `encode` for x, if it is known already.
            given: the conditions of x.

        Returns:
            z (n, K, *latent) float32 and log q(z given x) (n, K) float64.

        Raises:
            ValueError: if the posterior is deterministic and so has no density.
        """
        latent = self.encode(x, given) if latent is None else latent
        if latent.log_var is not None:
            return _gaussian_draws(latent, _noise(latent, samples, seed, seeds))
        return self._drawn_by_the_posterior(np.asarray(x, "float32"), samples, seed, given)

    def _drawn_by_the_posterior(
        self, x: np.ndarray, samples: int, seed: int, given: Given
    ) -> tuple[np.ndarray, np.ndarray]:
        draws, densities = [], []
        given = self._told(given, len(x), ENCODING)
        with self.averaged():
            for number, start in enumerate(range(0, len(x), BATCH)):
                rows = slice(start, start + BATCH)
                told = {name: values[rows] for name, values in given.items()}
                latent = self._passes.told(_tensors(told)).encode(
                    ops.convert_to_tensor(x[rows]),
                    samples=samples,
                    seed=int(np.random.default_rng((seed, number)).integers(2**31)),
                    training=False,
                )
                if latent.log_q is None:
                    raise ValueError("a deterministic posterior has no density to draw from")
                z = np.asarray(ops.convert_to_numpy(latent.z))
                draws.append(z.reshape(samples, -1, *z.shape[1:]).swapaxes(0, 1))
                log_q = np.asarray(ops.convert_to_numpy(latent.log_q), "float64")
                densities.append(log_q.reshape(samples, -1).T)
        return np.concatenate(draws), np.concatenate(densities)

    def log_joint(self, x: np.ndarray, z: np.ndarray, given: Given = NO_CONDITIONS) -> np.ndarray:
        """log p(x given z) + log p(z), (n, K), for x (n, *data) at latents z (n, K, *latent)."""
        samples = z.shape[1]
        given = self._told(given, len(x), (*DECODING, "prior"))

        def joint(passes: Passes, data: Tensor, latents: Tensor, *noise: Seed) -> tuple[Tensor]:
            flat = ops.reshape(latents, (-1, *latents.shape[2:]))
            outputs = passes.decode(flat)
            repeated = ops.repeat(data, samples, axis=0)
            log_p = passes.log_likelihood(repeated, outputs, seed=noise[0] if noise else None)
            log_p = log_p + as_float32(passes.prior.log_prob(flat))
            return (ops.reshape(log_p, (-1, samples)),)

        batch = max(1, 2 * BATCH // samples)
        (log_joint,) = self._apply(
            f"log_joint_{samples}",
            joint,
            x,
            z,
            given=given,
            repeats=samples,
            batch=batch,
            seed=0 if takes_seed(self._passes.likelihood) else None,
        )
        return log_joint

    def kl_divergences(self, x: np.ndarray, given: Given = NO_CONDITIONS) -> np.ndarray | None:
        """KL(q(z given x) || p) for x (n, *data) by group of latent dimensions, (n, groups).

        In closed form if the prior has one, otherwise estimated from 16 draws, in one group. None
        if the posterior is deterministic.
        """
        if self.is_deterministic:
            return None
        closed = self.closed_kl_divergences(x, given)
        if closed is not None:
            return closed
        z, log_q = self.draw_posterior(x, 16, 0, given=given)
        log_p = self.log_prior(z, given)
        estimate: np.ndarray = np.mean(log_q - log_p, axis=1, keepdims=True)
        return estimate

    def closed_kl_divergences(
        self, x: np.ndarray, given: Given = NO_CONDITIONS
    ) -> np.ndarray | None:
        """KL(q(z given x) || p) in closed form, (n, groups); None if the prior has no such form."""
        given = self._told(given, len(x), (*ENCODING, "prior"))
        if not self._has_closed_kl(x[:1], {name: values[:1] for name, values in given.items()}):
            return None
        (kl,) = self._apply(
            "kl_divergences",
            lambda passes, v: (kl_divergence(passes.encode_mode(v), passes.prior),),
            x,
            given=given,
        )
        return kl

    def _has_closed_kl(self, x: np.ndarray, given: Given) -> bool:
        with self.averaged():
            passes = self._passes.told(
                {name: ops.convert_to_tensor(values) for name, values in given.items()}
            )
            latent = passes.encode_mode(ops.convert_to_tensor(np.asarray(x, "float32")))
            return closed_kl(latent, passes.prior) is not None

    def log_prior(self, z: np.ndarray, given: Given = NO_CONDITIONS) -> np.ndarray:
        """log p(z) of latents z (n, K, *latent): (n, K)."""
        flat = z.reshape(-1, *z.shape[2:])
        given = self._told(given, len(z), ("prior",))
        repeated = {name: np.repeat(each, z.shape[1], axis=0) for name, each in given.items()}
        (log_p,) = self._apply(
            "log_prior", lambda passes, v: (passes.prior.log_prob(v),), flat, given=repeated
        )
        return log_p.reshape(z.shape[:2])

    @property
    def is_deterministic(self) -> bool:
        """Whether the posterior is a point: then there is no KL divergence and no bound."""
        with self.averaged():
            spec = self.parts.data_spec
            x = ops.zeros((1, *spec.shape), "float32")
            passes = self._passes.told(probe_given(spec, [c.name for c in spec.given], 1))
            return passes.encode(x, samples=1, seed=0, training=False).log_q is None

    def _apply(
        self,
        name: str,
        function: Callable[..., tuple[Tensor, ...]],
        *inputs: np.ndarray,
        given: Given = NO_CONDITIONS,
        repeats: int = 1,
        batch: int = BATCH,
        seed: int | None = None,
    ) -> tuple[np.ndarray, ...]:
        """Applies a function of batches, compiled once per name, to all examples; as numpy.

        Args:
            name: of the function.
            function: of the passes, which have been told the conditions, and of the inputs.
            inputs: (n, ...).
            given: the conditions of the examples, as `_told` gives them.
            repeats: how many rows of the batch that the parts see each example has.
            batch: how many examples are computed at once.
            seed: of the random numbers that the function draws from its last argument; None if it
                draws none and has no such argument.
        """
        self.synchronise()
        label = "_".join((name, *given))
        compiled = self._untracked.functions
        if label not in compiled:
            count, names = len(inputs), list(given)
            generator = None if seed is None else keras.random.SeedGenerator(seed)

            def applied(*batches: Tensor) -> tuple[Tensor, ...]:
                conditions = dict(zip(names, batches[count:], strict=True))
                if repeats > 1:
                    conditions = {k: ops.repeat(v, repeats, axis=0) for k, v in conditions.items()}
                noise = [] if generator is None else [generator]
                return function(self._passes.told(conditions), *batches[:count], *noise)

            compiled[label] = CompiledFunction(f"vae_{label}", applied, [*self.layers], generator)
        if seed is not None:
            compiled[label].start_from(seed)
        arrays = [np.asarray(each, "float32") for each in inputs]
        arrays += given.values()
        with self.averaged():
            results: tuple[np.ndarray, ...] = compiled[label].predict(
                arrays if len(arrays) > 1 else arrays[0], batch_size=batch, verbose=0
            )
        return results

    def _told(self, given: Given, n: int, parts: Sequence[str]) -> dict[str, np.ndarray]:
        """The conditions that these parts ask for, of n examples.

        Raises:
            UsageError: if one is missing or unknown, or has a wrong value.
        """
        if given is NO_CONDITIONS and not self._passes.asked:
            return {}
        asked = {name for part in parts for name in self._passes.asked.get(part, ())}
        return checked_given(given, self.parts.data_spec.given, asked, n)


def _encode_arrays(passes: Passes, x: Tensor) -> tuple[Tensor, ...]:
    latent = passes.encode_mode(x)
    return (latent.mode,) if latent.log_var is None else (latent.mode, latent.log_var)


def _tensors(given: Given) -> dict[str, Tensor]:
    return {name: ops.convert_to_tensor(values) for name, values in given.items()}


def _noise(latent: Latent, samples: int, seed: int, seeds: Sequence[int] | None) -> np.ndarray:
    """Standard normal (n, samples, *latent)."""
    count, *shape = latent.mode.shape
    if seeds is None:
        return np.random.default_rng(seed).standard_normal((count, samples, *shape))
    return np.stack([np.random.default_rng(s).standard_normal((samples, *shape)) for s in seeds])


def _gaussian_draws(latent: Latent, noise: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    assert latent.log_var is not None
    mean, log_var = latent.mode[:, None], latent.log_var[:, None]
    z = reparameterized(mean, log_var, noise)
    by_dimension = log_density_by_dimension(np.asarray(log_var, "float64"), noise)
    return z, by_dimension.sum(axis=tuple(range(2, by_dimension.ndim)))
