"""`BackendSteps`: the train and test step of the active backend, chosen at import.

A type checker, and a reader who follows the imports, sees the TensorFlow version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras

from vaereg.errors import BackendError

if TYPE_CHECKING:
    from vaereg.model.backends.tensorflow.steps import BackendSteps as BackendSteps
elif keras.backend.backend() == "tensorflow":
    from vaereg.model.backends.tensorflow.steps import BackendSteps
elif keras.backend.backend() == "jax":
    from vaereg.model.backends.jax.steps import BackendSteps
elif keras.backend.backend() == "torch":
    from vaereg.model.backends.torch.steps import BackendSteps
else:
    raise BackendError(
        f"the Keras backend {keras.backend.backend()!r} cannot train; set KERAS_BACKEND to "
        "tensorflow, jax or torch."
    )

__all__ = ["BackendSteps"]
