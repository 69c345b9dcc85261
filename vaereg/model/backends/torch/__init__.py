"""Training on PyTorch."""

from contextlib import AbstractContextManager

import torch

from vaereg.model.backends.torch.inner_gradient import gradient as gradient
from vaereg.model.backends.torch.optimizers import FASTER as FASTER


def without_gradients() -> AbstractContextManager[None]:
    """Within, nothing is recorded for gradients."""
    # Named, because without PyTorch installed a type checker knows nothing of it.
    unrecorded: AbstractContextManager[None] = torch.no_grad()
    return unrecorded
