"""The error for a declared component that does not go with the data or with the other parts."""

from __future__ import annotations

from vaereg.declaration.declaration import Slot
from vaereg.errors import DeclarationError, Problem


def does_not_fit(slot: Slot, message: str, hint: str, path: str = "") -> DeclarationError:
    """The error, placed at a slot.

    Args:
        slot: where the component is declared.
        message: what came, and what is allowed.
        hint: what to do.
        path: the key in the declaration; that of the slot if it is empty.
    """
    problem = Problem(
        code="does-not-fit", message=message, place=slot.place, path=path or slot.key, hint=hint
    )
    return DeclarationError([problem])
