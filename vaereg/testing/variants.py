"""Variants of a component's parameters: one parameter at a bound or at another choice."""

from __future__ import annotations

import typing
from collections.abc import Iterator

import attrs

from vaereg.component import ParamInfo
from vaereg.contracts.plain_values import TomlValue
from vaereg.contracts.slot import Slot


@attrs.frozen
class ChangedParams:
    """One change of the parameters.

    Args:
        description: the change in words, such as `momentum = 0`.
        value: the new value.
        values: all values by name.
    """

    description: str
    value: TomlValue
    values: dict[str, TomlValue]


def variants(params: attrs.AttrsInstance) -> Iterator[ChangedParams]:
    """Each parameter at each of its bounds and choices, with the others unchanged.

    A bool takes both values; None is included if it is allowed. Parameters with neither bounds nor
    choices are skipped, and so are values that the class itself refuses.
    """
    values = {each.alias: getattr(params, each.name) for each in attrs.fields(type(params))}
    for told, alias, value, changed_to in _field_changes(params):
        if value == values[alias] and type(value) is type(values[alias]):
            continue
        changed = {**values, alias: value}
        try:
            type(params)(**changed)
        except ValueError:
            continue
        yield ChangedParams(told, changed_to, changed)


def _field_changes(params: attrs.AttrsInstance) -> Iterator[tuple[str, str, TomlValue, TomlValue]]:
    """The change in words, the name and new value of a field, and what was put into it."""
    hints = typing.get_type_hints(type(params))
    for field in attrs.fields(type(params)):
        value, hint = getattr(params, field.name), hints.get(field.name)
        if attrs.has(type(value)) and not isinstance(value, Slot):
            for inner in variants(value):
                made = type(value)(**inner.values)
                yield f"{field.alias}.{inner.description}", field.alias, made, inner.value
            continue
        info = field.metadata.get("vaereg")
        if info is not None:
            for each in _values_to_try(info, value, hint):
                yield f"{field.alias} = {each!r}", field.alias, each, each


def _values_to_try(info: ParamInfo, value: TomlValue, hint: object) -> Iterator[TomlValue]:
    kinds = set(_plain_types(hint))
    if bool in kinds:
        yield from (False, True)
    if type(None) in kinds:
        yield None
    many = _is_sequence(hint) and not isinstance(value, (int, float))
    length = max(len(value), 1) if isinstance(value, tuple) else 1
    singles = list(info.choices or ()) or [
        _as_number_of(each, kinds) for each in _bounds(info, kinds)
    ]
    for each in singles:
        yield (each,) * length if many and not isinstance(each, tuple) else each


def _bounds(info: ParamInfo, kinds: set[object]) -> Iterator[float]:
    """The smallest and the largest value; for an open bound of integers, the next integer."""
    whole = int in kinds and float not in kinds
    for closed, open_, step in ((info.ge, info.gt, 1), (info.le, info.lt, -1)):
        if closed is not None:
            yield closed
        elif open_ is not None and whole:
            yield open_ + step


def _as_number_of(bound: float, kinds: set[object]) -> int | float:
    return float(bound) if float in kinds else int(bound)


def _is_sequence(hint: object) -> bool:
    origin = typing.get_origin(hint)
    if origin is tuple:
        return True
    return any(_is_sequence(each) for each in typing.get_args(hint) if each is not hint)


def _plain_types(hint: object) -> Iterator[object]:
    inner = typing.get_args(hint)
    if not inner:
        yield hint
    for each in inner:
        yield from _plain_types(each)
