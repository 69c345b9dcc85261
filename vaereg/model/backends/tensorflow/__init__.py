"""Training on TensorFlow."""

from vaereg.model.backends.tensorflow.inner_gradient import gradient as gradient
from vaereg.model.backends.tensorflow.optimizers import FASTER as FASTER
