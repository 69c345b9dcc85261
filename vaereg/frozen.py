"""`attrs.frozen` for classes that every command imports; creating a class takes half the time.

attrs writes and compiles `==`, a hash and a repr for each class, and creates the class again to
give it slots. Every command creates some 80 of these classes before it does anything. Here they
all share three functions that look up the fields, and they have no slots.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from attrs import frozen as frozen  # what type checkers see
else:

    def frozen(cls=None, /, *, eq=True, **options):
        """Like `attrs.frozen`; with `eq=False`, an instance is equal only to itself."""
        if cls is None:
            return lambda made: frozen(made, eq=eq, **options)
        own = vars(cls)
        if eq and "__eq__" not in own:
            cls.__eq__, cls.__hash__ = _equal, _hash
        if "__repr__" not in own:
            cls.__repr__ = _repr
        return attrs.frozen(eq=False, repr=False, slots=False, **options)(cls)


def _compared(instance: attrs.AttrsInstance) -> tuple[object, ...]:
    fields = type(instance).__attrs_attrs__
    return tuple([getattr(instance, each.name) for each in fields if each.eq])


def _equal(self: attrs.AttrsInstance, other: attrs.AttrsInstance) -> object:
    if type(other) is not type(self):
        return NotImplemented
    return _compared(self) == _compared(other)


def _hash(self: attrs.AttrsInstance) -> int:
    return hash((type(self), _compared(self)))


def _repr(self: attrs.AttrsInstance) -> str:
    fields = type(self).__attrs_attrs__
    shown = ", ".join([f"{each.name}={getattr(self, each.name)!r}" for each in fields if each.repr])
    return f"{type(self).__qualname__.rpartition('>.')[2]}({shown})"
