"""Principal components of a sample of examples."""

from __future__ import annotations

import numpy as np

BLOCK = 1024
"""The number of examples to centre at once."""


def principal_components(
    values: np.ndarray, mean: np.ndarray, scale: np.ndarray, wanted: int
) -> tuple[np.ndarray, float]:
    """Orthonormal components (values, d) of largest variance, and the share of variance kept.

    They are eigenvectors of the covariance, or of the Gram matrix if there are fewer examples than
    values. There are fewer than `wanted` if the examples span fewer dimensions.

    Args:
        values: (n, values) float32.
        mean, scale: (values,); the values are centred and divided by the scale.
        wanted: the number of components.

    Source: Pearson 1901; Turk and Pentland 1991 for the Gram matrix.
    """
    count, dimensions = values.shape
    blocks = range(0, count, BLOCK)
    if dimensions <= count:
        scatter = np.zeros((dimensions, dimensions))
        for start in blocks:
            centred = (values[start : start + BLOCK] - mean) / scale
            scatter += centred.T @ centred
        variances, directions = np.linalg.eigh(scatter)
    else:
        centred = ((values - mean) / scale).astype(np.float32)
        variances, weights = np.linalg.eigh((centred @ centred.T).astype(np.float64))
        chosen = variances > variances[-1] * 1e-6  # float32 products are no more exact
        variances, weights = variances[chosen], weights[:, chosen]
        directions = centred.T @ weights / np.sqrt(variances)
    variances = np.maximum(variances, 0.0)
    largest = np.argsort(variances)[::-1][:wanted]
    largest = largest[variances[largest] > variances.max() * 1e-12]
    kept = directions[:, largest]
    # An eigenvector's sign is chance: make its largest entry positive
    leading = np.abs(kept).argmax(axis=0)
    kept = kept * np.sign(kept[leading, np.arange(kept.shape[1])])
    return kept, float(variances[largest].sum() / variances.sum())


def components_if_wide(
    values: np.ndarray, mean: np.ndarray, scale: np.ndarray, wanted: int
) -> tuple[np.ndarray, float]:
    """Components (values, d) as above if there are more values than `wanted`; else none of them.

    `projected` keeps all values if there are no components; the share of variance kept is then 1.
    """
    if values.shape[1] <= wanted:
        return np.eye(0), 1.0
    return principal_components(values, mean, scale, wanted)


def projected(centred: np.ndarray, components: np.ndarray) -> np.ndarray:
    """Coordinates (n, d) of centred values (n, values); the values if there are no components."""
    coordinates: np.ndarray = centred @ components if components.size else centred
    return coordinates
