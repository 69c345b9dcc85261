"""The piece of registry.toml that uses a component, with every parameter at its default."""

from __future__ import annotations

import json
import math
from typing import Any

from vaereg.component import Offer
from vaereg.kinds import KINDS
from vaereg.spec.structure import Parameter
from vaereg.spec.tree import toml_key


def snippet(offer: Offer, declared: tuple[Parameter, ...], *, short: bool) -> str:
    """A table to paste, or an empty string for a kind that registry.toml does not hold.

    Args:
        offer: the component.
        declared: its parameters; one without a default stands with an example value.
        short: whether its short name means it.
    """
    kind = KINDS[offer.kind]
    name = offer.name if short else offer.full_name
    if kind.many:
        lines = [f"[models.my_model.{kind.key}.{offer.name}]"]
        lines += [] if short else [f"use = {toml_value(name)}"]
        lines.append("weight = 1.0")
    elif kind.key:
        lines = [f"[models.my_model.{kind.key}]", f"use = {toml_value(name)}"]
    elif offer.kind == "dataset":
        lines = ["[data.my_data]", f"use = {toml_value(name)}"]
    else:
        return ""
    return "\n".join([*lines, *(_line(each) for each in declared)])


def _line(parameter: Parameter) -> str:
    key = toml_key(parameter.name)
    if parameter.required:
        return f"{key} = {parameter.example}  # required: {parameter.meaning}"
    if parameter.default is None:
        return f"# {key} = {parameter.example}  # {parameter.meaning}"
    return f"{key} = {toml_value(parameter.default)}"


def toml_value(value: Any) -> str:
    """A plain value as TOML writes it on one line; None inside a table is left out."""
    match value:
        case bool():
            return "true" if value else "false"
        case float() if not math.isfinite(value):
            return "nan" if value != value else "inf" if value > 0 else "-inf"
        case int() | float():
            return repr(value)
        case dict():
            entries = (
                f"{toml_key(key)} = {toml_value(each)}"
                for key, each in value.items()
                if each is not None
            )
            inside = ", ".join(entries)
            return f"{{ {inside} }}" if inside else "{}"
        case list() | tuple():
            return "[" + ", ".join(map(toml_value, value)) + "]"
        case _:
            # A JSON string is a TOML string too, but for DEL, which TOML wants escaped.
            return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
