"""Text from elsewhere is safe to print."""

import io
import json

import pytest

from vaereg.cli.terminal import Terminal, error_text
from vaereg.host.progress import Progress
from vaereg.wording import escaped, first_lines, json_escaped, unused

HOSTILE = "\x1b]0;title\x07 \x9b31m \r \u202e \x00 \ud800"
SHOWN = r"\x1b]0;title\x07 \x9b31m \x0d \u202e \x00 \ud800"


def test_control_characters_are_escaped_and_other_text_is_not():
    assert escaped(HOSTILE) == SHOWN
    assert escaped("Schlüssel\tβ-VAE\n日本 🙂") == "Schlüssel\tβ-VAE\n日本 🙂"


@pytest.mark.parametrize("color", ["always", "never"])
def test_control_characters_of_a_file_or_plugin_do_not_reach_the_terminal(color):
    stream = io.StringIO()
    terminal = Terminal(stream, color)
    terminal.unicode = True
    terminal.print(f"{terminal.style('name', 'bold')}: {HOSTILE}")
    terminal.print(error_text(HOSTILE, terminal))
    terminal.print(terminal.style(HOSTILE, "red"))
    shown = stream.getvalue()
    assert shown.count(SHOWN) == 3
    own = ("\x1b[1m", "\x1b[1;31m", "\x1b[0m")
    for code in own:
        assert (code in shown) == (color == "always")
        shown = shown.replace(code, "")
    assert "\x1b" not in shown and "\x9b" not in shown


def test_the_codes_of_colours_in_a_name_are_no_codes_of_vaereg():
    terminal = Terminal(io.StringIO(), "always")
    terminal.print("\x1b[1;31mname\x1b[0m")
    assert terminal.stream.getvalue() == "\\x1b[1;31mname\\x1b[0m\n"


def test_json_without_control_characters_means_the_same():
    content = {HOSTILE: ["日本", HOSTILE]}
    text = json_escaped(json.dumps(content, ensure_ascii=False, indent=1))
    assert json.loads(text) == content
    assert "日本" in text and not set(HOSTILE) & set(text.replace("\n", "")) - set("]0;title31m ")
    text.encode()


def test_control_characters_do_not_reach_the_progress_lines():
    progress = Progress(stream=io.StringIO())
    progress.say(HOSTILE)
    assert progress.stream.getvalue() == SHOWN + "\n"


def test_the_first_lines_of_an_error_have_no_styles():
    fault = ValueError("\x1b[1mCould not build\x1b[0m\nit: \x1b[38;5;34m3\x1b[0m of 4")

    assert first_lines(fault, 2) == "Could not build\nit: 3 of 4"


def test_a_name_that_is_taken_gets_the_first_free_number():
    assert unused("a", ["b"]) == "a"
    assert unused("a", {"a": 1, "a-2": 2, "a-4": 4}) == "a-3"
    assert unused("a", {"a"}, joint="_") == "a_2"
