"""Short commands do not collect garbage, and restore the setting of the process."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from vaereg.cli import __main__ as module
from vaereg.cli.commands import COMMANDS


@pytest.fixture(autouse=True)
def collecting() -> Iterator[None]:
    before = gc.isenabled()
    gc.enable()
    yield
    if not before:
        gc.disable()


def collects_within(name: str, monkeypatch: pytest.MonkeyPatch) -> bool:
    seen = []

    def run(args: object) -> int:
        del args
        seen.append(gc.isenabled())
        return 0

    command = SimpleNamespace(__doc__="", add_arguments=lambda parser: None, run=run)
    monkeypatch.setattr(module, "import_module", lambda path: command)
    assert module.main([name]) == 0
    return seen[0]


@pytest.mark.parametrize("name", sorted(module.QUICK))
def test_quick_commands_collect_no_garbage(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert name in COMMANDS

    assert not collects_within(name, monkeypatch)
    assert gc.isenabled()


@pytest.mark.parametrize("name", ["train", "evaluate"])
def test_long_commands_collect_garbage(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert collects_within(name, monkeypatch)


def test_an_error_leaves_garbage_collection_enabled(capsys: pytest.CaptureFixture[str]) -> None:
    assert module.main(["describe", "--no-such-option"]) != 0

    assert gc.isenabled()
    capsys.readouterr()
