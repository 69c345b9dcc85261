"""Which examples are for training, validation and testing."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

import vaereg


def shuffled(count: int, seed: int) -> np.ndarray:
    """The positions 0 … count - 1 in an order that `seed` alone decides.

    It sorts raw draws of PCG64, whose stream numpy keeps the same forever, while it may change
    what `Generator.permutation` makes of them (NEP 19); a split must outlive an update of numpy.
    """
    return np.argsort(np.random.PCG64(seed).random_raw(count), kind="stable")


def deal(
    count: int, shares: Mapping[str, float], seed: int, source: object
) -> dict[str, np.ndarray]:
    """Deals the positions 0 … count - 1 out: each share to its name, the rest to "train".

    A share above 0 gets at least one example, a share of 0 has no entry. The positions are
    disjoint and shuffled.

    Args:
        count: how many examples there are.
        shares: the fraction that each split other than "train" gets.
        seed: decides which examples each split gets.
        source: the file or folder, for the message.

    Raises:
        vaereg.DataError: when nothing is left for training.
    """
    order = shuffled(count, seed)
    dealt, start = {}, 0
    for name, share in shares.items():
        if share:
            end = start + max(1, round(count * share))
            dealt[name] = order[start:end]
            start = end
    if start >= count:
        asked = " and ".join(f"{name} = {share:g}" for name, share in shares.items())
        raise vaereg.DataError(
            f"{source}: {count} example{'s' * (count != 1)}"
            f"{f' with {asked}' if count and asked else ''} leave none for training. "
            "Provide more data, or hold out less."
        )
    return {"train": order[start:], **dealt}
