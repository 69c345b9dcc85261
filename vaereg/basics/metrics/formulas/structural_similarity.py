"""The structural similarity of pairs of images."""

from __future__ import annotations

import numpy as np

WINDOW, SIGMA = 11, 1.5
"""The side of the Gaussian window in pixels, and its standard deviation."""

STABLE = 0.01**2, 0.03**2
"""Constants that keep the ratios finite, for images in [0, 1]."""

BLOCK = 1 << 21
"""The number of values to filter at once: 16 MiB for each of the filtered images."""


def structural_similarity(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Computes the mean structural similarity (n,) of each pair of images, averaged over channels.

    With means, variances and covariance in a Gaussian window of 11 x 11 pixels, the similarity at
    a place is

        (2 m_x m_y + C1) (2 s_xy + C2) / ((m_x^2 + m_y^2 + C1) (s_x^2 + s_y^2 + C2))

    and only places whose window lies within the image count. Equal images have 1.

    Args:
        x, y: (n, height, width, channels) in [0, 1], with sides of at least 11 pixels.

    Source: Wang et al. 2004, "Image quality assessment: from error visibility to structural
    similarity", eq. 13 to 16 and section III-C.
    """
    found = np.empty(len(x))
    step = max(1, BLOCK // int(np.prod(x.shape[1:])))
    for start in range(0, len(x), step):
        part = slice(start, start + step)
        found[part] = _similarity(x[part].astype(np.float64), y[part].astype(np.float64))
    return found


def _similarity(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    rows, columns = (_windows(side) for side in x.shape[1:3])

    def filtered(images: np.ndarray) -> np.ndarray:
        across: np.ndarray = np.einsum("wv,nhvc->nhwc", columns, images, optimize=True)
        down: np.ndarray = np.einsum("gh,nhwc->ngwc", rows, across, optimize=True)
        return down

    mean_x, mean_y = filtered(x), filtered(y)
    squares = mean_x**2 + mean_y**2
    products = mean_x * mean_y
    variances = filtered(x**2 + y**2) - squares
    covariance = filtered(x * y) - products
    c1, c2 = STABLE
    similarity = (2.0 * products + c1) * (2.0 * covariance + c2)
    similarity /= (squares + c1) * (variances + c2)
    mean: np.ndarray = similarity.mean(axis=(1, 2, 3))
    return mean


def _windows(side: int) -> np.ndarray:
    """The weights (side - 10, side) of the pixels of a line in each window."""
    offsets = np.arange(WINDOW) - WINDOW // 2
    weights = np.exp(-0.5 * (offsets / SIGMA) ** 2)
    weights /= weights.sum()
    windows = np.zeros((side - WINDOW + 1, side))
    for place in range(len(windows)):
        windows[place, place : place + WINDOW] = weights
    return windows
