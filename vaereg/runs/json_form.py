"""Compares a value that was read from JSON with the types that its reader expects."""

from __future__ import annotations

from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Any, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

import attrs


def misfit(value: object, expected: object, where: str = "") -> str:
    """The first place at which a value has another type than expected, in words; empty if none.

    Args:
        value: as `json.loads` returns it.
        expected: a type: of JSON's scalars, a list, tuple, dict or union of these, an attrs class
            or a TypedDict. `Any` is anything. A tuple of any length may be a list in JSON.
        where: the path of the value.
    """
    if expected is Any:  # the type itself: a value of any type fits it
        return ""
    origin, arguments = get_origin(expected), get_args(expected)
    if origin in (Union, UnionType):
        found = [misfit(value, each, where) for each in arguments if each is not NoneType]
        fits = "" in found or (value is None and NoneType in arguments)
        return "" if fits else found[0]
    if origin in (tuple, list):
        return _misfit_in_list(value, arguments, where)
    if origin is not None and issubclass(origin, Mapping):
        if not isinstance(value, dict):
            return _said(value, "a table", where)
        inner = (misfit(each, arguments[1], _inside(where, key)) for key, each in value.items())
        return next(filter(None, inner), "")
    assert isinstance(expected, type), f"no type: {expected}"
    if is_typeddict(expected) or attrs.has(expected):
        return _misfit_in_table(value, expected, where)
    if expected is float:
        right = isinstance(value, int | float) and not isinstance(value, bool)
    elif expected is int:
        right = isinstance(value, int) and not isinstance(value, bool)
    else:
        right = isinstance(value, expected)
    return "" if right else _said(value, _NAMES.get(expected, expected.__name__), where)


_NAMES = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}


def _misfit_in_list(value: object, arguments: tuple[object, ...], where: str) -> str:
    if not isinstance(value, list | tuple):
        return _said(value, "a list", where)
    if len(arguments) == 2 and arguments[1] is not ...:
        if len(value) != 2:
            return _said(value, "a list of two", where)
        types: tuple[object, ...] = arguments
    else:
        types = arguments[:1] * len(value)
    for index, (each, expected) in enumerate(zip(value, types, strict=True)):
        if found := misfit(each, expected, _inside(where, str(index))):
            return found
    return ""


def _misfit_in_table(value: object, expected: type, where: str) -> str:
    if not isinstance(value, dict):
        return _said(value, "a table", where)
    types = get_type_hints(expected)
    if attrs.has(expected):
        fields = attrs.fields(expected)
        types = {field.name: types[field.name] for field in fields}
        needed = {field.name for field in fields if field.default is attrs.NOTHING}
        unknown = sorted(value.keys() - types.keys())
        if unknown:
            return f"{_inside(where, unknown[0])} is no known key"
    else:
        written = get_type_hints(expected, include_extras=True)
        needed = {name for name, each in written.items() if get_origin(each) is not NotRequired}
    for key, each in types.items():
        if key not in value:
            if key in needed:
                return f"{_inside(where, key)} is missing"
        elif found := misfit(value[key], each, _inside(where, key)):
            return found
    return ""


def _inside(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key


def _said(value: object, expected: str, where: str) -> str:
    text = repr(value)
    shown = text if len(text) <= 60 else text[:57] + "..."
    return f"{where or 'its content'} is {shown}, not {expected}"
