"""The contract of a metric."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np


class Score(NamedTuple):
    """One named figure.

    Args:
        value: the figure.
        direction: +1 where larger is better, -1 where smaller is, 0 where neither.
        sample_size: how many examples it was computed from.
    """

    value: float
    direction: int
    sample_size: int


class Metric(Protocol):
    """A callable on arrays of data: named scores.

    Laws: finite on finite data; does not depend on the order of examples; each score has its
    direction and sample size.
    """

    def __call__(
        self, real: np.ndarray, generated: np.ndarray, reconstructed: np.ndarray, features: Any
    ) -> dict[str, Score]: ...
