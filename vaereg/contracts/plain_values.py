"""Names for the values of TOML and JSON documents, which nest without end."""

from __future__ import annotations

from typing import Any, TypeAlias

JsonValue: TypeAlias = Any  # of any depth; whoever reads one knows or checks its type
"""A value of a JSON document."""

JsonObject: TypeAlias = dict[str, JsonValue]
"""An object of a JSON document, or of a JSON Schema."""

TomlValue: TypeAlias = Any  # as tomllib gives it; the declaration checks every type
"""A value of a TOML document."""

TomlTable: TypeAlias = dict[str, TomlValue]
"""A table of a TOML document."""
