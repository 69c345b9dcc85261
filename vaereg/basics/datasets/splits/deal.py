"""The random assignment of examples to training, validation and test splits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

import vaereg


def shuffled(count: int, seed: int) -> np.ndarray:
    """Returns the positions 0 … count - 1 in an order that depends on `seed` only.

    The order sorts raw draws from PCG64, because splits must survive updates of numpy: numpy
    guarantees this stream forever, but not that of `Generator.permutation` (NEP 19).
    """
    return np.argsort(np.random.PCG64(seed).random_raw(count), kind="stable")


def deal(
    count: int, shares: Mapping[str, float], seed: int, source: object
) -> dict[str, np.ndarray]:
    """Divides the positions 0 … count - 1 among splits; "train" gets the rest.

    The positions are disjoint and shuffled. A split with a share above 0 gets at least one example;
    a split with share 0 has no entry.

    Args:
        count: the number of examples.
        shares: the fraction of examples for each split other than "train".
        seed: determines which examples each split gets.
        source: the file or folder, for the message.

    Raises:
        vaereg.DataError: if no example is left for training.
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


def deal_groups(
    groups: Sequence[str], shares: Mapping[str, float], seed: int, source: object
) -> dict[str, np.ndarray]:
    """Like `deal`, but examples of the same group are in the same split.

    Groups are dealt whole, in a shuffled order, until each share is reached as nearly as possible.

    Args:
        groups: the group of each example.
        shares, seed, source: as for `deal`.

    Raises:
        vaereg.DataError: if there are too few groups, or no example is left for training.
    """
    names, codes = np.unique(np.asarray(groups), return_inverse=True)
    used = [name for name, share in shares.items() if share]
    if len(names) <= len(used):
        raise vaereg.DataError(
            f"{source}: {len(names)} groups cannot be divided among train and "
            f"{' and '.join(used)}; hold out less, or choose another column of groups"
        )
    order = shuffled(len(names), seed)
    sizes = np.bincount(codes)[order]
    split_of, start = np.full(len(names), "train", object), 0
    for left, name in enumerate(used, 1):
        wanted = len(codes) * shares[name]
        end = start + 1
        last = len(names) - 1 - (len(used) - left)  # a group for each later split, one to train
        while end < last and sizes[start:end].sum() + sizes[end] / 2 <= wanted:
            end += 1
        split_of[order[start:end]] = name
        start = end
    return {name: np.flatnonzero(split_of[codes] == name) for name in ("train", *used)}
