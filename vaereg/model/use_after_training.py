"""What a trained model is for: encoding, decoding, reconstructing and sampling numpy arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import ops

from vaereg.contracts.latent import Latent
from vaereg.model.compiled import Compiled

BATCH = 256
"""Examples per batch."""


class UseAfterTraining:
    """Mixed into VAE; uses the averaged weights where the declaration asks for an average."""

    def encode(self: Any, x: np.ndarray) -> Latent:
        """The posterior of x (n, *data) as numpy arrays, with its mode as z."""
        latent = self._apply("encode", lambda v: tuple(self._encode_arrays(v)), x)
        return Latent(latent[0], latent[0], latent[1] if len(latent) > 1 else None)

    def _encode_arrays(self: Any, x: Any) -> list[Any]:
        latent = self._passes.encode_mode(x)
        return [latent.mean] if latent.log_var is None else [latent.mean, latent.log_var]

    def decode(self: Any, z: np.ndarray) -> np.ndarray:
        """The likelihood's mean (n, *data) of latents (n, *latent), as numpy."""
        return self._apply("decode", lambda v: self._passes.mean(self._passes.decode(v)), z)

    def reconstruct(self: Any, x: np.ndarray) -> np.ndarray:
        """Reconstructions (n, *data) of x at the mode of the posterior, as numpy."""
        return self._apply("reconstruct", self._passes.reconstruct, x)

    def sample(self: Any, n: int, seed: int = 0, sampler: Any = None) -> np.ndarray:
        """n new examples (n, *data), as numpy.

        Args:
            n: how many.
            seed: equal seeds give equal samples.
            sampler: a fitted sampler; None draws latents from the prior.
        """
        if sampler is not None:
            return self.decode(sampler.sample(n, seed))
        return self.decode(self.draw_prior(n, seed))

    def draw_prior(self: Any, n: int, seed: int) -> np.ndarray:
        """n latents (n, *latent) from the prior, as numpy."""
        with self.averaged():
            return np.asarray(ops.convert_to_numpy(self._passes.draw_prior(n, seed)))

    def _apply(self: Any, name: str, function: Any, values: np.ndarray) -> Any:
        self._synchronise()
        if name not in self._held.functions:
            self._held.functions[name] = Compiled(f"vae_{name}", function, [*self.layers])
        with self.averaged():
            model = self._held.functions[name]
            return model.predict(np.asarray(values, "float32"), batch_size=BATCH, verbose=0)
