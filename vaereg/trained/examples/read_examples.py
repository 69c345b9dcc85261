"""The examples that a trained model is used on: a file, a folder, or a split of its own data."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from vaereg.assembly.blame import blaming
from vaereg.assembly.build_component import build_component, data_context
from vaereg.contracts.data import Data, DataSpec
from vaereg.contracts.dataset import Dataset
from vaereg.contracts.examples import Examples
from vaereg.declaration.declaration import Declaration
from vaereg.errors import ContractError, DataError
from vaereg.host.progress import Progress
from vaereg.trained.split_of_data import check_split, split_of

if TYPE_CHECKING:
    from vaereg.contracts.dataset import ReadsMore


def read_examples(
    path: Path,
    declaration: Declaration,
    spec: DataSpec,
    data: Callable[[], Data],
    progress: Progress,
) -> Examples:
    """Reads a file or a folder with the dataset of the training. Never imports keras.

    Args:
        path: the file or the folder.
        declaration: of the training; its dataset reads.
        spec: of the data of the training.
        data: reads that data; called if the dataset needs it.
        progress: shows which share is read, and the notes on what was read.

    Raises:
        DataError: if there is no such file, if the dataset cannot read it, or if the examples have
            another shape or range than those of the training.
        PluginError: if the dataset fails.
    """
    if not path.exists():
        raise DataError(f"{path} does not exist; give a file, a folder, or a split of the run")
    if not (path.is_file() or path.is_dir()):
        raise DataError(f"{path} is neither a file nor a folder, but a pipe or a device")
    slot = declaration.data_slot
    dataset = build_component(slot, data_context(declaration, progress.share), Dataset)
    if not hasattr(dataset, "read"):
        raise DataError(
            f"{slot.offer.label} reads no other files than its own, so {path} cannot be read as "
            "the training data was. Use a split of the run, or pass arrays in Python "
            "(vaereg.load)."
        )
    progress.stage(f"reading {path}")
    reader = cast("ReadsMore", dataset)
    with blaming(slot, f"cannot read {path}"):
        found = reader.read(path, spec, data)
    progress.end_stage()
    if not isinstance(found, Examples):
        raise ContractError(
            f"{slot.offer.label} gave {type(found).__name__}; `read` of a dataset gives Examples."
        )
    if not len(found):
        raise DataError(f"{path}: holds no examples")
    for note in found.notes:
        progress.remark(note, "data")
    return found


def examples_of_split(data: Data, name: str, data_name: str) -> Examples:
    """A split of the training data.

    Args:
        data: the data.
        name: "train", "validation" or "test".
        data_name: the key of the data in the registry, for messages.

    Raises:
        UsageError: for any other split.
        DataError: if the data has no such split.
    """
    check_split(name)
    split = split_of(data, name, 1, data_name)
    names = data.spec.class_names or tuple(map(str, range(data.spec.classes or 0)))
    return Examples(split=split, names=partial(data.names_of, name), class_names=names)
