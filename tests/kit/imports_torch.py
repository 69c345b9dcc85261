"""Two regularizers that import a backend; the second only if this backend is active."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras

from tests.kit.faulty_terms import SoundRegularizer

if TYPE_CHECKING:
    import jax


class ComputesOnOneBackend(SoundRegularizer):
    def __call__(self, step: Any) -> Any:
        import torch

        return torch.abs(super().__call__(step))


class ComputesOnEach(SoundRegularizer):
    def __call__(self, step: Any) -> Any:
        if keras.backend.backend() == "tensorflow":
            import tensorflow as tf

            return tf.abs(super().__call__(step))
        return super().__call__(step)

    def kept(self) -> jax.Array: ...
