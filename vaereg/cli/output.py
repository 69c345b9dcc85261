"""Results on stdout: text, or one JSON document with the version of its form."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vaereg.contracts.plain_values import JsonValue

SCHEMA_VERSION = 1
"""Increases when a key of the JSON output changes its meaning or is removed."""


def print_json(content: Mapping[str, JsonValue]) -> None:
    """Prints the document for `--json`."""
    import json  # a command without --json can do without it

    document = {"schema_version": SCHEMA_VERSION, **content}
    # ASCII only, so that no terminal encoding can damage it.
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=True, allow_nan=False) + "\n")
