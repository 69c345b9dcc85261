"""The runs of one declaration are found, whatever their seed."""

import json

import attrs
import pytest

from tests.helpers.made_lock import made_lock
from tests.helpers.tiny_run import write_project
from vaereg.declaration.write import declaration_toml
from vaereg.discovery.declare import declare
from vaereg.runs.layout import create_run
from vaereg.runs.run_lock import locked_components
from vaereg.runs.same_declaration import method_of, runs_of_same_declaration


class Project:
    """A declaration and its runs, none of which was trained."""

    def __init__(self, folder):
        self.root = folder / "runs"
        self.declaration = declare(write_project(folder))

    def with_training(self, **changes):
        train = attrs.evolve(self.declaration.train, **changes)
        return attrs.evolve(self.declaration, train=train)

    def make(self, declaration, backend="jax", begun=None, **components):
        locked = locked_components(declaration, ())
        for slot, change in components.items():
            locked[slot] = {**locked[slot], **change}
        more = {} if begun is None else {"weights_from": begun}
        lock = made_lock(components=locked, backend={"name": backend}, **more)
        files = {"declaration.toml": declaration_toml(declaration), "lock.json": json.dumps(lock)}
        return create_run(self.root, declaration.model, files)

    def found(self):
        runs = runs_of_same_declaration(self.declaration, self.root, (), "jax")
        return {run.folder.path for run in runs}


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


def test_runs_of_any_seed_are_found(project):
    made = [project.make(project.with_training(seed=seed)) for seed in (0, 5)]
    assert project.found() == {run.path for run in made}


def test_runs_with_other_settings_backends_or_components_are_not_found(project):
    project.make(project.with_training(epochs=77))
    project.make(project.declaration, backend="torch")
    project.make(project.declaration, encoder={"sha256": "0" * 64})
    project.make(project.declaration, encoder={"component": "acme/other"})
    assert project.found() == set()


def test_a_run_that_began_with_the_weights_of_another_is_not_found(project):
    begun = {"run": "base/1", "digest": "ab" * 16, "taken": 3, "of": 4}
    project.make(project.declaration, begun=begun)
    plain = project.make(project.declaration)
    assert project.found() == {plain.path}


def test_a_damaged_run_is_left_out(project):
    intact = project.make(project.declaration)
    project.make(project.declaration).lock.write_text("{")
    assert project.found() == {intact.path}


def test_seed_and_folder_are_not_part_of_the_method():
    seeds = "[models.m.train]\nseed = 1\nepochs = 2\n[train]\nseed = 3"
    one = method_of(f'folder = "/a"\nx = 1\n{seeds}')
    assert one == {"x": 1, "models": {"m": {"train": {"epochs": 2}}}, "train": {}}
