"""Features and latents of the encoder and the posterior beside a component under test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

import keras
import numpy as np
from keras import ops

from vaereg.assembly.seeded import seeded
from vaereg.component import Offer
from vaereg.contracts.encoder import Encoder
from vaereg.contracts.latent import Latent
from vaereg.contracts.posterior import Posterior
from vaereg.contracts.tensor import Seed, Tensor
from vaereg.testing.suitable.companions import blaming_companion

WEIGHTS = 18
"""The seed of weights that a part makes on its first call."""


class EncodingBeside:
    """The encoder and the posterior among the parts beside a component.

    Args:
        beside: the parts by name.
        companions: those of them that are no stand-ins, by kind.
    """

    def __init__(self, beside: Mapping[str, object], companions: Mapping[str, Offer]) -> None:
        self._beside = beside
        self._companions = companions

    def features(self, x: Tensor) -> Any:  # a tensor, or a tree of them
        """The encoder's features of x."""
        with self._blaming("encoder"):
            return cast("Encoder", self._beside["encoder"])(x, training=False)

    def arrays(self, x: np.ndarray) -> dict[str, np.ndarray]:
        """The arrays of the encoder's features of x, float32: `features`, or numbered ones."""
        found = keras.tree.flatten(self.features(ops.convert_to_tensor(x)))
        names = [f"features_{i}" for i in range(len(found))] if len(found) > 1 else ["features"]
        leaves = [np.asarray(ops.convert_to_numpy(each), np.float32) for each in found]
        return dict(zip(names, leaves, strict=True))

    def draw(
        self,
        features: Any,  # as above
        samples: int,
        seed: Seed,
    ) -> Latent:
        """Draws of the posterior for features."""
        with self._blaming("posterior"):
            posterior = cast("Posterior", self._beside["posterior"])
            return posterior(features, samples=samples, seed=seed, training=False)

    def encode(self, x: Tensor) -> Latent:
        """The posterior's latent for x, with the mode as z."""
        latent = self.draw(self.features(x), 1, 0)
        return latent._replace(z=latent.mode)

    @contextmanager
    def _blaming(self, kind: str) -> Iterator[None]:
        with seeded(WEIGHTS):
            if kind not in self._companions:
                yield
                return
            with blaming_companion(self._companions[kind]):
                yield
