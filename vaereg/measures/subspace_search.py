"""A search for nearest neighbours that is faster if the points lie near a subspace."""

from __future__ import annotations

import numpy as np

from vaereg.measures.centred_points import BLOCK, CentredPoints, Frame, rounding_error
from vaereg.measures.full_search import full_search
from vaereg.measures.nearest_so_far import NearestSoFar
from vaereg.measures.neighbours import Neighbours
from vaereg.measures.tiles import TILE, into_bounds, product_tiles

FEW = 1 << 22
"""With at most this many pairs, a full search is as fast."""

SHARE = 4
"""Distances are first compared along d / `SHARE` directions."""

NARROW = 256
"""With fewer dimensions than this, comparing a subspace first saves no time."""

HELD = 1 << 26
"""The largest number of projected reference values to hold: 256 MiB."""

CANDIDATES = 64
"""The number of candidates to keep beyond the k neighbours."""

DOUBT = 0.25
"""If more than this share of the first queries stays undecided, the subspace is not used."""

SAMPLE = 1024
"""The number of references from which the subspace is computed."""


def may_help(queries: np.ndarray, references: np.ndarray) -> bool:
    """Whether a search for (n, d) queries in (m, d) references is large enough to profit."""
    d = queries.shape[1]
    large = len(queries) * len(references) > FEW and d >= NARROW
    return large and len(references) * (d // SHARE + 1) <= HELD


def subspace_search(queries: np.ndarray, references: np.ndarray, k: int) -> Neighbours:
    """Finds the k nearest references of each query, with the same result as `full_search`.

    With P the projection onto the few directions in which the references vary most,

        |q - r|^2 >= |Pq - Pr|^2 + (|q - Pq| - |r - Pr|)^2,

    and the right side equals |q|^2 + |r|^2 minus twice a product of short vectors. References that
    the bound rules out are never compared in all dimensions. The others are measured exactly,
    smallest bound first. Queries with too many candidates are left to `full_search`, and so are all
    queries if the subspace does not help the first of them.

    Args:
        queries: (n, d), checked by `point_sets`.
        references: (m, d), checked by `point_sets`, with m >= k.
        k: the number of neighbours.
    """
    d = queries.shape[1]
    origin = references.mean(axis=0, dtype=np.float64)
    frame = Frame.of((queries, references), origin)
    directions = _directions(references, frame, max(1, d // SHARE))
    y = _projected(references, frame, directions)
    near = np.empty((len(queries), k))
    indices = np.empty((len(queries), k), np.int64)
    left = np.zeros(len(queries), bool)
    for start in range(0, len(queries), TILE):
        part = slice(start, min(start + TILE, len(queries)))
        x = _projected(queries[part], frame, directions)
        near[part], indices[part], left[part] = _searched(queries[part], references, frame, x, y, k)
        if start == 0 and left[part].mean() > DOUBT:
            return full_search(queries, references, k)
    if left.any():
        near[left], indices[left] = full_search(queries[left], references, k)
    return Neighbours(near, indices)


def _searched(
    queries: np.ndarray,
    references: np.ndarray,
    frame: Frame,
    x: CentredPoints,
    y: CentredPoints,
    k: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distances and indices (n, k), and (n,) bool: the queries that remain undecided."""
    found = NearestSoFar(len(x), len(y), k, spare=CANDIDATES)
    # Each of the two projections has as many rounding errors as a product.
    error = 4.0 * rounding_error(queries.shape[1], np.float32)
    for tile in product_tiles(x, y):
        into_bounds(tile, error)
        found.add(tile)
    # Bounds from few directions are far below the distances.
    neighbours, left = found.measured(frame, queries, references, first=k + 4)
    return *neighbours, left


def _directions(references: np.ndarray, frame: Frame, count: int) -> np.ndarray:
    """Orthonormal directions (d, count) in which a sample of the references varies most.

    Any directions give the correct neighbours; these rule out the most references.

    Source: Halko, Martinsson and Tropp 2011, arXiv:0909.4061, algorithm 4.4.
    """
    step = max(1, len(references) // SAMPLE)
    sample = (references[::step][:SAMPLE] - frame.origin) * 2.0**-frame.exponent
    found = np.random.default_rng(0).normal(size=(sample.shape[1], count))
    for _ in range(2):
        found, _ = np.linalg.qr(sample.T @ (sample @ found))
    return found.astype(np.float32)


def _projected(points: np.ndarray, frame: Frame, directions: np.ndarray) -> CentredPoints:
    """The points' coordinates along the directions, followed by the length of the remainder."""
    d, count = directions.shape
    error = rounding_error(d, np.float32)
    values = np.empty((len(points), count + 1), np.float32)
    all_norms = np.empty(len(points), np.float32)
    step = max(1, min(TILE, 4 * BLOCK // d))
    for start in range(0, len(points), step):
        part = slice(start, start + step)
        apart = points[part] - frame.origin
        apart *= 2.0**-frame.exponent
        norms = np.einsum("nd,nd->n", apart, apart)
        along = apart.astype(np.float32) @ directions
        kept = np.einsum("nd,nd->n", along, along, dtype=np.float64)
        values[part, :count] = along
        # Rounded up, so that the bound holds.
        values[part, count] = np.sqrt(np.maximum(norms - kept, 0.0) + 2.0 * error * norms)
        all_norms[part] = norms
    return CentredPoints(values=values, norms=all_norms)
