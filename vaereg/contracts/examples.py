"""Examples that a dataset reads for a trained model, from other files than its own."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import numpy as np

from vaereg.contracts.data import Split


@attrs.frozen(kw_only=True, eq=False)
class Examples:
    """The examples of a file or a folder, read as the training data was.

    Args:
        split: the examples, in the order of the files. Its labels number `class_names`.
        names: where the examples at the given indices stand in the files, such as "cats/07.png" or
            "people.csv, line 12".
        class_names: the names of the classes that occur, which the trained model need not know;
            empty if there are no labels.
        notes: what a user should know about how the files were read, one sentence each.
    """

    split: Split
    names: Callable[[np.ndarray], list[str]]
    class_names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.split)

    def labels(self, indices: np.ndarray) -> list[str] | None:
        """The names of the classes at `indices`, or None if there are no labels."""
        numbers = self.split.labels(indices) if self.class_names else None
        return None if numbers is None else [self.class_names[each] for each in numbers.tolist()]
