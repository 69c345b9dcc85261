"""Any registry gives a declaration, or problems with their places, but never a traceback."""

from __future__ import annotations

import random
import tomllib
from typing import Any

from tests.helpers.declared_components import Source
from tests.unit.declaration.test_resolve import GOOD
from tests.unit.declaration.test_write import EVERYTHING
from vaereg.declaration.policy import plugin_policy
from vaereg.declaration.resolve import resolve_all
from vaereg.declaration.text.document import Document, parse_document
from vaereg.declaration.write import declaration_toml, toml_value
from vaereg.errors import DeclarationError

CHILD = '[models.b]\nextends = "a"\nencoder.widths = [3]\nregularizers.sharp.alpha = 3\n'
PLUGINS = '[plugins]\nallow = ["x"]\nprefer = { "prior.vamp" = "x" }\n'

RUBBISH: list[Any] = [
    None, True, False, 0, -1, 2**70, 1.5, float("nan"), float("-inf"), "", "a", "adaptive", "\x00",
    "x" * 500, [], {}, [[]], [{}], {"": 1}, {"use": 3}, {"use": "conv"}, {"ramp": 3, "epochs": "x"},
    {"use": "cosine_decay"}, {"extends": "a"}, [1, "a"], {"a.b": {}},
    tomllib.loads("d=07:32:00")["d"],
]  # fmt: skip  # a list to read


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    found = [path] if path else []
    for key, each in inside if isinstance(value, (dict, list)) else ():
        found += _paths(each, (*path, key)) if isinstance(each, (dict, list)) else [(*path, key)]
    return found


def _spoiled(text: str, path: tuple[Any, ...], rubbish: Any, draw: random.Random) -> str:
    """The text with rubbish at a path, with a key renamed to rubbish, or (None) without the key."""
    values = tomllib.loads(text)
    table: Any = values
    for key in path[:-1]:
        table = table[key]
    old = table[path[-1]]
    if isinstance(table, dict) and (rubbish is None or draw.random() < 0.1):
        del table[path[-1]]
        if rubbish is not None:
            table[draw.choice(["é", "", "a b", "use", "weight", "x"])] = old
    else:
        table[path[-1]] = 0 if rubbish is None else rubbish
    lines = [f"{toml_value(str(key))} = {toml_value(each)}" for key, each in values.items()]
    return "\n".join(lines)


def _answer(document: Document) -> str:
    try:
        plugin_policy(document)
        return "".join(map(declaration_toml, resolve_all(document, Source()).values()))
    except DeclarationError as fault:
        assert fault.problems
        assert all(problem.place.line for problem in fault.problems if len(problem.path) > 1)
        return str(fault)


def test_rubbish_anywhere_gives_a_declaration_or_problems() -> None:
    draw = random.Random(0)
    tried = 0
    for text in (GOOD + CHILD + PLUGINS, EVERYTHING.replace("my clothes.1", "clothes.1")):
        for path in _paths(tomllib.loads(text)):
            for rubbish in draw.sample(RUBBISH, 5):
                spoiled = _spoiled(text, path, rubbish, draw)
                if spoiled:
                    assert _answer(parse_document(spoiled)), spoiled
                    tried += 1
    assert tried > 300
