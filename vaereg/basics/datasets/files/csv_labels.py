"""The labels in a column of a text table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vaereg.basics.datasets.files.cells import is_number


def typed_labels(labels: Sequence[str], source: str) -> tuple[np.ndarray, str]:
    """Numbers if every label is a number, so that 9 precedes 10; otherwise text.

    Labels that are spelled differently stay different: as text, if they are the same number.

    Args:
        labels: the cells.
        source: the file and column, for the note.

    Returns:
        The labels, and a note if different spellings of a number are different classes.
    """
    if not all(map(is_number, labels)):
        return np.array(labels), ""
    numbers: dict[str, float | int] = {}
    for label in {*labels}:
        try:
            numbers[label] = int(label)
        except ValueError:  # 1.0 or 1e3
            numbers[label] = float(label)
    by_number: dict[float | int, list[str]] = {}
    for label in sorted(numbers):
        by_number.setdefault(numbers[label], []).append(label)
    twice = [spellings for spellings in by_number.values() if len(spellings) > 1]
    if twice:
        return np.array(labels), (
            f"{source}: {len(twice)} labels are spelled in several ways, such as "
            f"{' and '.join(map(repr, twice[0]))}, which are taken as different classes"
        )
    values = [numbers[label] for label in labels]
    if max(map(abs, values)) <= 2**53:
        return np.array(values), ""
    if all(isinstance(value, int) and abs(value) < 2**63 for value in values):
        return np.array(values, np.int64), ""
    return np.array(labels), ""
