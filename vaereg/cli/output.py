"""Results on stdout: text, or one JSON document that says which form it has."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

SCHEMA_VERSION = 1
"""Grows when a key of the JSON output changes its meaning or goes away."""


def print_json(content: Mapping[str, Any]) -> None:
    """Prints the document for `--json`."""
    import json  # a command without --json can do without it

    document = {"schema_version": SCHEMA_VERSION, **content}
    # ASCII only, so that no terminal encoding can spoil it.
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=True, allow_nan=False) + "\n")
