"""`attrs.frozen` for classes that every command imports; attrs completes a class on its first use.

attrs writes and compiles several methods for each class. Every command imports some 80 of these
classes and uses a third of them. Here attrs gets to work when a class is first called or asked for
its fields; `==`, hash and repr are three functions that all classes share, and there are no slots.
`fields_of` reads the fields of a class that is only described, without the methods.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import RLock
from typing import TYPE_CHECKING, Any, NoReturn

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
        if "__init__" in own or "field_transformer" in options:
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
    cls.__attrs_attrs__ = _OnUse("__attrs_attrs__", complete, options)  # of `attrs.fields`
    cls.__signature__ = _OnUse("__signature__", complete, options)  # of `inspect.signature`
    made: type = cls
    return made


class _OnUse:
    """An attribute that its class has once attrs has completed the class with these options."""

    def __init__(
        self,
        name: str,
        complete: Callable[[], None],
        options: dict[str, Any],  # those of `attrs.frozen`
    ) -> None:
        self.name = name
        self.complete = complete
        self.options = options

    def __get__(self, instance: object, owner: type) -> object:
        self.complete()
        return getattr(owner, self.name)


def has_fields(cls: type) -> bool:
    """Like `attrs.has`, but attrs need not complete the class for the answer."""
    return any("__attrs_attrs__" in vars(each) for each in cls.__mro__)


def fields_of(cls: type[attrs.AttrsInstance]) -> Sequence[attrs.Attribute[object]]:
    """Like `attrs.fields`, but attrs need not complete the class for the answer.

    Some versions of attrs leave the aliases of such fields at None.
    """
    on_use = vars(cls).get("__attrs_attrs__")
    if isinstance(on_use, _OnUse):
        try:
            attrs.frozen(**on_use.options, field_transformer=_told)(cls)
        except _FieldsError as told:
            return told.fields
    fields: Sequence[attrs.Attribute[object]] = attrs.fields(cls)
    return fields


class _FieldsError(Exception):
    """Ends the work of attrs as soon as it knows the fields, before it changes the class."""

    def __init__(self, fields: Sequence[attrs.Attribute[object]]) -> None:
        super().__init__()
        self.fields = fields


def _told(cls: type, fields: list[attrs.Attribute[object]]) -> NoReturn:
    raise _FieldsError(tuple(fields))


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
