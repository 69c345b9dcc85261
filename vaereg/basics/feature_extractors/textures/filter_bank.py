"""A bank of small filters at three scales."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

SCALES = 3
"""Details of about 2, 4 and 8 pixels."""


def filter_responses(plane: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """The name and the responses (n, positions) of each filter.

    At each scale these are first differences in four directions, second differences along both
    axes, their corner and their sum (centre against surround). At the finer two scales, fourth
    differences select columns, rows and checkerboards. Coarser scales are smoothed by binomial
    filters and keep every position, so that no phase of a pattern is missed. Each filter has gain
    1 at its frequency.

    Args:
        plane: (n, height, width) float32, with sides of at least 16 pixels.
    """
    smooth = plane
    for scale in range(SCALES):
        step = 1 << scale
        if scale:
            smooth = smoothed(smoothed(smooth, step // 2, axis=1), step // 2, axis=2)
        yield from _at_scale(smooth, step, scale)


def centre_surround(plane: np.ndarray) -> np.ndarray:
    """Each pixel less its four neighbours (n, height, width), over 8; the border is repeated."""
    around = np.pad(plane, ((0, 0), (1, 1), (1, 1)), mode="edge")
    centre: np.ndarray = plane * np.float32(4)
    centre -= around[:, 2:, 1:-1]
    centre -= around[:, :-2, 1:-1]
    centre -= around[:, 1:-1, 2:]
    centre -= around[:, 1:-1, :-2]
    centre *= np.float32(0.125)
    return centre


def smoothed(plane: np.ndarray, step: int, axis: int) -> np.ndarray:
    """The plane after the filter (1, 2, 1) / 4 along an axis; the border is repeated."""
    width = [(step, step) if each == axis else (0, 0) for each in range(plane.ndim)]
    padded = np.pad(plane, width, mode="edge")
    result: np.ndarray = plane * np.float32(0.5)
    result += np.float32(0.25) * _cut(padded, axis, 0, 2 * step)
    result += np.float32(0.25) * _cut(padded, axis, 2 * step, 0)
    return result


def _at_scale(plane: np.ndarray, step: int, scale: int) -> Iterator[tuple[str, np.ndarray]]:
    half, quarter, eighth = np.float32(0.5), np.float32(0.25), np.float32(0.125)
    dx, dy = _difference(plane, step, 2), _difference(plane, step, 1)
    yield f"x{scale}", _rows(dx * half)
    yield f"y{scale}", _rows(dy * half)
    yield f"falling{scale}", _rows((plane[:, step:, step:] - plane[:, :-step, :-step]) * half)
    yield f"rising{scale}", _rows((plane[:, step:, :-step] - plane[:, :-step, step:]) * half)
    dxx, dyy, dxy = _difference(dx, step, 2), _difference(dy, step, 1), _difference(dx, step, 1)
    yield f"xx{scale}", _rows(dxx * quarter)
    yield f"yy{scale}", _rows(dyy * quarter)
    yield f"xy{scale}", _rows(dxy * quarter)
    both = dxx[:, step:-step] + dyy[:, :, step:-step]
    yield f"centre{scale}", _rows(both * eighth)
    if scale < SCALES - 1:  # fourth differences at the coarsest scale are wider than small images
        columns = _difference(_difference(dxx, step, 2), step, 2)
        rows = _difference(_difference(dyy, step, 1), step, 1)
        corner = _difference(_difference(dxx, step, 1), step, 1)
        sixteenth = np.float32(1 / 16)
        yield f"columns{scale}", _rows(smoothed(columns, step, 1) * sixteenth)
        yield f"rows{scale}", _rows(smoothed(rows, step, 2) * sixteenth)
        yield f"corner{scale}", _rows(corner * sixteenth)


def _difference(plane: np.ndarray, step: int, axis: int) -> np.ndarray:
    difference: np.ndarray = _cut(plane, axis, step, 0) - _cut(plane, axis, 0, step)
    return difference


def _cut(plane: np.ndarray, axis: int, start: int, end: int) -> np.ndarray:
    """The plane without its first `start` and last `end` rows or columns."""
    chosen = slice(start, plane.shape[axis] - end)
    kept: np.ndarray = plane[:, chosen] if axis == 1 else plane[:, :, chosen]
    return kept


def _rows(responses: np.ndarray) -> np.ndarray:
    return responses.reshape(len(responses), -1)
