"""Statistics of where things are in an image: a coarse grid, symmetries, seams, periods."""

from __future__ import annotations

import numpy as np

from vaereg.basics.feature_extractors.textures.pooled import (
    FAINT,
    LEVEL,
    STRONG,
    active_share,
    log_energy,
    row_means,
)

GRID = 4
"""Rows and columns of the coarse grid."""

PERIODS = (2, 4, 8)
"""Periods of blocks and dots, in pixels."""

LAGS = ((0, 1), (1, 0), (1, 1), (1, -1), (0, 2), (2, 0), (2, 2), (0, 4), (4, 0), (4, 4))
"""Shifts (rows, columns) at which a pattern is compared with itself."""


def grid_means(plane: np.ndarray, name: str, cells: int = GRID) -> dict[str, np.ndarray]:
    """The mean of each cell of a grid (cells, cells) over a plane (n, height, width)."""
    height, width = plane.shape[1:]
    rows = [round(i * height / cells) for i in range(cells + 1)]
    columns = [round(i * width / cells) for i in range(cells + 1)]
    found = {}
    for i in range(cells):
        for j in range(cells):
            cell = plane[:, rows[i] : rows[i + 1], columns[j] : columns[j + 1]]
            found[f"{name} {i} {j}"] = row_means(cell)
    return found


def symmetries(plane: np.ndarray) -> dict[str, np.ndarray]:
    """How far the plane is from its mirror images and from a repetition of its halves."""
    height, width = plane.shape[1:]
    pairs = {
        "left-right": (plane[:, :, : width // 2], plane[:, :, ::-1][:, :, : width // 2]),
        "top-bottom": (plane[:, : height // 2], plane[:, ::-1][:, : height // 2]),
        "half-right": (plane[:, :, : width // 2], plane[:, :, width - width // 2 :]),
        "half-down": (plane[:, : height // 2], plane[:, height - height // 2 :]),
    }
    found = {}
    for name, (one, other) in pairs.items():
        squares = np.ascontiguousarray(one - other).reshape(len(plane), -1)
        squares *= squares
        found[f"{name} energy"] = log_energy(squares)
        found[f"{name} active"] = active_share(squares, STRONG)
    return found


def seams_and_periods(plane: np.ndarray) -> dict[str, np.ndarray]:
    """Straight seams and periodic edges, from the mean step between neighbouring lines.

    The largest mean step, relative to that of all lines, shows straight edges. A seam is an abrupt
    one: steps exceed those on both sides. A period shows when lines at one phase have larger steps
    than the others.
    """
    found = {}
    for name, axis in (("columns", 2), ("rows", 1)):
        steps = np.ascontiguousarray(np.moveaxis(np.abs(np.diff(plane, axis=axis)), axis, 1))
        profile = steps.mean(axis=2, dtype=np.float32)  # (n, lines - 1)
        mean = profile.mean(axis=1, dtype=np.float32) + np.float32(LEVEL)
        abrupt = np.maximum(steps[:, 1:-1] - steps[:, :-2] - steps[:, 2:], 0)
        seams = abrupt.mean(axis=2, dtype=np.float32)
        found[f"{name} line"] = np.log(profile.max(axis=1) / mean + np.float32(0.1))
        found[f"{name} seam"] = np.log(seams.max(axis=1) + np.float32(LEVEL))
        for period in PERIODS:
            phases = [row_means(profile[:, phase::period]) for phase in range(period)]
            found[f"{name} period {period}"] = np.max(phases, axis=0) / mean
    return found


def repetitions(responses: np.ndarray) -> dict[str, np.ndarray]:
    """The mean product of compressed responses (n, height, width) at two places, for each lag."""
    signs = responses / (np.abs(responses) + FAINT)
    height, width = signs.shape[1:]
    found = {}
    for down, right in LAGS:
        one = signs[:, : height - down, max(0, -right) : width - max(0, right)]
        other = signs[:, down:, max(0, right) : width - max(0, -right)]
        found[f"lag {down} {right}"] = row_means(one * other)
    return found
