"""Types for the values of TOML and JSON documents, which nest arbitrarily deep."""

from __future__ import annotations

from typing import Any, TypeAlias

JsonValue: TypeAlias = Any  # of any depth; its reader knows or checks the type
"""A value of a JSON document."""

JsonObject: TypeAlias = dict[str, JsonValue]
"""An object of a JSON document, or of a JSON Schema."""

TomlValue: TypeAlias = Any  # as tomllib returns it; the declaration checks every type
"""A value of a TOML document."""

TomlTable: TypeAlias = dict[str, TomlValue]
"""A table of a TOML document."""
