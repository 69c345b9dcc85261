"""Every key path of a TOML text is found at its position."""

from __future__ import annotations

import tomllib
from datetime import date, datetime, time
from typing import Any

import pytest

from vaereg.declaration.text.locator import KeyPath, locate

SNIPPETS = {
    "plain": "a = 1\nb = 'x'\n",
    "no newline at the end": "a = 1",
    "comments everywhere": "# one\na = 1 # two = 3\n  # [four]\n[t] # five\nb = '#' # six\n",
    "spaces": "  a   =    1  \n\t[ t . u ]\n\t b\t=\t2\t\n",
    "dotted keys": "a.b.c = 1\na.b.d = 2\n\"a\".e = 3\na . 'f' = 4\n",
    "quoted keys": '"a.b" = 1\n\'c d\' = 2\n"" = 3\n"\\u00e9\\"=" = 4\n["x.y".z]\n"#" = 5\n',
    "digits and dashes": "1 = 1\n3.14 = 2\n-a_- = 3\ntrue = 4\n[2.2]\n",
    "table headers": "[a]\nx = 1\n[a.b]\nx = 2\n[c.d.e]\nx = 3\n[c]\nx = 4\n",
    "arrays of tables": "[[a]]\n[[a]]\nx = 2\n[a.b]\ny = 3\n[[a.c]]\nz = 4\n[[a.c]]\n[[d.e]]\n",
    "arrays": "a = [1, 2, [3, 4, []], ]\nb = []\nc = [ ]\n",
    "arrays over lines": "a = [ # first [\n  1, # one ]\n\n  'b,]' ,\n  {c = 2}, # two\n]\nd = 1\n",
    "inline tables": "a = { b = 1, c.d = 'x', 'e f' = { g = [1, { h = 2 }] } }\ni = {}\nj={k=1}\n",
    "strings with signs": 'a = \'x # [y] = {z}\'\nb = "q\\"] # \\\\"\nc = \'\'\nd = ""\n',
    "long strings": 'a = """\none = 1\n[two]\n\\""" # "" three"""\nb = 1\n',
    "long strings end in quotes": 'a = """"x"""""\nb = """"""\nc = """\\\\"""\nd = 1\n',
    "long literals": "a = '''\nx = 1\\'''\nb = ''''y'''''\nc = ''''''\nd = 1\n",
    "line continuation": "a = \"\"\"\\\n   x \\\n\n  y\"\"\"\nb = ['''\n]''', 1]\n",
    "numbers": "a = +1_000\nb = 1e-3\nc = -inf\nd = nan\ne = 0xDEAD_beef\nf = 6.6e-34\ng=[1,-2]\n",
    "times": "a = 1979-05-27 07:32:00Z # c\nb = 1979-05-27\nc = [07:32:00, 1979-05-27T07:32:00]\n",
    "booleans": "a = true\nb = [false,true]\nc = { d = false }\n",
    "unicode": "a = '日本語' # コメント\n'ключ' = 'ä'\nb = { 'ß' = '\t' }\n",
    "a registry": "[models.a]\nencoder = { use = 'conv', widths = [32, 64] }\n"
    "[models.a.regularizers]\nmmd = { weight = { ramp = [0, 1], epochs = 5 } }\n",
    "an implicit table made explicit": "[a.b]\n[a]\nc.d = 1\n[a.c2.d]\n",
}


def _paths(value: Any, path: KeyPath = ()) -> dict[KeyPath, Any]:
    entries: dict[KeyPath, Any] = {path: value} if path else {}
    pairs: Any = ()
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list):
        pairs = enumerate(value)
    for key, each in pairs:
        entries |= _paths(each, (*path, key))
    return entries


def _same(one: Any, other: Any) -> bool:
    return one == other or (one != one and other != other)  # NaN


@pytest.mark.parametrize("text", SNIPPETS.values(), ids=SNIPPETS)
def test_every_key_path_has_the_place_of_its_key_and_of_its_value(text: str) -> None:
    spans = locate(text)
    paths = _paths(tomllib.loads(text))
    assert set(spans.keys) == set(paths)
    assert set(spans.values) == set(paths)
    for path, value in paths.items():
        start, end = spans.keys[path]
        written = text[start:end]
        if isinstance(path[-1], str):
            assert tomllib.loads(f"{written} = 1") == {path[-1]: 1}, path
        start, end = spans.values[path]
        written = text[start:end]
        assert written == written.strip()
        if spans.values[path] != spans.keys[path] or isinstance(path[-1], int):
            if isinstance(value, dict) and not written.startswith("{"):
                assert tomllib.loads(f"{written} = 1") == {path[-2]: 1}, path  # of [[name]]
            else:
                assert _same(tomllib.loads(f"v = {written}")["v"], value), path
        else:
            assert isinstance(value, (dict, list)), path


def test_the_place_of_a_table_is_its_own_header_even_after_an_earlier_mention() -> None:
    text = "[a.b]\nx = 1\n[a]\ny = 2\n"
    start, _ = locate(text).keys[("a",)]
    assert text[:start].count("\n") == 2


def test_random_documents_are_located_completely(seed: int = 0) -> None:
    import random

    draw = random.Random(seed)
    scalars = ["1", "'s#]'", '"\\"}"', "true", "[1, [2], {a = 3}]", "{ b = [4], c.d = 5 }", "1.5e3",
               '"""l\n]"""', "'''m\n'''", "07:32:00"]  # fmt: skip  # a list to read
    for _ in range(200):
        lines, used = [], 0
        for table in range(draw.randrange(4)):
            header = draw.choice([f"[t{table}]", f"[t{table}.'u v']", f"[[r.s{table}]]", "[[q]]"])
            lines.append(header + draw.choice(["", "  # [c]"]))
            for _ in range(draw.randrange(4)):
                used += 1
                key = draw.choice([f"k{used}", f"k{used}.l . 'm'", f'"k{used} ="'])
                lines.append(f"{key}{draw.choice(['=', ' = '])}{draw.choice(scalars)}")
        text = "\n".join(lines)
        spans = locate(text)
        assert set(spans.keys) == set(spans.values) == set(_paths(tomllib.loads(text))), text


def test_times_are_values_and_not_tables() -> None:
    values = tomllib.loads(SNIPPETS["times"])
    assert isinstance(values["a"], datetime)
    assert isinstance(values["b"], date)
    assert isinstance(values["c"][0], time)
