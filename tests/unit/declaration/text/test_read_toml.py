"""Whatever a text holds, it is read soon, or is one error at its place."""

from __future__ import annotations

import math

import pytest

from vaereg.declaration.text.read_toml import TomlError, read_toml, read_toml_value

DIGITS = "9" * 5000


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        (f"a = 1\nb = {DIGITS}", 2, 5),
        (f"a = 1\nb = [2, -{DIGITS}]", 2, 9),
        (f"a = 1\nb = {{ c = 0x{'f' * 400} }}", 2, 11),
        (f"a = 1\nb = {'9' * 301}", 2, 5),
        (f"a = 1\nb = {'[' * 100}{']' * 100}", 2, 69),
        (f"a = 1\nb = {'[' * 100_000}", 2, 69),
        (f"a = 1\nb = {'{ c = ' * 2000}1{'}' * 2000}", 2, 389),
        (f"a = 1\nb = {{ {'.'.join('c' * 10_000)} = 1 }}", 2, 8),
        (f"a = 1\n[{'.'.join('c' * 40)}]\n{'.'.join('d' * 40)} = 1", 3, 49),
    ],
    ids=["long", "long in an array", "hexadecimal", "301 digits", "arrays", "open arrays", "tables",
         "key", "key in a table"],
)  # fmt: skip
def test_excess_is_an_error_at_its_place(text: str, line: int, column: int) -> None:
    with pytest.raises(TomlError, match=r"too (many|deeply)") as caught:
        read_toml(text)

    assert (caught.value.line, caught.value.column) == (line, column)


def test_dots_brackets_and_digits_of_text_and_comments_do_not_count() -> None:
    long = f"{'a.' * 100}{'[' * 100} {DIGITS}"

    values = read_toml(f"# {long}\na = \"{long}\"\nb = '''{long}'''\nc = 0.{DIGITS}\n")

    assert (values["a"], values["b"]) == (long, long)
    assert math.isclose(values["c"], 1)


def test_deep_values_and_long_numbers_within_the_limits_are_read() -> None:
    values = read_toml(f"a = {'9' * 300}\nb = {'[' * 60}{']' * 60}\n{'.'.join('c' * 60)} = 1")

    assert math.isfinite(float(values["a"]))


def test_the_end_of_the_text_is_a_place() -> None:
    with pytest.raises(TomlError) as caught:
        read_toml("a = 1\nb = [1, \n\n")

    assert (caught.value.line, caught.value.column, caught.value.offset) == (2, 8, 13)


def test_the_value_of_an_option_is_one_value() -> None:
    assert read_toml_value('{ use = "a", b = [1,\n2] } # c') == {"use": "a", "b": [1, 2]}
    for text, line, column in (
        ("[1, 2", 1, 6),
        ("{ a = 1 }\nb = 2", 2, 1),
        ("1\n[b]", 2, 1),
        ("", 1, 1),
        ("[" * 3000, 1, 65),
        ("[1,\n x]", 2, 2),
    ):
        with pytest.raises(TomlError) as caught:
            read_toml_value(text)
        assert (caught.value.line, caught.value.column) == (line, column), text
