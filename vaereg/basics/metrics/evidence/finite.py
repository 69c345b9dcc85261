"""The check that values exist and are finite."""

from __future__ import annotations

import numpy as np

import vaereg


def finite(values: np.ndarray, what: str) -> np.ndarray:
    """Returns the values (n, ...) unchanged if n > 0 and all of them are finite.

    Args:
        values: one row per example.
        what: names the values in the message, such as "generated images".

    Raises:
        vaereg.DataError: if there are no values, or one is NaN or infinite.
    """
    if not len(values):
        raise vaereg.DataError(f"{what}: there are none, so no score can be computed from them.")
    good = np.isfinite(values).reshape(len(values), -1).all(axis=1)
    if not good.all():
        raise vaereg.DataError(
            f"{what}: {np.sum(~good)} of {len(values)} hold NaN or infinite values, the first is "
            f"number {np.argmin(good)}; no score can be computed from them. If the model gave "
            "them, evaluate weights of an earlier epoch or train again with a lower learning rate."
        )
    return values
