"""The training example nearest to each example of an evaluation, value by value."""

from __future__ import annotations

import numpy as np

from vaereg.contracts.evidence import Evidence
from vaereg.measures.nearest_neighbours import nearest_neighbours
from vaereg.measures.neighbours import Neighbours


def nearest_in_training(evidence: Evidence, which: str) -> Neighbours:
    """Finds the training example nearest to each example, by Euclidean distance over all values.

    The search runs once per evidence; later calls return the same result.

    Args:
        evidence: the evidence of an evaluation.
        which: the examples to search for: "real", "generated" or "reconstructed".
    """

    def search() -> Neighbours:
        return nearest_neighbours(flattened(getattr(evidence, which)), flattened(evidence.train))

    return evidence.shared((nearest_in_training.__qualname__, which), search)


def flattened(examples: np.ndarray) -> np.ndarray:
    """Examples (n, ...) as (n, values)."""
    return np.asarray(examples).reshape(len(examples), -1)
