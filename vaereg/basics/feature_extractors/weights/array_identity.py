"""The short hash of everything that determines an extractor's features."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

import numpy as np


def array_identity(arrays: Mapping[str, np.ndarray], **settings: object) -> str:
    """Hashes the names, types, shapes and bytes of arrays, and plain settings: 8 hex digits."""
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        little = array.astype(array.dtype.newbyteorder("<"), copy=False)
        digest.update(f"\n{name} {little.dtype.str} {array.shape}\n".encode())
        digest.update(little.tobytes())
    return digest.hexdigest()[:8]
