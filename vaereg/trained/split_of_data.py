"""A split of the data by its name, with enough examples."""

from __future__ import annotations

from vaereg.contracts.data import Data, Split
from vaereg.errors import DataError, UsageError

SPLITS = ("train", "validation", "test")


def check_split(name: str) -> None:
    """Raises UsageError if there is no split of this name."""
    if name not in SPLITS:
        raise UsageError(f"split must be train, validation or test; got {name!r}")


def split_of(data: Data, name: str, n: int, data_name: str) -> Split:
    """A split with at least n examples.

    Args:
        data: the data.
        name: of the split.
        n: how many examples are requested.
        data_name: the key of the data in the registry, for the message.

    Raises:
        DataError: if the data has no such split, or fewer examples.
    """
    splits = {"train": data.train, "validation": data.validation, "test": data.test}
    found = splits[name]
    count = 0 if found is None else len(found)
    if found is None or count < n:
        raise DataError(f"data {data_name!r} has {count} {name} examples; {n} were requested.")
    return found
