"""Finished runs are used again, and a failed training leaves no result."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import attrs
import pytest

from tests.helpers.declared_components import Source
from tests.helpers.made_lock import made_lock
from vaereg.declaration.declaration import Declaration
from vaereg.declaration.resolve import resolve
from vaereg.declaration.text.document import parse_document
from vaereg.declaration.write import declaration_toml
from vaereg.errors import Interrupted, RunError
from vaereg.runs.layout import RunFolder
from vaereg.runs.run_lock import locked_components
from vaereg.runs.same_declaration import runs_of_same_declaration
from vaereg.runs.status import Status, write_status
from vaereg.workflows import paired_trainings as module
from vaereg.workflows.options import RegistryOptions, TrainOptions
from vaereg.workflows.paired_trainings import paired_trainings
from vaereg.workflows.tell import Tell

TEXT = '[data.x]\nuse = "clothes"\n[models.old]\nlatent = 3\n[models.new]\nlatent = 4\n'
OLD, NEW = (resolve(parse_document(TEXT), Source(), name) for name in ("old", "new"))
CATALOG: Any = SimpleNamespace(records=())


class Machine:
    """Makes run folders, also instead of child processes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.count = 0
        self.commands: list[list[str]] = []
        self.code = 0
        self.digest = "new data"

    def make(
        self, declaration: Declaration, seed: int, state: str = "finished", **lock: Any
    ) -> Any:
        self.count += 1
        run = RunFolder(self.root / declaration.model / f"20260101-0000{self.count:02}-aaaa")
        run.path.mkdir(parents=True)
        train = attrs.evolve(declaration.train, seed=seed)
        run.declaration.write_text(declaration_toml(attrs.evolve(declaration, train=train)))
        content = made_lock(
            model=declaration.model,
            seed=seed,
            backend={"name": "jax", "version": "1"},
            dataset={"digest": self.digest},
            components=locked_components(declaration, ()),
        )
        for key, value in lock.items():
            content[key] = {**content[key], **value}
        run.lock.write_text(json.dumps(content))
        write_status(run, Status(state=state, epochs=20, of=20))
        return run

    def child(self, command: list[str]) -> tuple[int, dict[str, Any]]:
        self.commands.append(command)
        if self.code:
            return self.code, {"error": {"message": "loss is NaN"}}
        if command[3] == "resume":
            run = RunFolder(Path(command[4]))
            write_status(run, Status(state="finished", epochs=20, of=20))
        else:
            seed = next(int(each[7:]) for each in command if each.startswith("--seed="))
            run = self.make(OLD if command[4] == "old" else NEW, seed)
        return 0, {"runs": [{"run": str(run.path)}]}

    def ablate(self, seeds: int = 2) -> dict[str, dict[int, Any]]:
        return paired_trainings(
            (OLD, NEW),
            range(seeds),
            CATALOG,
            RegistryOptions(overrides=("a=1",)),
            TrainOptions(runs=self.root, backend="jax"),
            Tell(quiet=True),
        )

    @property
    def trained(self) -> list[str]:
        return [f"{words[3]} {words[4]}" for words in self.commands]


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine(tmp_path / "runs")
    monkeypatch.setattr(module, "run_child", made.child)
    return made


def test_pairs_are_trained_seed_by_seed_with_all_options(machine: Machine) -> None:
    done = machine.ablate()

    assert machine.trained == ["train old", "train new"] * 2
    assert {"--set=a=1", "--backend=jax", "--seed=0"} <= set(machine.commands[0])
    assert {model: list(runs) for model, runs in done.items()} == {"old": [0, 1], "new": [0, 1]}


def test_a_run_with_the_same_declaration_is_used_again(machine: Machine) -> None:
    run = machine.make(OLD, 1)

    done = machine.ablate()

    assert machine.trained == ["train old", "train new", "train new"]
    assert done["old"][1].folder == run


@pytest.mark.parametrize(
    "lock",
    [
        {"backend": {"name": "torch", "version": "1"}},
        {"components": {"prior": {"component": "tests/other"}}},
    ],
)
def test_a_run_of_another_backend_or_component_is_not(machine: Machine, lock: Any) -> None:
    machine.make(OLD, 0, **lock)

    assert runs_of_same_declaration(OLD, machine.root, (), "jax") == []


def test_a_run_of_another_version_of_a_plugin_is_not(machine: Machine) -> None:
    components = locked_components(OLD, ())
    components["prior"] = {**components["prior"], "version": "0.9"}
    machine.make(OLD, 0, components=components)

    assert runs_of_same_declaration(OLD, machine.root, (), "jax") == []


def test_a_run_with_other_settings_and_a_damaged_run_are_not_used(
    machine: Machine,
) -> None:
    other = attrs.evolve(OLD, train=attrs.evolve(OLD.train, epochs=3))
    machine.make(other, 0)
    machine.make(OLD, 0).lock.write_text("{")
    fine = machine.make(OLD, 5)

    assert [run.folder for run in runs_of_same_declaration(OLD, machine.root, (), "jax")] == [fine]


def test_an_interrupted_run_is_continued(machine: Machine) -> None:
    run = machine.make(NEW, 0, state="interrupted")

    done = machine.ablate()

    assert machine.trained[1] == f"resume {run.path}"
    assert done["new"][0].folder == run
    assert done["new"][0].status.state == "finished"


def test_a_run_on_older_data_is_trained_again(machine: Machine) -> None:
    machine.digest = "old data"
    old = machine.make(OLD, 0)
    machine.digest = "new data"

    done = machine.ablate()

    assert machine.trained == ["train new", "train old", "train new", "train old"]
    assert done["old"][0].folder != old


def test_a_training_that_fails_ends_the_ablation(machine: Machine) -> None:
    machine.code = 1

    with pytest.raises(
        RunError, match="old, seed 0, failed:\nloss is NaN\nThe ablation has no result"
    ):
        machine.ablate()


def test_an_interrupted_ablation_says_that_it_can_be_continued(machine: Machine) -> None:
    machine.code = 130

    with pytest.raises(Interrupted, match="Run the same command again"):
        machine.ablate()
