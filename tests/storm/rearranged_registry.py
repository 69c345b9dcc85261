"""A seeded mutator of a registry's values: the text stays TOML, in one of its many spellings."""

from __future__ import annotations

import copy
import random
import tomllib
from typing import Any

from vaereg.declaration.write import toml_value

Path = tuple[Any, ...]

WORDS = (
    "use", "extends", "weight", "path", "data", "latent", "encoder", "prior", "kl", "train", "ramp",
    "epochs", "steps", "adaptive", "optimizer", "learning_rate", "regularizers", "discriminators",
    "widths", "components", "default", "plugins", "models", "folder", "evaluate", "monitor",
    "inner", "given", "sampler", "optimizers", "exclude", "held_out", "balance",
)  # fmt: skip  # a list to read
NUMBERS = (
    0, 1, -1, 2, 3, 64, 2**31, 2**31 - 1, 2**63, 10**299, -(10**299), 10**4200, 0.5, 1.5, -0.0,
    1e-320, 1.7e308, float("inf"), float("nan"), True, False,
)  # fmt: skip  # a list to read
OTHERS: tuple[Any, ...] = (
    "", " ", "a", "adaptive", "auto", "conv", "vaereg/conv", "standard_normal", "gaussian", "mmd",
    "cosine_decay", "sgd", "child", "plain", "m", "x" * 400, "\x00", "\x1b[2J", "\u202e", "é", "\n",
    "a.b", "~", "/dev/zero", ".", "..", "-1", "1e3", "=1", "[1]", [], [[]], {}, [{}], ["a", "a"],
    [1, "a"], [1] * 300, {"use": "conv"}, {"use": "adam", "learning_rate": {"use": "adam"}},
    {"ramp": [0, 1], "epochs": 2}, {"ramp": [0, 1], "steps": 2, "epochs": 2}, {"adaptive": -1},
    {"use": "conditional", "inner": {"use": "conditional", "inner": {"inner": 1}}}, ["label"],
    {"use": "prior/real_nvp", "train": {"steps": 10**18}}, {"a": 10**18, "b": [10**9, 10**9]},
    {"use": "vamp", "use.": 1}, {"": {"": {}}}, tomllib.loads("d = 1979-05-27T07:32:00Z")["d"],
    tomllib.loads("d = 07:32:00")["d"],
)  # fmt: skip  # a list to read


def rearranged(good: str, draw: random.Random) -> str:
    """A registry with one to five wrong, missing, moved or further values.

    Args:
        good: the text of a valid registry.
        draw: decides which.
    """
    values = tomllib.loads(good)
    for _ in range(draw.choice((1, 1, 2, 3, 5))):
        paths = _paths(values)
        if paths:
            _change(values, draw.choice(paths), paths, draw)
    return "".join(_lines((), values, draw))


def _paths(value: Any, path: Path = ()) -> list[Path]:
    found: list[Path] = []
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    for key, each in inside:
        found.append((*path, key))
        if isinstance(each, dict | list):
            found += _paths(each, (*path, key))
    return found


def _at(values: Any, path: Path) -> Any:
    for key in path:
        values = values[key]
    return values


def _change(values: Any, path: Path, paths: list[Path], draw: random.Random) -> None:
    inside, key = _at(values, path[:-1]), path[-1]
    change = draw.choice(("other", "other", "moved", "missing", "key", "further", "repeated"))
    if change == "missing":
        del inside[key]
    elif change == "moved":
        inside[key] = copy.deepcopy(_at(values, draw.choice(paths)))
    elif change == "key" and isinstance(inside, dict):
        inside[draw.choice((*WORDS, "é", "", "a b", f"{key}x", "\x1b"))] = inside.pop(key)
    elif change == "further" and isinstance(inside, dict):
        inside[draw.choice(WORDS)] = copy.deepcopy(_other(values, paths, draw))
    elif change == "repeated" and isinstance(inside, dict):
        for number in range(draw.choice((1, 60))):
            inside[f"{key}_{number}"] = copy.deepcopy(inside[key])
    else:
        inside[key] = _other(values, paths, draw)


def _other(values: Any, paths: list[Path], draw: random.Random) -> Any:
    known = _at(values, draw.choice(paths))
    return copy.deepcopy(
        draw.choice((draw.choice(NUMBERS), draw.choice(OTHERS), draw.choice(OTHERS), known))
    )


def _lines(path: tuple[str, ...], table: dict[str, Any], draw: random.Random) -> list[str]:
    """The lines of a table: its tables inline, with dotted keys or under headers of their own."""
    lines, sections = [], []
    for key, each in table.items():
        if isinstance(each, dict) and draw.random() < 0.7:
            header = ".".join(map(_key, (*path, key)))
            sections += [f"[{header}]\n", *_lines((*path, key), each, draw)]
        elif isinstance(each, dict) and each and draw.random() < 0.5:
            lines += [f"{_key(key)} . {_key(k)}={toml_value(v)}\n" for k, v in each.items()]
        else:
            lines.append(f"{_key(key)} = {toml_value(each)}\n")
    return [*lines, *sections]


def _key(key: str) -> str:
    return key if key.isascii() and key.replace("_", "").isalnum() else toml_value(key)
