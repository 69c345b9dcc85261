"""What a plugin changes for the whole process when it is imported is put back."""

from __future__ import annotations

import builtins
import os
import signal
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from vaereg.discovery.put_back import putting_back


def test_folder_environment_and_path_are_put_back_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OLD", "1")
    monkeypatch.setenv("GONE", "1")
    folder, path = Path.cwd(), list(sys.path)

    with putting_back() as changed:
        os.chdir(tmp_path)
        os.environ.update(OLD="2", NEW="3")
        del os.environ["GONE"]
        sys.path.clear()

    assert changed == ["sys.path", "the current folder", "the environment (GONE, NEW, OLD)"]
    assert (Path.cwd(), sys.path) == (folder, path)
    assert (os.environ["OLD"], os.environ["GONE"], os.environ.get("NEW")) == ("1", "1", None)


def test_streams_warnings_depth_and_signals_are_put_back_also_after_an_exception() -> None:
    def state() -> tuple[object, ...]:
        return (
            sys.stdin, sys.stdout, sys.stderr, sys.getrecursionlimit(), warnings.filters[:],
            signal.getsignal(signal.SIGINT),
        )  # fmt: skip  # a list to read

    before = state()
    with pytest.raises(SystemExit), putting_back() as changed:
        sys.stdin = sys.stdout = sys.stderr = None  # type: ignore[assignment]  # as a plugin may
        sys.setrecursionlimit(before[3] + 100)  # type: ignore[operator]
        warnings.simplefilter("error")
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        raise SystemExit(0)

    assert state() == before
    assert not changed


def test_descriptors_modules_builtins_and_the_mask_are_put_back_and_alarms_stopped(
    tmp_path: Path,
) -> None:
    def state() -> tuple[object, ...]:
        return (
            builtins.print, sys.modules["json"], sys.gettrace(), signal.getitimer(0), os.fstat(0)
        )  # fmt: skip  # a list to read

    before = state()
    with putting_back() as changed:
        other = os.open(tmp_path / "elsewhere", os.O_CREAT | os.O_WRONLY)
        os.dup2(other, 0)
        os.close(other)
        builtins.print = builtins.open = None  # type: ignore[assignment]  # as a plugin may
        sys.modules["json"] = None  # type: ignore[assignment]  # likewise
        sys.settrace(lambda *seen: None)
        signal.alarm(100)
        mask = os.umask(0o777)

    assert state() == before
    assert os.umask(mask) == mask
    assert changed == [
        "builtins (print, open)", "sys.modules (json)", "the mask of new files", "the alarm"
    ]  # fmt: skip


def test_closed_descriptors_and_streams_can_be_written_again() -> None:
    code = """
import os, sys
from vaereg.discovery.put_back import putting_back
with putting_back():
    sys.stdout.close()
    os.closerange(0, 3)
print("out")
print("err", file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("out\n", "err\n")


def test_a_plugin_may_add_folders_to_the_path() -> None:
    with putting_back() as changed:
        sys.path.insert(0, "/nowhere")

    assert sys.path.pop(0) == "/nowhere"
    assert not changed
