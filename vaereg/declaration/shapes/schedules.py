"""Weights in registry.toml: a number, a table that says how it changes, or how it is measured."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from vaereg.component import ParamInfo
from vaereg.contracts.plain_values import JsonObject
from vaereg.contracts.schedule import Schedule
from vaereg.declaration.declaration import Adaptive, Balance
from vaereg.declaration.shapes.compound import Array
from vaereg.declaration.shapes.plain import Integer, Number, Shape, wrong_type
from vaereg.declaration.shapes.tables import Field, Table, unknown_key, within_bounds
from vaereg.declaration.text.findings import FAULT, Fault, Findings
from vaereg.declaration.text.tree import Node

FORMS = ("ramp", "cosine", "cyclical", "piecewise")
UNITS = ("epochs", "steps")
MEASURED = ("adaptive", "balance")
"""The keys of weights that are measured from gradients in each step."""

EXAMPLES = """\
such as 0.5
or { ramp = [0.0, 1.0], epochs = 5 }
or { cosine = [0.0, 1.0], steps = 1000 }
or { cyclical = [0.0, 1.0], epochs = 10, rise = 0.5 }
or { piecewise = [0.0, 0.5, 1.0], epochs = [5, 10] }"""

_NUMBERS = Array(Number())
_TIMES: dict[str, Shape[float]] = {"epochs": Number(), "steps": Integer()}
_POSITIVE = ParamInfo(meaning="", gt=0)
_RISE = ParamInfo(meaning="the fraction of a cycle that rises from start to end", gt=0, le=1)


def changes(value: object) -> bool:
    """Whether a value is a schedule or a measured weight, which is replaced, not merged."""
    return isinstance(value, Mapping) and any(form in value for form in (*FORMS, *MEASURED))


class ScheduleShape:
    """A number, or a schedule in epochs or steps; read as a `Schedule`."""

    words = "a number or a schedule"
    plural = "schedules"
    example = "1.0"

    def takes(self, value: object) -> bool:
        return isinstance(value, Mapping) or Number().takes(value)

    def read(self, node: Node, findings: Findings) -> Schedule | Fault:
        if not self.takes(node.value):
            return wrong_type(self, node, findings)
        if not node.is_table:
            number = Number().read(node, findings)
            return FAULT if number is FAULT else Schedule.constant(number)
        before = len(findings)
        table = node.table()
        measured = next((key for key in MEASURED if key in table), None)
        if measured is not None:
            message = (
                f"`{node.name}` cannot be measured by `{measured}`; only the weights of "
                "regularizers and discriminators can"
            )
            return findings.add("does-not-fit", message, table[measured], EXAMPLES, of="key")
        for key, entry in table.items():
            if key not in (*FORMS, *UNITS, "rise"):
                unknown_key(key, entry, findings, (*FORMS, *UNITS, "rise"), "a schedule")
        form = self._one_of(FORMS, node, findings)
        unit = self._one_of(UNITS, node, findings)
        if not form or not unit:
            return FAULT
        values = self._values(form, table[form], findings)
        lengths = self._lengths(form, unit, table[unit], values, findings)
        rise = self._rise(form, table.get("rise"), findings)
        if len(findings) > before:
            return FAULT
        return Schedule(form=form, values=values, unit=unit, lengths=lengths, rise=rise)

    def schema(self) -> JsonObject:
        """As JSON Schema: one alternative for each form and unit."""
        number = {"type": "number"}
        alternatives: list[JsonObject] = [number]
        for form in FORMS:
            for unit in UNITS:
                time = {"type": "integer" if unit == "steps" else "number", "exclusiveMinimum": 0}
                pair = {"type": "array", "items": number, "minItems": 2}
                steps = {"type": "array", "items": time, "minItems": 1}
                properties: JsonObject = {
                    form: pair if form == "piecewise" else pair | {"maxItems": 2},
                    unit: steps if form == "piecewise" else time,
                }
                if form == "cyclical":
                    properties["rise"] = {"type": "number", "exclusiveMinimum": 0, "maximum": 1}
                alternatives.append(
                    {
                        "type": "object",
                        "properties": properties,
                        "required": [form, unit],
                        "additionalProperties": False,
                    }
                )
        return {"anyOf": alternatives}

    def _one_of(self, keys: tuple[str, ...], node: Node, findings: Findings) -> str:
        given = [key for key in node.table() if key in keys]
        if len(given) == 1:
            return given[0]
        what = " or ".join(f"`{key}`" for key in keys)
        if not given:
            message = f"the schedule `{node.name}` needs {what}"
            findings.add("schedule-incomplete", message, node, EXAMPLES)
        else:
            both = " and ".join(f"`{key}`" for key in given)
            message = f"the schedule `{node.name}` has {both}; it must have exactly one of {what}"
            findings.add("schedule-ambiguous", message, node.table()[given[1]], EXAMPLES, of="key")
        return ""

    def _values(self, form: str, node: Node, findings: Findings) -> tuple[float, ...]:
        values = _NUMBERS.read(node, findings)
        if values is FAULT:
            return ()
        wanted = "at least two" if form == "piecewise" else "two"
        if len(values) < 2 or (form != "piecewise" and len(values) > 2):
            message = f"`{node.name}` must have {wanted} values; got {len(values)}"
            findings.add("wrong-length", message, node, EXAMPLES)
        return tuple(values)

    def _lengths(
        self, form: str, unit: str, node: Node, values: tuple[float, ...], findings: Findings
    ) -> tuple[float, ...]:
        if form != "piecewise":
            length = _TIMES[unit].read(node, findings)
            if length is FAULT or not within_bounds(_POSITIVE, node, length, findings):
                return ()
            return (float(length),)
        times = Array(_TIMES[unit]).read(node, findings)
        if times is FAULT or not within_bounds(_POSITIVE, node, times, findings):
            return ()
        if values and len(times) != len(values) - 1:
            message = (
                f"`{node.name}` must have {len(values) - 1} times, one fewer than the "
                f"{len(values)} values; got {len(times)}"
            )
            findings.add("wrong-length", message, node)
        for entry, (one, next_one) in zip(node.elements()[1:], pairwise(times), strict=True):
            if next_one <= one:
                message = f"the times of `{node.name}` must increase; {next_one} follows {one}"
                findings.add("not-increasing", message, entry)
        return tuple(float(time) for time in times)

    def _rise(self, form: str, node: Node | None, findings: Findings) -> float:
        if node is None:
            return 0.5
        if form != "cyclical":
            message = f"`rise` is allowed only with `cyclical`; this schedule is `{form}`"
            findings.add("unknown-key", message, node, "remove it", of="key")
            return 0.5
        rise = Number().read(node, findings)
        return rise if rise is not FAULT and within_bounds(_RISE, node, rise, findings) else 0.5


_ADAPTIVE = Table(
    fields={
        "adaptive": Field(
            shape=Number(),
            required=True,
            info=ParamInfo(meaning="a factor on the computed weight", gt=0),
        ),
        "max": Field(
            shape=Number(), default=1e4, info=ParamInfo(meaning="the largest weight", gt=0)
        ),
    },
    make=lambda adaptive, max=1e4: Adaptive(scale=adaptive, maximum=max),  # noqa: A006  # TOML's key
    owner="an adaptive weight",
)


_BALANCE = Table(
    fields={
        "balance": Field(
            shape=Number(),
            required=True,
            info=ParamInfo(
                meaning="its share of the gradient at the decoder's output, relative to the losses "
                "with fixed weights, which have the share 1",
                gt=0,
            ),
        )
    },
    make=lambda balance: Balance(share=balance),
    owner="a balanced weight",
)

_TABLES: dict[str, Shape[object]] = {"adaptive": _ADAPTIVE, "balance": _BALANCE}


class TermWeightShape:
    """The weight of a regularizer or discriminator: a number, a schedule, or measured."""

    words = 'a number, a schedule, "adaptive" or { balance = 0.3 }'
    plural = "weights"
    example = '"adaptive"'

    def takes(self, value: object) -> bool:
        return value == "adaptive" or ScheduleShape().takes(value)

    def read(self, node: Node, findings: Findings) -> object:
        if node.value == "adaptive":
            return Adaptive()
        if not self.takes(node.value):
            return wrong_type(self, node, findings)
        measured = next((key for key in MEASURED if key in node.table()), None)
        shape = ScheduleShape() if measured is None else _TABLES[measured]
        return shape.read(node, findings)

    def schema(self) -> JsonObject:
        """As JSON Schema."""
        measured = [{"enum": ["adaptive"]}, *(table.schema() for table in _TABLES.values())]
        return {"anyOf": [ScheduleShape().schema(), *measured]}
