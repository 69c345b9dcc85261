"""The nearest neighbours of many points among many, quicker where points lie near a subspace."""

from __future__ import annotations

import numpy as np

import vaereg
from vaereg.basics.metrics.distances.centred_set import (
    TILE,
    CentredSet,
    common_exponent,
    distances,
    tiles,
)
from vaereg.basics.metrics.distances.nearest_so_far import NearestSoFar

FEW = 1 << 22
"""So few pairs are searched by `vaereg.nearest_neighbours` at once."""

SHARE = 4
"""Of d dimensions d / `SHARE` directions are looked at first."""

NARROW = 256
"""Below so many dimensions there is nothing to gain by looking at fewer."""

CANDIDATES = 64
"""How many more candidates than neighbours a subspace may leave."""

DOUBT = 0.25
"""Where a subspace leaves more than this share of the first queries open, it is not used."""

SAMPLE = 1024
"""How many references the subspace is found from."""


def search(queries: np.ndarray, references: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The k nearest references of each query: those of `vaereg.nearest_neighbours`.

    With P the projection on a few directions in which references vary most,

        |q - r|^2 >= |Pq - Pr|^2 + (|q - Pq| - |r - Pr|)^2,

    which is |q|^2 + |r|^2 less twice a product of vectors of few numbers. References that the
    bound rules out are never looked at whole; those that it leaves are measured exactly, nearest
    bound first. Queries that it leaves too many for, and all where it is no use, are searched by
    `vaereg.nearest_neighbours`.

    Args:
        queries: (n, d), finite.
        references: (m, d), finite, m of at least k.
        k: how many.

    Returns:
        distances (n, k) float64 increasing, and indices (n, k) int64.
    """
    d = queries.shape[1]
    if len(queries) * len(references) <= FEW or d < NARROW:
        return vaereg.nearest_neighbours(queries, references, k)
    exponent = common_exponent(queries, references)
    origin = references.mean(axis=0, dtype=np.float64)
    directions = _directions(references, origin, exponent, d // SHARE)
    y = _projected(references, origin, exponent, directions)
    near = np.empty((len(queries), k))
    indices = np.empty((len(queries), k), np.int64)
    left = np.zeros(len(queries), bool)
    for start in range(0, len(queries), TILE):
        part = slice(start, min(start + TILE, len(queries)))
        x = _projected(queries[part], origin, exponent, directions)
        near[part], indices[part], left[part] = _searched(x, y, k)
        if start == 0 and left[part].mean() > DOUBT:
            return vaereg.nearest_neighbours(queries, references, k)
    if left.any():
        near[left], indices[left] = vaereg.nearest_neighbours(queries[left], references, k)
    return near, indices


def _searched(x: CentredSet, y: CentredSet, k: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distances and indices (n, k), and which queries (n,) they may be wrong of."""
    found = NearestSoFar(len(x), len(y), k, spare=CANDIDATES)
    # Projecting rounds as often as a product does, for either of two points.
    less = np.float32(1.0 - 4.0 * x.error)
    for rows, columns, products in tiles(x, y):
        products *= np.float32(-2.0)
        products += y.norms[columns] * less
        products += (x.norms[rows] * less)[:, None]
        found.look(rows, columns, products)
    bounds, candidates = found.by_bound()
    first = min(k + 4, bounds.shape[1])
    apart = np.full(bounds.shape, np.inf)
    each = np.repeat(np.arange(len(x)), first)
    apart[:, :first] = distances(x, y, each, candidates[:, :first].ravel()).reshape(len(x), first)
    limit = np.square(np.partition(apart[:, :first], k - 1, axis=1)[:, k - 1])
    lines, places = np.nonzero(bounds[:, first:] <= limit[:, None])
    places += first
    apart[lines, places] = distances(x, y, lines, candidates[lines, places])
    # Of equally near ones the first counts.
    order = np.lexsort((candidates, apart), axis=1)[:, :k]
    near = np.take_along_axis(apart, order, axis=1)
    left = (np.square(near[:, -1]) >= found.limits) & (bounds.shape[1] < len(y))
    return np.ldexp(near, x.exponent), np.take_along_axis(candidates, order, axis=1), left


def _directions(
    references: np.ndarray, origin: np.ndarray, exponent: int, count: int
) -> np.ndarray:
    """Orthonormal directions (d, count) in which a sample of the references varies most.

    Source: Halko, Martinsson and Tropp 2011, arXiv:0909.4061, algorithm 4.4. Any directions give
    right neighbours; these rule out more.
    """
    step = max(1, len(references) // SAMPLE)
    sample = (references[::step][:SAMPLE] - origin) * 2.0**-exponent
    found = np.random.default_rng(0).normal(size=(sample.shape[1], count))
    for _ in range(2):
        found, _ = np.linalg.qr(sample.T @ (sample @ found))
    return found.astype(np.float32)


def _projected(
    points: np.ndarray, origin: np.ndarray, exponent: int, directions: np.ndarray
) -> CentredSet:
    """The points along the directions, and the length of what is left as one number more."""
    count = directions.shape[1]
    values = np.empty((len(points), count + 1), np.float32)
    found = CentredSet(
        points=points,
        values=values,
        norms=np.empty(len(points), np.float32),
        exponent=exponent,
    )
    for start in range(0, len(points), TILE):
        part = slice(start, start + TILE)
        apart = points[part] - origin
        apart *= 2.0**-exponent
        norms = np.einsum("nd,nd->n", apart, apart)
        along = apart.astype(np.float32) @ directions
        kept = np.einsum("nd,nd->n", along, along, dtype=np.float64)
        values[part, :count] = along
        # Never less than it is, so that the bound holds.
        values[part, count] = np.sqrt(np.maximum(norms - kept, 0.0) + 2.0 * found.error * norms)
        found.norms[part] = norms
    return found
