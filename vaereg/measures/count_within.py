"""The number of balls that a point lies in."""

from __future__ import annotations

import numpy as np

from vaereg.measures.ball_counts import BallCounts
from vaereg.measures.centred_points import Frame
from vaereg.measures.point_sets import point_sets
from vaereg.measures.tiles import streamed_bounds


def count_within(queries: np.ndarray, references: np.ndarray, radii: np.ndarray) -> np.ndarray:
    """Counts the balls about the references in which each query lies.

    Pairs that rounding could decide are measured exactly, as `nearest_neighbours` does. So a point
    whose distance equals the radius lies outside. No (n, m) array is created.

    Args:
        queries: (n, d).
        references: (m, d).
        radii: (m,) the radius of the ball about each reference.

    Returns:
        (n,) int64, #{j: |q_i - r_j| < radius_j}.

    Raises:
        ValueError: if an array has another rank, is empty or is not finite; if d differs; if radii
            have another shape or are NaN.
    """
    queries, references = point_sets(queries, references)
    radii = np.asarray(radii, np.float64)
    if radii.shape != (len(references),) or np.isnan(radii).any():
        raise ValueError(
            f"radii must have shape ({len(references)},), one radius per reference, without NaN; "
            f"got shape {radii.shape} with {np.isnan(radii).sum()} NaN"
        )
    frame = Frame.about(queries, references)
    counts = BallCounts(frame, queries, references, radii)
    for tile in streamed_bounds(frame, queries, references):
        counts.add(tile)
    return counts.balls.counts
