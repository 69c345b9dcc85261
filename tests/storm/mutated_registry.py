"""A seeded mutator of registries: of their bytes, tokens, lines, keys, values and tables."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from tests.storm.rearranged_registry import rearranged

Mutation = Callable[[str, random.Random], str]

MANY = 400
"""How often something stands that should stand once."""

TOKENS = re.compile(r'"(?:[^"\\\n]|\\.)*"|[\w.+-]+|\s+|.', re.DOTALL)

KEYS = (
    '""', '" "', '"a b"', "é", '"\\u001b[31m"', '"\\u0000"', '"\\u202e"', "'a.b'", '"__class__"',
    "use", "extends", "weight", "default", "0", "-", "a" * 5000, "a." * 300 + "a", "a.b.c", "1.5",
    '"' + "ü" * 300 + '"', '"a\\nb"', "a b", "=", ".", '"../.."', "CON", '"\U0001f642"',
)  # fmt: skip  # a list to read
VALUES = (
    "", "true", "nan", "-inf", "+0", "1e400", "-1e-400", "0x" + "f" * 4000, "9" * 5000, "1_0",
    "1__0", "-9223372036854775809", "18446744073709551616", "0.1e-300", "01", "1.", "1e5.0",
    "1979-05-27", "07:32:00.999999", "1979-05-27T07:32:00+25:00", '""', '"\\u0000"',
    '"\\u001b]0;x\\u0007"', '"\\u202e"', '"\\ud800"', '"\\U00110000"', '"\\x41"',
    '"' + "a" * 9000 + '"', "'''\n\n'''", '"""a\\\n  b"""', '"""""""', "[]", "[[]]", "[{}]",
    "[1, 'a', [2.5, {a = 1}]]", "[" * 90 + "]" * 90, "[" * 3000, "[" * 3000 + "]" * 3000,
    "{a=" * 200 + "1" + "}" * 200, "{a." + "b." * 100 + "c = 1}", "{}", '{ "" = 1 }',
    "{ use = 3 }", '{ use = "conv", use = "dense" }', '{ use = "vamp", "components" = -1 }',
    "{ ramp = [0, 1] }", "{ ramp = [0, 1], epochs = 0 }", "{ piecewise = [1], steps = [] }",
    "{ adaptive = 0 }", '{ extends = "plain" }', "[" + "1, " * 2000 + "]",
    '["' + '", "'.join("ab" * 99) + '"]', '"adaptive"', '"auto"', '"vaereg/"', '"/conv"', '"a/b/c"',
    '"vaereg-plugin-flow/real_nvp"', '"vamp "', '"/dev/zero"', '"~nobody/x"', '"a\\u0000b"',
    "{ use = 'conditional', inner = " * 30 + "{}" + "}" * 30, "{ inner = " * 9 + "1" + "}" * 9,
    "{ use = 'conditional', inner = [] }", "{ a = 999999999999999999, b = [999999999, 9999999] }",
    "{" + ", ".join(f"g{n} = 1" for n in range(3000)) + "}", '["label", "label", ""]',
    "{ use = 'prior/gaussian_mixture', train = { steps = 0 } }", "'prior/prior/x'",
    "{ use = 'prior/', train = { steps = 1e300, optimizer = {} } }",
    '"' + "../" * 2000 + '"', "5 # \x9b31m", "inf # \u202e",
)  # fmt: skip  # a list to read
FRAGMENTS = (
    "\x00", "\x1b[2J", "\x9b", "\x7f", "\ufeff", "\u2028", "\u202e", "\ud800", "\r", "\r\n", "\t",
    "\x0b", '"', "'", '"""', "'''", "[", "]", "[[", "]]", "{", "}", "=", ".", ",", "#", "\\", "é",
    "\U0001f642", "[a]\n[a]\n", "[[models]]\n", "[models]\n", "[data]\nx = 1\n", "[train.train]\n",
    "[plugins]\n", "[[models.plain]]\n", "[models.plain.encoder.use]\n", '[models."\\u001b"]\n',
    "[ ]\n", "a.b = 1\n",
)  # fmt: skip  # a list to read
ENCODINGS = ("utf-8",) * 40 + ("utf-8-sig", "utf-16", "utf-32", "cp1252")


def mutated(good: str, draw: random.Random) -> bytes:
    """A registry with some faults, of which a few may do no harm.

    Half of the registries are still TOML: their values and tables are wrong.

    Args:
        good: the text of a valid registry.
        draw: decides which.
    """
    if draw.random() < 0.5:
        return rearranged(good, draw).encode("utf-8", "surrogatepass")
    text = good
    for _ in range(draw.choice((1, 1, 1, 2, 3, 4))):
        text = draw.choice(MUTATIONS)(text, draw)
    encoding = draw.choice(ENCODINGS)
    raw = text.encode(encoding, "surrogatepass" if encoding.startswith("utf") else "replace")
    return _spoiled_bytes(raw, draw) if draw.random() < 0.03 else raw


def _spoiled_bytes(raw: bytes, draw: random.Random) -> bytes:
    changed = bytearray(raw)
    for _ in range(draw.choice((1, 1, 5, 50))):
        if changed:
            changed[draw.randrange(len(changed))] = draw.randrange(256)
    return bytes(changed)


def _place(text: str, draw: random.Random) -> tuple[int, int]:
    start = draw.randint(0, len(text))
    return start, min(len(text), start + draw.choice((0, 1, 2, 10, 100, 1000)))


def _cut(text: str, draw: random.Random) -> str:
    start, end = _place(text, draw)
    return text[:start] + text[end:]


def _truncated(text: str, draw: random.Random) -> str:
    return text[: draw.randint(0, len(text))]


def _inserted(text: str, draw: random.Random) -> str:
    start, end = _place(text, draw)
    return text[:start] + draw.choice(FRAGMENTS) + text[draw.choice((start, end)) :]


def _moved(text: str, draw: random.Random) -> str:
    start, end = _place(text, draw)
    rest = text[:start] + text[end:]
    at = draw.randint(0, len(rest))
    return rest[:at] + text[start:end] + rest[at:]


def _lines(change: Callable[[list[str], int, random.Random], None]) -> Mutation:
    def mutation(text: str, draw: random.Random) -> str:
        lines = text.splitlines(keepends=True)
        if lines:
            change(lines, draw.randrange(len(lines)), draw)
        return "".join(lines)

    return mutation


def _twice(lines: list[str], at: int, draw: random.Random) -> None:
    lines.insert(draw.randint(0, len(lines)), lines[at])


def _swap(lines: list[str], at: int, draw: random.Random) -> None:
    other = draw.randrange(len(lines))
    lines[at], lines[other] = lines[other], lines[at]


def _join(lines: list[str], at: int, draw: random.Random) -> None:
    lines[at] = lines[at].rstrip("\n")


def _table_twice(lines: list[str], at: int, draw: random.Random) -> None:
    headers = [index for index, line in enumerate(lines) if line.startswith("[")]
    if headers:
        first = draw.choice(headers)
        last = next((index for index in headers if index > first), len(lines))
        lines[draw.randint(0, len(lines)) : 0] = lines[first:last]


def _double_brackets(lines: list[str], at: int, draw: random.Random) -> None:
    headers = [index for index, line in enumerate(lines) if re.match(r"\[[^\[\n]+\]", line)]
    if headers:
        chosen = draw.choice(headers)
        lines[chosen] = re.sub(r"\[([^\[\n]+)\]", r"[[\1]]", lines[chosen], count=1)


def _key(lines: list[str], at: int, draw: random.Random) -> None:
    pairs = [index for index, line in enumerate(lines) if re.match(r"[^#\[\n]+=", line)]
    if pairs:
        chosen = draw.choice(pairs)
        lines[chosen] = f"{draw.choice(KEYS)} ={lines[chosen].partition('=')[2]}"


def _header(lines: list[str], at: int, draw: random.Random) -> None:
    lines.insert(at, f"[{draw.choice(('models.', 'data.', 'train.', ''))}{draw.choice(KEYS)}]\n")


def _value(lines: list[str], at: int, draw: random.Random) -> None:
    pairs = [index for index, line in enumerate(lines) if re.match(r"[^#\[\n]+=", line)]
    if pairs:
        chosen = draw.choice(pairs)
        key = lines[chosen].partition("=")[0]
        lines[chosen] = f"{key}= {draw.choice(VALUES)}\n"


def _extends(lines: list[str], at: int, draw: random.Random) -> None:
    names = re.findall(r"(?m)^\[models\.([\w-]+)\]$", "".join(lines)) or ["a"]
    lines.append(f'[models.x]\nextends = "{draw.choice(names)}"\n')
    lines.insert(at, f'extends = "{draw.choice([*names, "x"])}"\n')


def _many(lines: list[str], at: int, draw: random.Random) -> None:
    count = draw.choice((10, MANY))
    forms: tuple[Callable[[int], str], ...] = (
        lambda number: f'[models.m{number}]\nextends = "m{number + 1}"\n',
        lambda number: f'[models.m{number}]\nextends = "plian{number}"\n',
        lambda number: f'[models.m{number}]\nlatent = 2\nencoder = "convv{number}"\n',
        lambda number: f'[data.d{number}]\nuse = "arrays"\npath = "d{number}.npz"\n',
        lambda number: f'[models.m.regularizers.r{number}]\nuse = "mmd"\n',
        lambda number: f"key_{number} = {number}\n",
        lambda number: lines[at],
        lambda number: f"# {'x' * 900}\n",
        lambda number: f"[[models.a.b]]\nc.d{number} = 1\n",
    )
    form = draw.choice(forms)
    lines.insert(at, "".join(form(number) for number in range(count)))


def _tokens(change: Callable[[list[str], int, random.Random], None]) -> Mutation:
    def mutation(text: str, draw: random.Random) -> str:
        tokens = TOKENS.findall(text)
        solid = [index for index, token in enumerate(tokens) if not token.isspace()]
        if solid:
            change(tokens, draw.choice(solid), draw)
        return "".join(tokens)

    return mutation


def _other_token(tokens: list[str], at: int, draw: random.Random) -> None:
    tokens[at] = draw.choice([*draw.choices(tokens, k=3), draw.choice(KEYS), draw.choice(VALUES)])


def _no_token(tokens: list[str], at: int, draw: random.Random) -> None:
    del tokens[at]


def _misspelt(tokens: list[str], at: int, draw: random.Random) -> None:
    word = tokens[at]
    where = draw.randrange(len(word))
    letter = draw.choice(("", "x", "é", word[where].swapcase(), word[where] * 2, " ", "-1"))
    tokens[at] = word[:where] + letter + word[where + 1 :]


def _line_ends(text: str, draw: random.Random) -> str:
    return text.replace("\n", draw.choice(("\r\n", "\r", "\n\r", "\u2028", "\x85", "\n\n", " ")))


MUTATIONS: tuple[Mutation, ...] = (
    _cut, _truncated, _inserted, _inserted, _moved, _line_ends,
    _lines(_twice), _lines(_swap), _lines(_join), _lines(_table_twice), _lines(_double_brackets),
    _lines(_key), _lines(_key), _lines(_header), _lines(_value), _lines(_value), _lines(_value),
    _lines(_extends), _lines(_many),
    _tokens(_other_token), _tokens(_other_token), _tokens(_no_token), _tokens(_misspelt),
    _tokens(_misspelt),
)  # fmt: skip
