"""The contract of a dataset."""

from __future__ import annotations

from typing import Protocol

from vaereg.contracts.data import Data


class Dataset(Protocol):
    """A callable: () -> Data.

    Laws: equal parameters and seed give equal splits; the splits are disjoint; values are finite
    and within `spec.value_range`. Raises `vaereg.DataError` naming the file at fault.
    """

    def __call__(self) -> Data: ...
