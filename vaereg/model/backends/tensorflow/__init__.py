"""Training on TensorFlow."""

from contextlib import AbstractContextManager, nullcontext

from vaereg.model.backends.tensorflow.inner_gradient import gradient as gradient
from vaereg.model.backends.tensorflow.optimizers import FASTER as FASTER


def without_gradients() -> AbstractContextManager[None]:
    """Within, nothing is recorded for gradients; this backend records nothing by itself."""
    return nullcontext()
