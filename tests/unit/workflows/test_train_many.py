"""Several trainings: a fault that another seed would meet too is told once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.helpers.tiny_run import write_project
from vaereg.discovery.declare import declare
from vaereg.workflows import train_many as module
from vaereg.workflows.options import RegistryOptions, TrainOptions
from vaereg.workflows.tell import Tell


@pytest.mark.parametrize(
    ("error", "told"), [("DataError", 1), ("RunError", 3), ("NotFiniteError", 3)]
)
def test_a_fault_that_does_not_depend_on_the_seed_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: str, told: int
) -> None:
    document: dict[str, Any] = {"error": {"type": error, "message": "broken"}}
    monkeypatch.setattr(module, "run_child", lambda command: (1, document))
    declaration = declare(write_project(tmp_path))
    options = RegistryOptions(registry=tmp_path / "registry.toml", overrides=(), no_plugins=False)

    found = list(module.train_many([declaration], 3, options, TrainOptions(), Tell(quiet=True)))

    assert len(found) == told


def test_what_concerns_all_trainings_is_told_by_the_first_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[list[str]] = []

    def run(command: list[str]) -> tuple[int, dict[str, Any]]:
        commands.append(command)
        return 1, {"error": {"type": "RunError", "message": "broken"}}

    monkeypatch.setattr(module, "run_child", run)
    write_project(tmp_path)
    text = (tmp_path / "registry.toml").read_text() + '[models.again]\nextends = "tiny"\n'
    declarations = [declare(text, model) for model in ("tiny", "again")]
    options = RegistryOptions(registry=tmp_path / "registry.toml", overrides=(), no_plugins=False)

    list(module.train_many(declarations, 2, options, TrainOptions(), Tell(quiet=True)))

    told = [
        {each.removeprefix("--told=") for each in command if "--told" in each}
        for command in commands
    ]
    every = {"declaration", "data", "model"}
    assert told == [{"declaration"}, every, {"declaration", "data"}, every]
