"""A slot from a single value outside a model, such as the value of an option."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from vaereg.contracts.catalog import ComponentSource
from vaereg.contracts.plain_values import TomlValue
from vaereg.declaration.declaration import Slot
from vaereg.declaration.slots import read_slot
from vaereg.declaration.text.document import Document
from vaereg.declaration.text.findings import Findings
from vaereg.declaration.text.tree import grown


def slot_from_value(
    kind: str, value: TomlValue, path: Sequence[str], source: ComponentSource, file: str
) -> Slot:
    """The slot that a name, or a table with `use` and parameters, declares.

    Args:
        kind: the kind of component.
        value: the name or the table.
        path: the keys that lead to the value; the last is the slot's key.
        source: the available components.
        file: the file or option with the value, for messages.

    Raises:
        DeclarationError: with every problem.
    """
    values = value
    for key in reversed(path):
        values = {key: values}
    findings = Findings(Document(values=values, source=file))
    node = grown(values)
    for key in path:
        node = node.table()[key]
    slot = read_slot(kind, path[-1], node, source, findings)
    findings.raise_any()
    return cast("Slot", slot)  # not FAULT: raise_any would have raised
