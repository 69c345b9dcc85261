"""The other example of the same set that is nearest to each example, value by value."""

from __future__ import annotations

from vaereg.contracts.evidence import Evidence
from vaereg.measures.nearest_in_training import flattened
from vaereg.measures.nearest_neighbours import nearest_neighbours
from vaereg.measures.neighbours import Neighbours


def nearest_other(evidence: Evidence, which: str) -> Neighbours:
    """Finds the nearest other example of each example, by Euclidean distance over all values.

    The search runs once per evidence; later calls return the same result.

    Args:
        evidence: the evidence of an evaluation.
        which: the examples: "real", "generated" or "reconstructed"; at least two.
    """

    def search() -> Neighbours:
        values = flattened(getattr(evidence, which))
        return nearest_neighbours(values, values, leave_out_self=True)

    return evidence.shared((nearest_other.__qualname__, which), search)
