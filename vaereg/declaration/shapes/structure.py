"""The strict reader of parameters: from an attrs class to a table's shape, values and JSON Schema.

Supported types: bool, int, float, str, pathlib.Path, None, Literal, unions, tuple[T, ...],
tuple[A, B], list[T], dict[str, T], Any, object, nested attrs classes, `Schedule`, `NamedChoice`
(an optimizer), `LearningRateSchedule` and `Slot` (a part, declared with `vaereg.slot`). A class
without `vaereg.param` works too, without bounds and meanings.
"""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import attrs

from vaereg.contracts.plain_values import JsonObject
from vaereg.contracts.schedule import Schedule
from vaereg.contracts.slot import (
    HELD,
    Adaptive,
    Balance,
    LearningRateSchedule,
    NamedChoice,
    Slot,
)
from vaereg.declaration.shapes.compound import Absent, Anything, Array, FixedArray, Mapped, Union
from vaereg.declaration.shapes.optimizers import OPTIMIZER, SCHEDULE_PARAMETER
from vaereg.declaration.shapes.plain import Boolean, Choice, Integer, Number, Shape, Text
from vaereg.declaration.shapes.schedules import ScheduleShape
from vaereg.declaration.shapes.slot_shape import SlotShape, held_kinds
from vaereg.declaration.shapes.tables import NO_INFO, Field, Table
from vaereg.declaration.text.document import Document
from vaereg.declaration.text.findings import FAULT, Fault, Findings
from vaereg.declaration.text.tree import Node, grown
from vaereg.frozen import fields_of, frozen, has_fields

T = TypeVar("T")


class UnsupportedTypeError(TypeError):
    """A params class declares a parameter whose type TOML cannot express."""


class _PathText:
    """A path, written as a string."""

    words = Text.words
    plural = Text.plural
    example = Text.example

    def takes(self, value: object) -> bool:
        return Text().takes(value)

    def read(self, node: Node, findings: Findings) -> Path | Fault:
        text = Text().read(node, findings)
        return text if text is FAULT else Path(text)

    def schema(self) -> JsonObject:
        return Text().schema()


_PLAIN: dict[object, Shape[object]] = {
    bool: Boolean(),
    int: Integer(),
    float: Number(),
    str: Text(),
    Path: _PathText(),
    Any: Anything(),  # a plugin may declare a parameter as Any
    object: Anything(),
    list: Array(Anything(), make=list),
    tuple: Array(Anything()),
    dict: Mapped(Anything()),
    Schedule: ScheduleShape(),
    NamedChoice: OPTIMIZER,
    LearningRateSchedule: SCHEDULE_PARAMETER,
}


def table_of(cls: type[T]) -> Table[T]:
    """The table that an attrs class describes.

    Raises:
        UnsupportedTypeError: naming the parameter whose type TOML cannot express.
    """
    known: type = cls
    return cast("Table[T]", _table_of(known))  # a cached function loses the type of its argument


@cache
def _table_of(cls: type) -> Table[object]:
    try:
        hints = typing.get_type_hints(cls)
    except (NameError, TypeError, SyntaxError) as fault:
        raise UnsupportedTypeError(
            f"the types of {cls.__name__} cannot be read: {fault}"
        ) from fault
    fields = {}
    for attribute in fields_of(cls):
        if not attribute.init:
            continue
        where = f"{cls.__name__}.{attribute.name}"
        name = attribute.alias or attribute.name.lstrip("_")
        fields[name] = Field(
            shape=_shape(hints.get(attribute.name, object), where, _held(attribute)),
            required=attribute.default is attrs.NOTHING,
            default=plain(_default(attribute)),
            info=attribute.metadata.get("vaereg", NO_INFO),
        )
        if _held(attribute) is not None and not held_kinds(fields[name].shape):
            raise UnsupportedTypeError(f"{where}: a slot is annotated as vaereg.Slot")
    return Table(fields=fields, make=cls, title=cls.__name__)


def where_written(cls: type) -> str:
    """`file:line` of a params class, or its module if there is no source."""
    try:
        return f"{inspect.getsourcefile(cls)}:{inspect.getsourcelines(cls)[1]}"
    except (OSError, TypeError):
        return cls.__module__


def structured(cls: type[T], values: Mapping[str, object], owner: str = "") -> T:
    """An instance of a params class from plain values, checked like registry.toml.

    Raises:
        DeclarationError: with every problem found.
    """
    findings = Findings(Document(values=dict(values), source=owner or cls.__name__))
    instance = attrs.evolve(table_of(cls), owner=owner).read(grown(dict(values)), findings)
    findings.raise_any()
    return cast("T", instance)  # not FAULT: raise_any would have raised


def json_schema(cls: type) -> JsonObject:
    """The JSON Schema of a params class, from the same table that reads its values."""
    return table_of(cls).schema()


@frozen(kw_only=True)
class Parameter:
    """One parameter of a component, described for people.

    `default` is a plain TOML value, or None; see `required`.
    """

    name: str
    type: str
    required: bool
    default: object
    allowed: str
    meaning: str
    unit: str
    example: str


def parameters(cls: type) -> tuple[Parameter, ...]:
    """The parameters of a params class, as `vaereg describe` shows them.

    Raises:
        UnsupportedTypeError: see `table_of`.
    """
    return described(table_of(cls).fields)


def described(fields: Mapping[str, Field]) -> tuple[Parameter, ...]:
    """The fields of a table as `vaereg describe` shows them."""
    return tuple(
        Parameter(
            name=name,
            type=field.shape.words,
            required=field.required,
            default=field.default,
            allowed=field.info.allowed(),
            meaning=field.info.meaning,
            unit=field.info.unit,
            example=field.shape.example,
        )
        for name, field in fields.items()
    )


def plain(value: object) -> object:
    """A structured value in the types of TOML and JSON: tables, arrays, plain values, or None."""
    if isinstance(value, Slot):
        if value.declared is not None:
            return value.declared
        return {"use": value.offer.full_name} | plain_fields(value.params)
    if isinstance(value, NamedChoice):
        return {"use": value.use} | {key: plain(each) for key, each in value.params.items()}
    if isinstance(value, Adaptive):
        return {"adaptive": value.scale, "max": value.maximum}
    if isinstance(value, Balance):
        return {"balance": value.share}
    if isinstance(value, Schedule):
        return _plain_schedule(value)
    if attrs.has(type(value)):
        return plain_fields(value)
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(each) for each in value]
    return str(value) if isinstance(value, Path) else value


def plain_fields(instance: object) -> dict[str, object]:
    """The fields of an instance of an attrs class, by key, each converted by `plain`."""
    cls: type = type(instance)
    fields = (each for each in attrs.fields(cls) if each.init)
    return {each.alias: plain(getattr(instance, each.name)) for each in fields}


def _plain_schedule(schedule: Schedule) -> object:
    if schedule.form == "constant":
        return schedule.values[0]
    times = [int(time) if schedule.unit == "steps" else time for time in schedule.lengths]
    table: dict[str, object] = {
        schedule.form: list(schedule.values),
        schedule.unit: times if schedule.form == "piecewise" else times[0],
    }
    return table | {"rise": schedule.rise} if schedule.form == "cyclical" else table


def _default(attribute: attrs.Attribute[object]) -> object:
    default: Any = attribute.default  # may be a Factory, which attrs types as a function
    if default is attrs.NOTHING:
        return None
    if isinstance(default, attrs.Factory):  # type: ignore[arg-type]  # as above
        return None if default.takes_self else default.factory()
    return default


def _held(attribute: attrs.Attribute[object]) -> SlotShape | None:
    """The shape of the slots that a parameter holds, if it is declared with `vaereg.slot`."""
    kind = attribute.metadata.get(HELD)
    if kind is None:
        return None
    return SlotShape(kind, attribute.default if isinstance(attribute.default, str) else "")


def _shape(hint: object, where: str, held: SlotShape | None = None) -> Shape[object]:
    """The shape of a hint, in which `held` is the shape of a `Slot`."""
    if hint is Slot:
        if held is None:
            raise UnsupportedTypeError(
                f"{where}: a parameter that holds a part is declared with "
                "vaereg.slot(KIND, default=..., meaning=...)"
            )
        return held
    if hint in _PLAIN:
        return _PLAIN[hint]
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in {typing.Annotated, typing.Final}:
        return _shape(arguments[0], where, held)
    if origin is typing.Literal:
        return Choice(arguments)
    if origin in {typing.Union, types.UnionType}:
        return _union(arguments, where, held)
    if origin is tuple and arguments and arguments[-1] is not Ellipsis:
        return FixedArray(tuple(_shape(each, where, held) for each in arguments))
    if origin in {tuple, list}:
        return Array(_shape(arguments[0], where, held), make=origin)
    if isinstance(origin, type) and issubclass(origin, Mapping) and arguments[0] is str:
        return Mapped(_shape(arguments[1], where, held))
    if isinstance(origin, type) and issubclass(tuple, origin) and len(arguments) == 1:
        return Array(_shape(arguments[0], where, held))  # Sequence, Collection, Iterable
    if isinstance(hint, type) and has_fields(hint):
        return table_of(hint)
    raise UnsupportedTypeError(f"{where}: TOML cannot express a value of type {hint}")


def _union(arguments: tuple[object, ...], where: str, held: SlotShape | None) -> Shape[object]:
    options = [_shape(each, where, held) for each in arguments if each is not type(None)]
    optional = len(options) < len(arguments)
    if optional and not any(each.takes(False) for each in options):
        options.append(Absent())
    return options[0] if len(options) == 1 else Union(tuple(options))
