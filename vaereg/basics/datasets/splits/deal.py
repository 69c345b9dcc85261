"""The random assignment of examples to training, validation and test splits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
import numpy as np

import vaereg
from vaereg.basics.datasets.declared import ArraysParams, CsvParams, ImageFolderParams

STREAM = int.from_bytes(b"vaereg.splits", "big")
"""Makes the draws of splits differ from those that data may have been made with."""


@attrs.frozen(kw_only=True)
class Dealing:
    """What decides which examples each dealt split gets.

    Args:
        seed: the parameter `split_seed`.
        validation, test: the shares of these splits.
        earlier: as for a run of an earlier version; see `BuildContext.earlier_splits`.
    """

    seed: int
    validation: float
    test: float
    earlier: bool = False

    @property
    def shares(self) -> dict[str, float]:
        """The share of each split other than "train"."""
        return {"test": self.test, "validation": self.validation}

    @property
    def recipe(self) -> dict[str, object]:
        """What stands for it in the digest of the data."""
        recipe: dict[str, object] = {"shares": [self.validation, self.test, self.seed]}
        return recipe if self.earlier else {**recipe, "stream": STREAM}

    def order(self, count: int) -> np.ndarray:
        """The positions 0 … count - 1, shuffled.

        Data that `numpy.random.default_rng(0)` drew is often the first that it drew, and
        `split_seed` is 0 as well. An order by the same draws would sort such data. So the draws
        are those of a stream of their own. Earlier versions had none.
        """
        if self.earlier:
            return shuffled(count, self.seed)
        return _order(count, np.random.SeedSequence(self.seed, spawn_key=(STREAM,)))


def dealing_of(
    params: ArraysParams | CsvParams | ImageFolderParams, context: vaereg.BuildContext
) -> Dealing:
    """The dealing that the parameters of a dataset ask for."""
    return Dealing(
        seed=params.split_seed,
        validation=params.validation,
        test=params.test,
        earlier=context.earlier_splits,
    )


def shuffled(count: int, seed: int) -> np.ndarray:
    """The positions 0 … count - 1 in an order by the first draws of `default_rng(seed)`.

    Only for a fixed data set, which nobody has drawn with this seed.
    """
    return _order(count, seed)


def _order(count: int, seed: int | np.random.SeedSequence) -> np.ndarray:
    """The order sorts raw draws from PCG64, because splits must survive updates of numpy: numpy
    guarantees this stream forever, but not that of `Generator.permutation` (NEP 19)."""
    return np.argsort(np.random.PCG64(seed).random_raw(count), kind="stable")


def deal(
    count: int, shares: Mapping[str, float], dealing: Dealing, source: object
) -> dict[str, np.ndarray]:
    """Divides the positions 0 … count - 1 among splits; "train" gets the rest.

    The positions are disjoint and shuffled. A split with a share above 0 gets at least one example;
    a split with share 0 has no entry.

    Args:
        count: the number of examples.
        shares: the fraction of examples for each split other than "train".
        dealing: determines which examples each split gets.
        source: the file or folder, for the message.

    Raises:
        vaereg.DataError: if no example is left for training.
    """
    order = dealing.order(count)
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
    groups: Sequence[str], shares: Mapping[str, float], dealing: Dealing, source: object
) -> dict[str, np.ndarray]:
    """Like `deal`, but examples of the same group are in the same split.

    Groups are dealt whole, in a shuffled order, until each share is reached as nearly as possible.

    Args:
        groups: the group of each example.
        shares, dealing, source: as for `deal`.

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
    order = dealing.order(len(names))
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
