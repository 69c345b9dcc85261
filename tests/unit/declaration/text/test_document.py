"""An unreadable file is one problem with a place; a readable file knows the place of each value."""

from __future__ import annotations

from pathlib import Path

import pytest

from vaereg.declaration.text.document import parse_document, read_document
from vaereg.errors import DeclarationError, Place, Problem


def _problem_of(path: Path) -> Problem:
    with pytest.raises(DeclarationError) as caught:
        read_document(path)
    assert caught.value.exit_code == 2
    (problem,) = caught.value.problems
    return problem


def test_the_error_for_a_missing_file_says_how_to_write_one(tmp_path: Path) -> None:
    problem = _problem_of(tmp_path / "registry.toml")
    assert problem.code == "no-file"
    assert "vaereg init" in problem.hint


def test_the_error_for_a_folder_names_the_file_in_it(tmp_path: Path) -> None:
    assert "registry.toml" in _problem_of(tmp_path).hint


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "\ufeff"])
def test_an_empty_file_is_an_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "registry.toml"
    path.write_text(text, encoding="utf-8")
    assert _problem_of(path).code == "empty-file"


def test_the_error_for_a_file_that_is_not_utf_8_points_at_the_byte(tmp_path: Path) -> None:
    path = tmp_path / "registry.toml"
    path.write_bytes(b'a = 1\nb = "caf\xe9" # x\n')
    problem = _problem_of(path)
    assert problem.code == "not-utf-8"
    assert (problem.place.line, problem.place.column) == (2, 9)
    assert "0xe9" in problem.message


@pytest.mark.parametrize(
    ("text", "line", "column", "hint"),
    [
        ("a = 1\nb = conv\n", 2, 5, "quotes"),
        ("[models\n", 1, 8, ""),
        ("a = 1\na = 2\n", 2, 6, "twice"),
        ("[a]\n[a]\n", 2, 3, "twice"),
        ("x = 1\n  name\n", 2, 7, "="),
        ("a = [1, 2", 1, 10, "]"),
        ('a = "x\n', 1, 7, "quote"),
        ("a = 1 b = 2\n", 1, 7, "per line"),
    ],
)
def test_a_syntax_error_is_reported_at_its_place(
    text: str, line: int, column: int, hint: str
) -> None:
    with pytest.raises(DeclarationError) as caught:
        parse_document(text)
    (problem,) = caught.value.problems
    assert problem.code == "toml-syntax"
    assert (problem.place.line, problem.place.column) == (line, column)
    assert hint in problem.hint


def test_a_byte_order_mark_and_windows_line_ends_change_no_place(tmp_path: Path) -> None:
    path = tmp_path / "registry.toml"
    path.write_bytes(b'\xef\xbb\xbfa = 1\r\nb = { c = "x" }\r\n')
    place = read_document(path).place(("b", "c"))
    assert (place.line, place.column, place.width, place.text) == (2, 11, 3, 'b = { c = "x" }')


def test_an_absent_path_has_the_place_of_its_closest_parent() -> None:
    document = parse_document("[models.a]\nlatent = 3\n")
    assert document.place(("models", "a", "encoder", "use")).line == 1
    assert document.place(("nothing",)) == Place("registry.toml")
    assert document.place(("models", "a", "latent"), "key").column == 1
    assert document.place(("models", "a", "latent")).column == 10


def test_the_folder_is_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "registry.toml").write_text("a = 1")
    monkeypatch.chdir(tmp_path)
    document = read_document("registry.toml")
    assert document.folder == tmp_path
    assert document.source == "registry.toml"


def test_the_caret_is_below_the_value_after_tabs_and_wide_characters() -> None:
    rendered = Problem("x", "m", parse_document("\ta = '日本' # '\n").place(("a",))).render()
    text, caret = rendered.splitlines()[2:4]
    assert text == "1 | \ta = '日本' # '"
    assert caret == "  | \t    ^^^^^^"


def test_a_long_line_is_shown_around_the_place() -> None:
    document = parse_document(f"a = [{'1, ' * 200} 'here', {'2, ' * 200}]")
    text, caret = document.place(("a", 200)).underlined()
    assert len(text) <= 121
    start = caret.index("^")
    assert text[start : start + 6] == "'here'"


@pytest.mark.parametrize(
    "text",
    [
        ".".join(["a"] * 10_000) + " = 1",
        ".".join(['"a"'] * 10_000) + " = 1",
        "[" + ".".join(["a"] * 10_000) + "]",
        "\n".join(f"[{'.'.join(['a'] * 40)}]\n{'.'.join(['b'] * 40)} = 1" for _ in range(1)),
        "a = " + "[" * 100 + "]" * 100,
        "a = " + "[" * 100_000 + "]" * 100_000,
    ],
    ids=["key", "quoted key", "table", "key in a table", "array", "array that recurses"],
)
def test_deep_keys_and_values_are_told_as_what_they_are(text):
    with pytest.raises(DeclarationError, match=r"too deeply|too many dots") as caught:
        parse_document(text)
    assert caught.value.problems[0].place.line


def test_a_long_value_is_quoted_without_its_middle() -> None:
    rendered = Problem(
        "x", f"`{'a' * 5000}` is unknown", Place("r.toml"), f"{'b, ' * 5000}"
    ).render()
    assert max(map(len, rendered.splitlines())) < 1100
    assert "aaa` is unknown" in rendered


def test_a_line_of_many_brackets_is_read_in_no_time():
    with pytest.raises(DeclarationError):  # its search for long keys was quadratic: hours
        parse_document("[" * 1_000_000)
