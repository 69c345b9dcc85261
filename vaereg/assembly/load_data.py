"""`Declaration` -> `Data`: builds the dataset component and checks what it gives."""

from __future__ import annotations

from collections.abc import Callable

from vaereg.assembly.blame import blaming
from vaereg.assembly.build_component import build_component, data_context
from vaereg.contracts.data import Data
from vaereg.contracts.dataset import Dataset
from vaereg.declaration.declaration import Declaration
from vaereg.errors import ContractError, DataError


def load_data(
    declaration: Declaration,
    share: Callable[[float], None] = lambda share: None,
    *,
    earlier_splits: bool = False,
) -> Data:
    """Reads the data that a declaration names.

    Args:
        declaration: whose data to read.
        share: is called with the share of the data that is read, from 0 to 1.
        earlier_splits: divide it as a run of an earlier version did.

    Raises:
        DataError: if the data cannot be used.
        PluginError: if the dataset component cannot be built.
    """
    slot = declaration.data_slot
    context = data_context(declaration, share, earlier_splits=earlier_splits)
    dataset = build_component(slot, context, Dataset)
    with blaming(slot, "cannot be read"):
        data = dataset()
    if not isinstance(data, Data):
        raise ContractError(f"{slot.offer.label} gave {type(data).__name__}; a dataset gives Data.")
    return data


def check_batch_size(data: Data, declaration: Declaration) -> None:
    """Raises DataError if the training examples do not fill one batch."""
    if len(data.train) < declaration.train.batch_size:
        raise DataError(
            f"[data.{declaration.data_name}] has {len(data.train)} training examples, fewer than "
            f"one batch of {declaration.train.batch_size}.\n"
            f"Set [train] batch_size to at most {len(data.train)}, or give more data."
        )
