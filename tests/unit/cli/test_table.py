"""Tables fit the terminal, colours follow the options, and ASCII terminals are supported."""

from __future__ import annotations

import io

import pytest

from vaereg.cli.table import table
from vaereg.cli.terminal import Terminal, wants_color

ROWS = [("conv", "Turns an image into features by convolutions with a stride of two."), ("a", "b")]


class Screen(io.TextIOWrapper):
    """A stream that pretends to be a terminal with that encoding."""

    def __init__(self, encoding: str = "utf-8") -> None:
        super().__init__(io.BytesIO(), encoding=encoding)

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


@pytest.mark.parametrize("width", [30, 40, 60, 200])
def test_a_table_is_no_wider_than_the_terminal(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    terminal = Terminal(Screen(), "never")

    lines = table(("name", "summary"), ROWS, terminal).splitlines()

    assert max(map(len, lines)) <= width
    assert " ".join(" ".join(lines[2:-1]).split()) == " ".join(ROWS[0])


def test_a_row_stays_one_line_without_a_terminal() -> None:
    text = table(("name", "summary"), ROWS, Terminal(io.StringIO(), "never"))

    assert len(text.splitlines()) == 2 + len(ROWS)


def test_a_column_that_is_empty_everywhere_is_left_out() -> None:
    text = table(("name", "unit"), [("a", ""), ("b", "")], Terminal(io.StringIO()))

    assert "unit" not in text


def test_characters_that_the_encoding_lacks_become_ascii() -> None:
    screen = Screen("ascii")
    terminal = Terminal(screen, "never")

    terminal.print(table(("a",), [("\u03c3 ≤ 1 → 安",)], terminal))
    screen.flush()

    assert screen.buffer.getvalue().decode("ascii").splitlines()[-1] == "sigma <= 1 -> ?"


@pytest.mark.parametrize(
    ("choice", "environment", "expected"),
    [
        ("auto", {}, True),
        ("auto", {"NO_COLOR": "1"}, False),
        ("auto", {"NO_COLOR": ""}, True),
        ("auto", {"TERM": "dumb"}, False),
        ("always", {"NO_COLOR": "1"}, True),
        ("never", {"FORCE_COLOR": "1"}, False),
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
    ],
)
def test_colour_on_a_terminal(
    choice: str, environment: dict, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert wants_color(choice, Screen()) is expected


def test_colour_in_a_pipe_must_be_forced(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not wants_color("auto", io.StringIO())
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert wants_color("auto", io.StringIO())
