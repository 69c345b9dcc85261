"""The encoded examples of a split, from which every epoch of a sampler draws its own latents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from vaereg.contracts.conditions import LABEL, Condition, Given, conditions_at
from vaereg.contracts.data import ArraySplit, Split
from vaereg.contracts.latent import reparameterized
from vaereg.trained.samplers import CHUNK, positions_to_fit

if TYPE_CHECKING:
    from vaereg.model.vae import VAE


class EncodedLatents:
    """q(z given x) of each example of a split, and draws from it.

    They are draws because the decoder was trained on draws, whose distribution is the aggregate
    posterior. The VAE does not change any more, so a Gaussian q is computed once.

    Args:
        vae: the trained model.
        split: the examples.
        seed: of the draws, and of the choice among very many examples.
    """

    def __init__(self, vae: VAE, split: Split, seed: int) -> None:
        self._vae = vae
        self._split = split
        self._seed = seed
        self._positions = positions_to_fit(split, seed)
        modes, log_vars = [], []
        for start in range(0, len(self._positions), CHUNK):
            latent = vae.encode(*self._examples(self._positions[start : start + CHUNK]))
            modes.append(np.asarray(latent.mode, np.float32))
            if latent.log_var is not None:
                log_vars.append(np.asarray(latent.log_var, np.float32))
        self._mode = np.concatenate(modes)
        self._log_var = np.concatenate(log_vars) if log_vars else None
        self._is_point = self._log_var is None and vae.is_deterministic

    def __len__(self) -> int:
        return len(self._mode)

    def split_of(self, which: np.ndarray, number: int, told: Sequence[Condition]) -> ArraySplit:
        """The draws of `drawn` as a split, with these conditions of their examples."""
        given = conditions_at(self._split, told, self._positions[which])
        labels = given.pop(LABEL, None)
        return ArraySplit(self.drawn(which, number), labels, conditions=given)

    def drawn(self, which: np.ndarray, number: int = 0) -> np.ndarray:
        """One draw for each of these examples, (n, *latent) float32.

        Args:
            which: their positions among the encoded ones, (n,); an example may occur twice.
            number: of this set of draws; equal numbers give equal draws.
        """
        mode: np.ndarray = self._mode[which]
        if self._is_point:
            return mode
        rng = np.random.default_rng((self._seed, number))
        if self._log_var is not None:
            return reparameterized(mode, self._log_var[which], rng.standard_normal(mode.shape))
        drawn = []
        for start in range(0, len(which), CHUNK):
            x, given = self._examples(self._positions[which[start : start + CHUNK]])
            z, _ = self._vae.draw_posterior(x, 1, int(rng.integers(2**31)), given=given)
            drawn.append(np.asarray(z[:, 0], np.float32))
        return np.concatenate(drawn)

    def _examples(self, positions: np.ndarray) -> tuple[np.ndarray, Given]:
        """Examples of the split, with what the VAE is told of them."""
        conditions = self._vae.parts.conditions
        return self._split.take(positions), conditions_at(self._split, conditions, positions)
