"""Requires a law of the contract kit to be broken."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

import vaereg
from vaereg.testing import NotHere


@contextmanager
def broken(found: str) -> Iterator[pytest.ExceptionInfo[vaereg.ContractError]]:
    """Requires the block to break a law with a matching message; a skipped law does not count."""
    try:
        with pytest.raises(vaereg.ContractError, match=found) as caught:
            yield caught
    except NotHere as absence:
        pytest.fail(str(absence))
