"""What belongs to a model without being a layer of it."""

from __future__ import annotations

from typing import Any

from vaereg.assembly.parts import Parts
from vaereg.declaration.declaration import Declaration, Slot


class Held:
    """Holds what belongs to a model without Keras tracking the layers and variables inside."""

    def __init__(self, parts: Parts, declaration: Declaration) -> None:
        self.parts = parts
        self.declaration = declaration
        self.by_player: dict[str, list[Any]] = {}
        self.means: Any = None
        self.functions: dict[str, Any] = {}

    def many(self) -> dict[str, Slot]:
        slots = (*self.declaration.regularizers, *self.declaration.discriminators)
        return {slot.key: slot for slot in slots}
