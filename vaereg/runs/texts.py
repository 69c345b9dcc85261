"""Examples that people read as text: what `Data.to_display` gives for sentences and the like."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from vaereg.runs.atomic import replacing

_BREAKS = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r"})
"""A line break within a text is written as `\\n`, so that each example has one line."""


def texts_of(displayed: object) -> list[str] | None:
    """Examples in the form that people read as texts, or None if they are numbers.

    Args:
        displayed: what `Data.to_display` returned: an array or a list of n texts, or of n rows of
            words or characters, which are joined, words by spaces; numbers may be among them.
    """
    if isinstance(displayed, str | bytes):
        return None
    if isinstance(displayed, np.ndarray) and displayed.dtype.kind not in "USOT":
        return None
    rows = displayed.tolist() if isinstance(displayed, np.ndarray) else displayed
    if not isinstance(rows, Sequence):
        return None
    texts = [_text(row) for row in rows]
    return None if None in texts else [text for text in texts if text is not None]


def write_texts(path: Path, texts: Iterable[str]) -> None:
    """Writes texts to a file in UTF-8, each on one line."""
    lines = [f"{text.translate(_BREAKS)}\n" for text in texts]
    with replacing(path) as temporary:
        temporary.write_text("".join(lines), encoding="utf-8", errors="backslashreplace")


def _text(row: object) -> str | None:
    if isinstance(row, bytes):
        return row.decode("utf-8", "backslashreplace")
    if isinstance(row, str):
        return row
    if not isinstance(row, Sequence | np.ndarray) or not len(row):
        return None
    parts = [_text(each) for each in row]
    if all(part is None for part in parts):
        return None
    words = [
        f"{each:g}" if part is None and isinstance(each, int | float) else part or str(each)
        for each, part in zip(row, parts, strict=True)
    ]
    return ("" if all(len(each) <= 1 for each in words) else " ").join(words)
