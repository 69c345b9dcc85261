"""The result of `TrainedModel.encode`: a Latent in numpy arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import DTypeLike

from vaereg.contracts.latent import Latent


class Encoded(Latent):
    """The posterior of examples in numpy arrays; `np.asarray` of it is the mode."""

    __slots__ = ()

    if TYPE_CHECKING:  # the fields of a Latent, which are tensors of any backend

        @property
        def z(self) -> np.ndarray: ...
        @property
        def mode(self) -> np.ndarray: ...
        @property
        def log_var(self) -> np.ndarray | None: ...

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> np.ndarray:
        mode = np.asarray(self.mode, dtype=dtype)
        return mode.copy() if copy else mode
