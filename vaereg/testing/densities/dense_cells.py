"""Cells of a plane in which draws are dense, to compare a density with its draws."""

from __future__ import annotations

import numpy as np

DEPTH = 10
"""How often the plane is halved: into 1,024 cells, with 39 of 40,000 draws each."""

QUARTERS = 4

MOST_SPREAD = 2.0
"""How far apart log densities of the draws in one cell may be, in nats."""


class DenseCells:
    """Small cells into which draws divide the plane, in four quarters.

    The plane is halved at medians of the draws, along both axes in turn, so all cells hold equally
    many draws, and a small one is where the density is high. The smaller half of the cells is kept,
    without those across which the density changes much. Other draws than those that made the cells
    fall into a cell with the probability that the density has there.

    Args:
        draws: (n, 2) that make the cells.
        log_density: (n,) at the draws, right or wrong.

    Attributes:
        areas: (4,) the area of the cells of each quarter; 0 if it has none.
    """

    def __init__(self, draws: np.ndarray, log_density: np.ndarray) -> None:
        self._cuts = np.zeros(2**DEPTH - 1)
        low = np.zeros((2**DEPTH, 2))
        high = np.zeros((2**DEPTH, 2))
        smooth = np.zeros(2**DEPTH, bool)
        every = np.column_stack([draws, log_density])
        waiting = [(0, 0, every, draws.min(axis=0), draws.max(axis=0))]
        while waiting:
            node, depth, inside, bottom, top = waiting.pop()
            if depth == DEPTH:
                cell = node - (2**DEPTH - 1)
                low[cell], high[cell] = bottom, top
                smooth[cell] = len(inside) > 0 and np.ptp(inside[:, 2]) < MOST_SPREAD
                continue
            axis = depth % 2
            cut = float(np.median(inside[:, axis]))
            self._cuts[node] = cut
            below = inside[:, axis] < cut
            middle_top, middle_bottom = top.copy(), bottom.copy()
            middle_top[axis] = middle_bottom[axis] = cut
            waiting.append((2 * node + 1, depth + 1, inside[below], bottom, middle_top))
            waiting.append((2 * node + 2, depth + 1, inside[~below], middle_bottom, top))
        self._low, self._high = low, high
        area = np.prod(high - low, axis=1).reshape(QUARTERS, -1)
        chosen = area <= np.median(area, axis=1, keepdims=True)
        chosen &= smooth.reshape(QUARTERS, -1)
        self._chosen = chosen.ravel()
        self.areas: np.ndarray = np.where(chosen, area, 0.0).sum(axis=1)

    def quarters_of(self, z: np.ndarray) -> np.ndarray:
        """The quarter, 0 to 3, in whose cells each of other draws (n, 2) lies; -1 for no cell."""
        node = np.zeros(len(z), np.int64)
        for depth in range(DEPTH):
            above = z[:, depth % 2] >= self._cuts[node]
            node = 2 * node + 1 + above
        cell = node - (2**DEPTH - 1)
        within = np.all((z >= self._low[cell]) & (z <= self._high[cell]), axis=1)
        quarter = cell // (2**DEPTH // QUARTERS)
        found: np.ndarray = np.where(within & self._chosen[cell], quarter, -1)
        return found
