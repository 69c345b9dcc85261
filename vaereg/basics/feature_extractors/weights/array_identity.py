"""The short hash of what decides an extractor's features."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

import numpy as np


def array_identity(arrays: Mapping[str, np.ndarray], **settings: object) -> str:
    """8 hex digits over names, types, shapes and bytes of arrays, and over plain settings."""
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        little = array.astype(array.dtype.newbyteorder("<"), copy=False)
        digest.update(f"\n{name} {little.dtype.str} {array.shape}\n".encode())
        digest.update(little.tobytes())
    return digest.hexdigest()[:8]
