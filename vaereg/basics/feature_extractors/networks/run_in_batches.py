"""Running a network over many examples."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np


def run_in_batches(
    model: keras.Model,
    examples: np.ndarray,
    batch_size: int,
    prepare: Callable[[np.ndarray], np.ndarray] | None = None,
) -> np.ndarray:
    """The model's outputs (n, d) float32 for examples (n, ...), each prepared batch by batch.

    Every batch has `batch_size` rows (the last one is padded), so that a backend compiles once and
    equal examples get equal outputs.
    """
    # On TensorFlow, XLA takes longer than it saves here; on JAX, only XLA compiles at all.
    model.jit_compile = keras.backend.backend() == "jax"
    found = []
    for start in range(0, len(examples), batch_size):
        batch = examples[start : start + batch_size]
        count = len(batch)
        if count < batch_size:
            batch = np.concatenate([batch, np.repeat(batch[-1:], batch_size - count, axis=0)])
        given = batch if prepare is None else prepare(batch)
        outputs = np.asarray(model.predict_on_batch(given), dtype=np.float32)
        found.append(outputs[:count])
    if not found:
        return np.empty((0, model.output_shape[-1]), dtype=np.float32)
    return np.concatenate(found)
