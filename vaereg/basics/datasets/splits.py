"""Which examples are for training, validation and testing."""

from __future__ import annotations

import attrs
import numpy as np

import vaereg


@attrs.frozen(eq=False)
class Positions:
    """The positions of each split's examples, disjoint and shuffled; empty where none was asked."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


def shuffled(count: int, seed: int) -> np.ndarray:
    """The positions 0 … count - 1 in an order that `seed` alone decides.

    It sorts raw draws of PCG64, whose stream numpy keeps the same forever, while it may change
    what `Generator.permutation` makes of them (NEP 19); a split must outlive an update of numpy.
    """
    return np.argsort(np.random.PCG64(seed).random_raw(count), kind="stable")


def held_out(count: int, fraction: float) -> int:
    """How many of `count` examples a share of `fraction` is: at least one unless it is 0."""
    return max(1, round(count * fraction)) if fraction else 0


def split_positions(
    count: int, *, validation: float, test: float, seed: int, source: object
) -> Positions:
    """Deals `count` examples out to three splits by shares.

    Args:
        count: how many examples there are.
        validation, test: the share held out for each, 0 for none.
        seed: decides who goes where.
        source: the file or folder, for the message.

    Raises:
        vaereg.DataError: when nothing is left for training.
    """
    tested = held_out(count, test)
    validated = held_out(count, validation)
    if tested + validated >= count:
        raise vaereg.DataError(
            f"{source}: {count} example{'s' * (count != 1)} with validation = {validation:g} and "
            f"test = {test:g} leave none for training. Lower these shares or give more data."
        )
    order = shuffled(count, seed)
    return Positions(
        train=order[tested + validated :],
        validation=order[tested : tested + validated],
        test=order[:tested],
    )
