"""An arbitrary order of examples that depends on their values and not on their positions."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np


def order_by_content(values: np.ndarray, seed: int = 0) -> np.ndarray:
    """A permutation (n,) that puts rows in one pseudorandom order, whatever order they come in.

    The first rows of that order are a random choice without replacement, and the choice does not
    change with the order of the examples. Equal rows stay together.

    Args:
        values: (n, ...).
        seed: another seed gives another order.
    """
    rows = np.ascontiguousarray(values.reshape(len(values), -1) + 0.0)  # -0.0 becomes 0.0
    key = seed.to_bytes(16, "little", signed=True)
    digests = [blake2b(row.data, digest_size=8, key=key).digest() for row in rows]
    return np.argsort(np.frombuffer(b"".join(digests), np.uint64), kind="stable")
