"""Training on PyTorch."""

from vaereg.model.backends.torch.inner_gradient import gradient as gradient
from vaereg.model.backends.torch.optimizers import FASTER as FASTER
