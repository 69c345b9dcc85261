"""A pseudorandom order of examples that depends on their values, not on their positions."""

from __future__ import annotations

from collections import Counter
from hashlib import blake2b

import numpy as np


def order_by_content(values: np.ndarray, seed: int = 0) -> np.ndarray:
    """Returns the permutation (n,) that puts rows in a pseudorandom order fixed by their content.

    The first rows in this order are a random choice without replacement that does not depend on the
    order in which the rows come. Equal rows are spread over the order as different ones are, so the
    choice holds its share of them.

    Args:
        values: (n, ...).
        seed: another seed gives another order.
    """
    rows = np.ascontiguousarray(values.reshape(len(values), -1) + 0.0)  # -0.0 becomes 0.0
    key = seed.to_bytes(16, "little", signed=True)
    before: Counter[bytes] = Counter()
    digests = []
    for row in rows:
        digest = blake2b(row.data, digest_size=8, key=key).digest()
        copies = before[digest]
        before[digest] += 1
        if copies:  # the first of equal rows keeps its place, the others get places of their own
            digest = blake2b(digest + copies.to_bytes(8, "little"), digest_size=8).digest()
        digests.append(digest)
    return np.argsort(np.frombuffer(b"".join(digests), np.uint64), kind="stable")
