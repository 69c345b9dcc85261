"""`attrs.frozen` for classes that every command imports; attrs completes a class on its first use.

attrs writes and compiles several methods for each class. Every command imports some 80 of these
classes and uses a third of them. Here attrs gets to work when a class is first called or asked for
its fields; `==`, hash and repr are three functions that all classes share, and there are no slots.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import RLock
from typing import TYPE_CHECKING, Any

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
        if "__init__" in own:
            return attrs.frozen(eq=False, repr=False, slots=False, **options)(cls)
        return _completed_on_use(cls, options)


_LOCK = RLock()


def _completed_on_use(
    cls: Any,  # a class whose attributes are replaced
    options: dict[str, Any],  # those of `attrs.frozen`
) -> type:
    """The class, which attrs completes when one of its instances or its fields are needed."""
    for base in cls.__mro__[1:]:  # attrs asks whether a base is frozen
        getattr(base, "__attrs_attrs__", None)

    def complete() -> None:
        with _LOCK:
            if vars(cls).get("__init__") is first_init:
                del cls.__signature__
                attrs.frozen(eq=False, repr=False, slots=False, init=True, **options)(cls)

    def first_init(self: object, /, *args: object, **fields: object) -> None:
        complete()
        cls.__init__(self, *args, **fields)

    cls.__init__ = first_init
    cls.__attrs_attrs__ = _OnUse("__attrs_attrs__", complete)  # of `attrs.fields`
    cls.__signature__ = _OnUse("__signature__", complete)  # of `inspect.signature`
    made: type = cls
    return made


class _OnUse:
    """An attribute that its class has once attrs has completed the class."""

    def __init__(self, name: str, complete: Callable[[], None]) -> None:
        self.name = name
        self.complete = complete

    def __get__(self, instance: object, owner: type) -> object:
        self.complete()
        return getattr(owner, self.name)


def has_fields(cls: type) -> bool:
    """Like `attrs.has`, but attrs need not complete the class for the answer."""
    return any("__attrs_attrs__" in vars(each) for each in cls.__mro__)


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
