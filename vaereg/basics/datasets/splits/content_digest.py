"""The hash that shows whether two runs used the same data and the same split."""

from __future__ import annotations

import hashlib
import json


def content_digest(content: str, **recipe: object) -> str:
    """A hash of the content and of how it was cut and converted: sha256, 64 hex digits.

    Args:
        content: the hash of the bytes of the data.
        recipe: all that decides the splits and the conversion, and nothing else: not where
            the files are.
    """
    text = json.dumps([content, recipe], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
