"""Subnormal numbers in the moments of an optimizer become zero, as they do on TensorFlow and JAX.

A weight whose gradient stays zero, as behind a relu that is never active, has a moment that shrinks
with every step. After some hundred steps the moment is below the smallest normal number, and many
processors take a hundred times longer for each operation on such numbers. TensorFlow and XLA
compute with zero instead. PyTorch could (`torch.set_flush_denormal`), but only in the thread that
asks for it: results would depend on the number of threads.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import torch

EVERY = 16
"""Steps from one look to the next: a look reads all moments, which takes as long as an update."""

LARGEST = float(np.nextafter(np.finfo(np.float32).tiny, np.float32(0.0)))
"""The largest subnormal number of float32."""

Library: Any = torch.library.Library  # its methods have no types
LIBRARY = Library("vaereg_subnormals", "DEF")
LIBRARY.define("drop_(Tensor(a!)[] moments, Tensor steps_done) -> ()")


def _drop(moments: list[torch.Tensor], steps_done: torch.Tensor) -> None:
    if int(steps_done) % EVERY == 0:
        for moment in moments:
            torch.ops.aten.hardshrink.out(moment, LARGEST, out=moment)  # |x| <= LARGEST becomes 0


LIBRARY.impl("drop_", _drop, "CPU")


def drop_subnormals(variables: Sequence[keras.Variable], steps_done: torch.Tensor) -> None:
    """Sets subnormal numbers to zero at every 16th step.

    Does nothing on a GPU, which computes with subnormal numbers at full speed.

    Args:
        variables: of optimizers; those that are not float32 are left alone.
        steps_done: the number of steps, an integer tensor; a traced step reads it each time.
    """
    values = [variable.value for variable in variables]
    moments = [v for v in values if v.dtype == torch.float32 and v.device.type == "cpu" and v.ndim]
    if moments:
        torch.ops.vaereg_subnormals.drop_(moments, steps_done)
