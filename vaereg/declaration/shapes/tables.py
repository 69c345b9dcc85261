"""Tables with known keys: which keys exist, which are required, and the bounds of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Generic

from vaereg.component import ParamInfo
from vaereg.contracts.plain_values import JsonObject, TomlValue
from vaereg.contracts.schedule import Schedule
from vaereg.declaration.shapes.plain import Shape, T_co, not_a_choice, wrong_type
from vaereg.declaration.text.findings import FAULT, Fault, Findings
from vaereg.declaration.text.tree import Node, grown, in_words
from vaereg.frozen import frozen
from vaereg.wording import did_you_mean, lines, listed

NO_INFO = ParamInfo(meaning="")


@frozen(kw_only=True, eq=False)
class Field:
    """One key of a table.

    Args:
        shape: the shape of its value.
        required: whether the key must be given.
        default: the value of a key that is not given; None if `Table.make` chooses it.
        info: its meaning and bounds.
        default_shape: reads the default of a key that is not given, where it names components that
            must be looked up; None if `Table.make` sets the default.
        refused: why a known key must not be given, and what to do instead; otherwise empty.
    """

    shape: Shape[object]
    required: bool = False
    default: object = None
    info: ParamInfo = NO_INFO
    default_shape: Shape[object] | None = None
    refused: str = ""


@frozen(kw_only=True, eq=False)
class Table(Generic[T_co]):
    """A table with these keys and no others.

    Args:
        fields: by key.
        make: called with the given values as keyword arguments.
        owner: who defines the keys, such as "regularizer vaereg/focal_frequency".
        other_keys: keys of the same table that are read elsewhere, such as `use`.
        title: for the JSON Schema.
    """

    fields: Mapping[str, Field]
    make: Callable[..., T_co]
    owner: str = ""
    other_keys: tuple[str, ...] = ()
    title: str = ""

    @property
    def words(self) -> str:
        return f"a table with the keys {listed(self.fields)}" if self.fields else "an empty table"

    @property
    def plural(self) -> str:
        return "tables"

    @property
    def example(self) -> str:
        needed = {key: field for key, field in self.fields.items() if field.required}
        inside = ", ".join(f"{key} = {field.shape.example}" for key, field in needed.items())
        return f"{{ {inside} }}" if inside else "{}"

    def takes(self, value: object) -> bool:
        return isinstance(value, Mapping)

    def read(self, node: Node, findings: Findings) -> T_co | Fault:
        """The result of `make`, or FAULT if the table has problems."""
        if not isinstance(node.value, dict):
            return wrong_type(self, node, findings)
        values: dict[str, object] = {}
        for key, entry in node.value.items():
            if key not in self.fields:
                values[key] = unknown_key(
                    key, entry, findings, (*self.fields, *self.other_keys), self.owner
                )
            elif self.fields[key].refused:
                hint = self.fields[key].refused
                message = f"`{entry.name}` cannot be set here"
                values[key] = findings.add("refused-key", message, entry, hint, of="key")
            else:
                values[key] = self._entry_value(self.fields[key], entry, findings)
        for key, field in self.fields.items():
            if key in node.value:
                continue
            if field.required:
                values[key] = self._missing_key(key, field, node, findings)
            elif field.default_shape is not None and field.default is not None:
                default: TomlValue = field.default
                values[key] = field.default_shape.read(grown(default, (*node.path, key)), findings)
        if any(value is FAULT for value in values.values()):
            return FAULT
        return self._made_value(values, node, findings)

    def schema(self) -> JsonObject:
        """The table as JSON Schema, without `other_keys`."""
        schema: JsonObject = {"title": self.title} if self.title else {}
        schema["type"] = "object"
        schema["properties"] = {
            key: field_schema(field) for key, field in self.fields.items() if not field.refused
        }
        required = [key for key, field in self.fields.items() if field.required]
        if required:
            schema["required"] = required
        schema["additionalProperties"] = False
        return schema

    def _entry_value(self, field: Field, entry: Node, findings: Findings) -> object:
        value = field.shape.read(entry, findings)
        if value is FAULT or within_bounds(field.info, entry, value, findings):
            return value
        return FAULT

    def _missing_key(self, key: str, field: Field, node: Node, findings: Findings) -> Fault:
        meaning = f" ({field.info.meaning})" if field.info.meaning else ""
        required_by = f", required by {self.owner}" if self.owner else ""
        return findings.add(
            "missing-key",
            f"`{node.name}` lacks `{key}`{meaning}{required_by}",
            node,
            f"write {key} = {field.shape.example}",
            of="key",
        )

    def _made_value(
        self, values: dict[str, object], node: Node, findings: Findings
    ) -> T_co | Fault:
        try:
            return self.make(**values)
        except (ValueError, TypeError) as fault:
            where = f"{self.owner}: " if self.owner else ""
            return findings.add("invalid-value", f"{where}{fault}", node, of="key")
        except KeyboardInterrupt:
            raise
        except BaseException as fault:  # noqa: BLE001  # a plugin's validators may raise anything
            message = f"{self.owner or self.title} failed to check its parameters: {fault!r}"
            return findings.add("broken-component", message, node, of="key", plugin=True)


def unknown_key(
    key: str, entry: Node, findings: Findings, known: tuple[str, ...], owner: str = ""
) -> Fault:
    """Records an unknown key, with the known keys as a hint."""
    where = f" in {owner}" if owner else ""
    allowed = f"allowed: {', '.join(sorted(known))}" if known else "no keys are allowed"
    hint = lines(did_you_mean(key, known), allowed)
    return findings.add("unknown-key", f"unknown key `{key}`{where}", entry, hint, of="key")


def within_bounds(info: ParamInfo, node: Node, value: object, findings: Findings) -> bool:
    """Whether the value is within the bounds; if not, records which element is out of range."""
    if isinstance(value, Schedule):
        if all(info.accepts(each) for each in value.values):
            return True
        message = f"`{node.name}` goes out of range; values: {', '.join(map(str, value.values))}"
        findings.add("out-of-range", message, node, f"allowed: {info.allowed()}")
        return False
    if isinstance(node.value, list) and isinstance(value, (tuple, list)):
        elements = zip(node.value, value, strict=True)
        verdicts = [within_bounds(info, each, read, findings) for each, read in elements]
        return all(verdicts)
    if info.accepts(value):
        return True
    if info.choices is not None:
        not_a_choice(node, info.choices, findings)
    else:
        message = f"`{node.name}` is out of range: {in_words(node.value)}"
        unit = f" ({info.unit})" if info.unit else ""
        findings.add("out-of-range", message, node, f"allowed: {info.allowed()}{unit}")
    return False


def field_schema(field: Field) -> JsonObject:
    """One property of a table's JSON Schema, with its meaning, bounds and default."""
    schema = _bounded_schema(field.shape.schema(), field.info)
    if "$ref" in schema:  # draft-07 ignores other keys next to a reference
        schema = {"allOf": [schema]}
    unit = f" [{field.info.unit}]" if field.info.unit else ""
    if field.info.meaning:
        schema["description"] = field.info.meaning + unit
    if field.default is not None:
        schema["default"] = field.default
    return schema


def _bounded_schema(schema: JsonObject, info: ParamInfo) -> JsonObject:
    schema = dict(schema)
    if "anyOf" in schema:
        return schema | {"anyOf": [_bounded_schema(each, info) for each in schema["anyOf"]]}
    if schema.get("type") == "array":
        items = schema["items"]
        every = isinstance(items, dict)
        bounded = (
            _bounded_schema(items, info)
            if every
            else [_bounded_schema(each, info) for each in items]
        )
        return schema | {"items": bounded}
    if schema.get("type") in {"integer", "number", "string"} and info.choices is not None:
        return {"enum": list(info.choices)}
    if schema.get("type") in {"integer", "number"}:
        bounds = {
            "minimum": info.ge,
            "exclusiveMinimum": info.gt,
            "maximum": info.le,
            "exclusiveMaximum": info.lt,
        }
        schema |= {key: bound for key, bound in bounds.items() if bound is not None}
    return schema
