"""What a trained model is used on, and where the result is written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import attrs

from vaereg.contracts.plain_values import TomlValue
from vaereg.errors import UsageError
from vaereg.runs.layout import ROOT


@attrs.frozen(kw_only=True)
class UseOptions:
    """How a trained model is used on examples.

    Args:
        out: the file or folder that the result is written to.
        data: a file or a folder of examples; None for a split of the run's data.
        split: "train", "validation" or "test"; None for `data`.
        force: whether an existing file is replaced.
        given: conditions of all examples by name, such as `{"label": 3}`; those that the data has
            are read with it.
        seed: of draws.
        weights: "final", "last" or "best".
        backend: the Keras backend; None for that of the run.
        runs: the folder of all runs.
        ignore_lock: continue even if installed versions or the data differ from the run lock.
        no_plugins: distributions to leave out; True for all but the built-in components.
    """

    out: str
    data: str | None = None
    split: str | None = None
    force: bool = False
    given: Mapping[str, TomlValue] = attrs.field(factory=dict)
    seed: int = 0
    weights: str = "final"
    backend: str | None = None
    runs: Path = ROOT
    ignore_lock: bool = False
    no_plugins: bool | tuple[str, ...] = False


@attrs.frozen(kw_only=True)
class Used:
    """What a trained model was used for.

    Args:
        run: the run folder.
        path: the file or the folder that was written.
        count: the number of examples.
        weights: which weights were used: "final", "last" or "best".
    """

    run: Path
    path: Path
    count: int
    weights: str


def check_source(options: UseOptions) -> None:
    """Raises UsageError unless there is either a file or a split."""
    if (options.data is None) == (options.split is None):
        raise UsageError(
            "give either a file or folder of examples, or --split train, validation or test"
        )
