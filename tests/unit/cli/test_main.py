"""However a command ends, the user gets a message and an exit code."""

from __future__ import annotations

import sys
import types
from pathlib import Path
from typing import Any

import pytest

from vaereg.cli.commands import COMMANDS, Command
from vaereg.errors import (
    DataError,
    DeclarationError,
    Interrupted,
    LockError,
    Place,
    PluginError,
    Problem,
)


def a_command_that(monkeypatch: pytest.MonkeyPatch, run: Any) -> None:
    """Puts a command `probe` into the table."""
    module = types.ModuleType("vaereg_probe", "A command for a test.")
    module.add_arguments = lambda parser: None  # type: ignore[attr-defined]
    module.run = run  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "vaereg_probe", module)
    monkeypatch.setitem(COMMANDS, "probe", Command("probe", "vaereg_probe", "for a test", "Test"))


def raising(fault: BaseException) -> Any:
    """A `run` that raises."""

    def run(args: object) -> int:
        raise fault

    return run


def test_help_lists_every_command_in_one_line(vaereg_run: Any) -> None:
    for argv in ((), ("--help",), ("-h",)):
        result = vaereg_run(*argv)

        lines = result.out.splitlines()
        assert result.code == 0
        for command in COMMANDS.values():
            assert any(command.name in each and command.summary in each for each in lines)
        assert max(map(len, lines)) <= 100


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["plugin"], 'no command is named `plugin`; did you mean "plugins" or "new-plugin"?'),
        (["zzz"], "commands: train"),
        (["plugins", "--timing"], 'unknown option `--timing`; did you mean "--timings"?'),
        (["plugins", "more"], "unexpected argument `more`"),
        (["components", "--kind", "encodr"], 'no kind is named `encodr`; did you mean "encoder"'),
        (["components", "--kind", "features"], "is now called `feature_extractor`"),
        (["describe", "features/classifier"], "is now called `feature_extractor`"),
        (["plugins", "--color", "red"], "invalid choice: 'red'"),
        (["plugins", "--no-plugins="], "no plugin is named"),
        (["--verson"], 'did you mean "--version"'),
        (["-v"], "no command was given"),
        (["describe"], "the following arguments are required: KIND/NAME"),
    ],
)
def test_a_wrong_command_line_ends_with_2_and_a_hint(
    argv: list[str], said: str, vaereg_run: Any
) -> None:
    result = vaereg_run(*argv)

    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("error: ")
    assert said in result.err


PLACED = DeclarationError([Problem("unknown-key", "unknown key `a`", Place("r.toml", 1, 2))])


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (DataError("no data"), 1),
        (OSError(28, "No space left on device"), 1),
        (PLACED, 2),
        (PluginError("gone"), 3),
        (LockError("drift"), 4),
        (Interrupted("stopped"), 130),
        (KeyboardInterrupt(), 130),
    ],
)
def test_an_error_goes_to_stderr_and_ends_with_its_own_code(
    fault: BaseException, code: int, vaereg_run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_command_that(monkeypatch, raising(fault))

    told, as_json = vaereg_run("probe"), vaereg_run("probe", "--json")

    assert (told.code, told.out) == (code, "")
    assert told.err.startswith("error")
    assert "Traceback" not in told.err
    assert (as_json.code, as_json.err) == (code, "")
    assert as_json.json["schema_version"] == 1
    assert as_json.json["error"]["exit_code"] == code


def test_every_problem_of_a_declaration_is_in_the_json(
    vaereg_run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_command_that(monkeypatch, raising(PLACED))

    (problem,) = vaereg_run("probe", "--json").json["error"]["problems"]

    assert (problem["code"], problem["file"], problem["line"]) == ("unknown-key", "r.toml", 1)


def test_a_bug_is_called_a_bug_and_its_traceback_is_kept(
    vaereg_run: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    a_command_that(monkeypatch, raising(ValueError("odd")))

    told, verbose = vaereg_run("probe"), vaereg_run("probe", "-v")

    (kept,) = tmp_path.glob("vaereg-bug-*.txt")
    assert told.code == verbose.code == 5
    assert "this is a bug in vaereg" in told.err
    assert str(kept) in told.err
    assert "ValueError: odd" in kept.read_text()
    assert "Traceback" in verbose.err


def test_a_command_may_follow_the_common_options(vaereg_run: Any, tmp_path: Path) -> None:
    registry = tmp_path / "other.toml"
    registry.write_text("[models]\n")

    result = vaereg_run("-f", str(registry), "--json", "--no-plugins", "plugins")

    assert result.code == 0
    assert result.json["plugins"]


def test_versions_come_from_metadata(vaereg_run: Any) -> None:
    text, document = vaereg_run("--version"), vaereg_run("--version", "--json")

    assert text.out.startswith("vaereg ")
    assert f"python {sys.version.split()[0]}" in text.out
    assert document.json["versions"]["keras"]


def test_adding_the_arguments_of_any_command_imports_no_keras() -> None:
    import subprocess

    code = (
        "import sys\n"
        "from importlib import import_module, util\n"
        "from vaereg.cli.arguments import Parser\n"
        "from vaereg.cli.commands import COMMANDS\n"
        "for each in COMMANDS.values():\n"
        "    module = import_module(each.module)\n"
        "    module.add_arguments(Parser())\n"
        "    assert module.__doc__ and callable(module.run), each\n"
        "assert not {'keras', 'numpy', 'tensorflow', 'jax', 'torch'} & set(sys.modules)\n"
    )

    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_plugin_that_exits_does_not_make_a_command_look_done(
    vaereg_run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_command_that(monkeypatch, raising(SystemExit(0)))

    result = vaereg_run("probe")

    assert result.code == 3
    assert "sys.exit(0) at" in result.err and "test_main.py" in result.err


def test_an_output_that_cannot_be_written_is_told_in_one_line(
    vaereg_run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(text: str) -> int:
        raise OSError(28, "No space left on device")

    def run(args: object) -> int:
        monkeypatch.setattr(sys.stdout, "write", write)
        sys.stdout.write("{}")
        return 0

    a_command_that(monkeypatch, run)

    result = vaereg_run("probe", "--json")

    assert result.code == 1
    assert "No space left on device" in result.err and "Traceback" not in result.err


def test_control_characters_of_a_file_name_are_escaped_when_a_file_is_written(
    vaereg_run: Any, tmp_path: Path
) -> None:
    for words in (("init", "-f"), ("schema", "--out")):
        done = vaereg_run(*words, str(tmp_path / "a\x1b[2J\x9b.toml"))
        assert done.code == 0
        assert r"a\x1b[2J\x9b.toml" in done.out
        assert "\x1b" not in done.out and "\x9b" not in done.out
        (tmp_path / "a\x1b[2J\x9b.toml").unlink()


def test_nothing_but_json_is_on_stdout_whatever_a_plugin_prints(
    vaereg_run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vaereg.cli.output import print_json

    def work(args: Any) -> int:
        print("epoch 1")  # noqa: T201  # as a plugin might
        if args.json:
            print_json({"done": True})
        return 0

    a_command_that(monkeypatch, work)
    done = vaereg_run("probe", "--json")

    assert (done.json["done"], done.err) == (True, "epoch 1\n")
    assert vaereg_run("probe").out == "epoch 1\n"


FAILING = """
def fail():
    raise ValueError("\x1b[1mno such layer\x1b[0m")

def fail_within_numpy():
    import numpy
    numpy.zeros(3).reshape(2, 2)
"""


@pytest.mark.parametrize(("name", "line"), [("fail", 3), ("fail_within_numpy", 7)])
def test_an_error_of_a_plugin_is_no_bug_in_vaereg(
    vaereg_run: Any, monkeypatch: pytest.MonkeyPatch, fake_distribution: Any, name: str, line: int
) -> None:
    modules = {"acme_fails.plugin": "", "acme_fails.parts": FAILING}
    fake_distribution("acme-fails", modules=modules)

    def work(args: Any) -> int:
        import acme_fails.parts

        getattr(acme_fails.parts, name)()
        return 0

    a_command_that(monkeypatch, work)
    done = vaereg_run("probe")

    assert done.code == 3
    assert "the plugin acme-fails 1.0 failed: ValueError: " in done.err
    assert f"parts.py:{line}\nThis is a bug in acme-fails" in done.err.replace("\n  ", "\n")
    assert "bug in vaereg" not in done.err
    assert "x1b" not in done.err
