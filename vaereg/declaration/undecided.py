"""Keys that stand commented out under `# to decide:` in registry.toml, until the user sets one."""

from __future__ import annotations

import re

from vaereg.declaration.text.document import Document, place_at
from vaereg.errors import Problem

MARK = "# to decide:"
"""The line above keys of which one must be set."""

_TABLE = re.compile(r"\[([^\[\]]+)\]\s*(#.*)?")
_KEY = re.compile(r"#\s*(\w+)\s*=")


def undecided(document: Document) -> list[Problem]:
    """A problem for each key that must be decided and is not set in its table."""
    problems: dict[tuple[str, str], Problem] = {}
    table, waiting, start = "", False, 0
    for line in document.text.splitlines(keepends=True):
        text = line.strip()
        if match := _TABLE.fullmatch(text):
            table = match[1]
        if text == MARK:
            waiting = True
        elif not text.startswith("#"):
            waiting = False
        elif waiting and (key := _KEY.match(text)) and not _is_set(document, table, key[1]):
            begin = start + line.index("#")
            problem = Problem(
                code="missing-key",
                message=f"`{key[1]}` of [{table}] must be decided; remove the # from one of the "
                "lines below, or give another value",
                place=place_at(document.text, begin, start + len(line.rstrip()), document.source),
                path=f"{table}.{key[1]}",
            )
            problems.setdefault((table, key[1]), problem)
        start += len(line)
    return list(problems.values())


def _is_set(document: Document, table: str, key: str) -> bool:
    values: object = document.values
    for name in (*table.split("."), key):
        if not isinstance(values, dict) or name not in values:
            return False
        values = values[name]
    return True
