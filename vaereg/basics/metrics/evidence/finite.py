"""The check that there is something to measure."""

from __future__ import annotations

import numpy as np

import vaereg


def finite(values: np.ndarray, what: str) -> np.ndarray:
    """The values (n, ...) themselves, if there are any and all are finite.

    Args:
        values: one row an example.
        what: what they are, for the message, such as "generated images".

    Raises:
        vaereg.DataError: if there are none, or one is NaN or infinite.
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
