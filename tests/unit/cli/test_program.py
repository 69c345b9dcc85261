"""Quick commands skip garbage collection and exit immediately, but lose no output."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from vaereg.cli import main as module
from vaereg.cli import program
from vaereg.cli.commands import COMMANDS


@pytest.fixture(autouse=True)
def collecting() -> Iterator[None]:
    before = gc.isenabled()
    gc.enable()
    yield
    if before:
        gc.enable()
    else:
        gc.disable()


def ended(words: list[str], monkeypatch: pytest.MonkeyPatch) -> tuple[str, int, bool]:
    """How the process ends, its exit code, and whether garbage was collected meanwhile."""
    seen: list[bool] = []

    def main() -> int:
        seen.append(gc.isenabled())
        return 3

    def leave(code: int) -> None:
        raise InterruptedError(code)

    monkeypatch.setattr(sys, "argv", ["vaereg", *words])
    monkeypatch.setattr(module, "main", main)
    monkeypatch.setattr(os, "_exit", leave)
    monkeypatch.setattr(program.atexit, "_run_exitfuncs", lambda: None)
    try:
        program.run()
    except InterruptedError as end:
        return "at once", int(end.args[0]), seen[0]
    except SystemExit as end:
        assert isinstance(end.code, int)
        return "as usual", end.code, seen[0]


@pytest.mark.parametrize("name", [*sorted(program.QUICK), "--help", "--version", ""])
def test_a_quick_command_collects_no_garbage_and_ends_at_once(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert name in {*COMMANDS, "--help", "--version", ""}

    assert ended([name] if name else [], monkeypatch) == ("at once", 3, False)


@pytest.mark.parametrize("name", sorted({*COMMANDS} - program.QUICK))
def test_a_long_command_collects_garbage_and_waits_for_no_thread_of_a_plugin(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ended([name], monkeypatch) == ("at once", 3, True)


def test_output_and_exit_handlers_are_complete_at_the_end_of_a_quick_command() -> None:
    code = (
        "import atexit, sys\n"
        "atexit.register(print, 'the last word')\n"
        "atexit.register(sys.exit, 0)\n"
        "sys.argv = ['vaereg', 'components', '--json', '--no-plugins']\n"
        "from vaereg.cli.program import run\n"
        "run()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.startswith("{")
    assert done.stdout.endswith("}\n")
    assert done.stderr == "warning: a library failed at the end: SystemExit: 0\nthe last word\n"


PRINTS = """
import ctypes, json, os, sys, threading, time
from vaereg.cli import main as module, program
def main():
    os.write(1, b"printed in C\\n")
    print(json.dumps({"result": 1}))
    threading.Thread(target=time.sleep, args=(600,)).start()
    return 0
module.main = main
sys.argv = ["vaereg", "train", *sys.argv[1:]]
program.run()
"""


def test_what_a_library_prints_in_c_does_not_spoil_json_and_its_thread_keeps_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PRINTS, "--json"], capture_output=True, text=True, timeout=60
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout == '{"result": 1}\n'
    assert "printed in C" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="closes descriptors as a shell of Unix does")
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_standard_streams_are_no_fault(closed: str) -> None:
    command = f"{sys.executable} -m vaereg components --json {closed}"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60)

    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
