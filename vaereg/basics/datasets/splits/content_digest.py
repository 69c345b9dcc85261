"""The hash that shows whether two runs used the same data and the same split."""

from __future__ import annotations

import hashlib
import json


def content_digest(content: str, **recipe: object) -> str:
    """Hashes the content of a dataset together with its splits and conversion.

    Args:
        content: the hash of the bytes of the data.
        recipe: everything that determines the splits and the conversion, and nothing else, such as
            the location of the files.

    Returns:
        A sha256 of 64 hex digits.
    """
    text = json.dumps([content, recipe], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
