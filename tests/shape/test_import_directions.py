"""A stage imports no later one; keras and its backends are imported only where they may be."""

from __future__ import annotations

from pathlib import Path

import pytest

import vaereg
import vaereg.testing
from tests.helpers.source_tree import (
    ROOT,
    Import,
    core_files,
    core_imports,
    imports,
    plugin_files,
    plugin_imports,
)

STAGES = (
    "vaereg.declaration",
    "vaereg.discovery",
    "vaereg.assembly",
    "vaereg.model",
    "vaereg.trained",
    "vaereg.training",
    "vaereg.evaluation",
    "vaereg.comparison",
    "vaereg.reporting",
    "vaereg.workflows",
    "vaereg.cli",
)
GROUND = ("vaereg.contracts", "vaereg.kinds", "vaereg.component", "vaereg.errors")
LEAVES = ("vaereg.runs", "vaereg.host", "vaereg.pictures", "vaereg.measures")
"""Any stage from the third on may import these; of the stages, they import only declaration."""
KERAS_FREE = (
    *GROUND,
    "vaereg.frozen",
    "vaereg.hookspecs",
    "vaereg.declaration",
    "vaereg.discovery",
    "vaereg.cli.main",
)
BACKENDS = ("tensorflow", "jax", "torch")
BACKEND_PLACES = (
    "vaereg.model",
    "vaereg.host.devices",
    "vaereg.host.memory",
    "vaereg.basics.kernels",
)


def told(wrong: list[Import]) -> str:
    """The offending imports, one a line."""
    return "\n".join(str(each) for each in wrong)


def test_there_is_something_to_look_at() -> None:
    assert len(core_files()) > 50
    assert any(each.reaches("keras") for each in core_imports())


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_imports_no_later_one(stage: str) -> None:
    later = STAGES[STAGES.index(stage) + 1 :]

    wrong = [each for each in core_imports() if each.stands_in(stage) and each.reaches(*later)]

    assert not wrong, told(wrong)


def test_nothing_imports_the_command_line() -> None:
    allowed = ("vaereg.cli", "vaereg.__main__", "vaereg.testing.fixtures")  # one runs commands

    wrong = [
        each
        for each in core_imports()
        if each.reaches("vaereg.cli") and not each.stands_in(*allowed)
    ]

    assert not wrong, told(wrong)


def test_the_contracts_import_no_stage() -> None:
    wrong = [
        each
        for each in core_imports()
        if each.stands_in(*GROUND) and each.reaches(*STAGES, *LEAVES)
    ]

    assert not wrong, told(wrong)


def test_the_leaves_know_no_stage_that_uses_them() -> None:
    later = STAGES[STAGES.index("vaereg.assembly") :]

    wrong = [each for each in core_imports() if each.stands_in(*LEAVES) and each.reaches(*later)]

    assert not wrong, told(wrong)


def test_evaluating_reads_run_folders_and_not_training() -> None:
    wrong = [
        each
        for each in core_imports()
        if each.stands_in("vaereg.evaluation", "vaereg.reporting")
        and each.reaches("vaereg.training")
    ]

    assert not wrong, told(wrong)


def test_the_first_stages_never_import_keras() -> None:
    wrong = [
        each
        for each in core_imports()
        if each.stands_in(*KERAS_FREE) and each.reaches("keras", *BACKENDS)
    ]

    assert not wrong, told(wrong)


def test_declarations_never_import_keras_nor_the_components() -> None:
    wrong = [
        each
        for each in (*core_imports(), *plugin_imports())
        if (
            (each.file.name == "plugin.py" and each.file.parent.name != "cli")
            or (each.file.name == "declared.py" and each.stands_in("vaereg.basics"))
        )
        and not each.typing_only
        and each.reaches("keras", *BACKENDS, "numpy", "scipy", "sklearn")
    ]

    assert not wrong, told(wrong)


def test_commands_import_keras_only_when_they_run() -> None:
    heavy = (
        "keras",
        *BACKENDS,
        "numpy",
        "scipy",
        "vaereg.assembly",
        "vaereg.evaluation",
        "vaereg.measures",
        "vaereg.model",
        "vaereg.pictures",
        "vaereg.reporting",
        "vaereg.trained",
        "vaereg.training",
    )

    wrong = [
        each
        for each in core_imports()
        if each.stands_in("vaereg.cli")
        and not (each.deferred or each.typing_only)
        and each.reaches(*heavy)
    ]

    assert not wrong, told(wrong)


def test_backends_are_imported_only_where_they_are_told_apart() -> None:
    wrong = [
        each
        for each in core_imports()
        if each.reaches(*BACKENDS) and not each.stands_in(*BACKEND_PLACES)
    ]

    assert not wrong, told(wrong)


def test_the_core_imports_no_plugin() -> None:
    wrong = [each for each in core_imports() if each.target.startswith("vaereg_plugin_")]

    assert not wrong, told(wrong)


def test_the_core_reaches_the_built_in_components_only_as_a_plugin() -> None:
    wrong = [
        each
        for each in core_imports()
        if each.reaches("vaereg.basics") and not each.stands_in("vaereg.basics")
    ]

    assert not wrong, told(wrong)


def test_a_plugin_imports_only_public_names_of_vaereg() -> None:
    public = {"vaereg", *(f"vaereg.{name}" for name in vaereg.__all__)}

    wrong = [
        each for each in plugin_imports() if each.reaches("vaereg") and each.target not in public
    ]

    assert not wrong, told(wrong)


def test_the_tests_of_a_plugin_import_what_their_authors_may() -> None:
    names = {"vaereg": vaereg.__all__, "vaereg.testing": vaereg.testing.__all__}
    public = {*names, *(f"{home}.{name}" for home, each in names.items() for name in each)}

    files = sorted((ROOT / "plugins").glob("*/tests/**/*.py"))
    found = [each for file in files for each in imports(file, ROOT)]
    wrong = [each for each in found if each.reaches("vaereg") and each.target not in public]

    assert files
    assert not wrong, told(wrong)


def test_a_plugin_imports_no_other_plugin() -> None:
    wrong = [
        each
        for each in plugin_imports()
        if each.target.startswith("vaereg_plugin_")
        and each.target.split(".")[0] != each.module.split(".")[0]
    ]

    assert not wrong, told(wrong)


def test_the_built_in_components_import_only_public_names_of_vaereg() -> None:
    declared = {"vaereg.component", "vaereg.frozen", "vaereg.hookspecs"}
    public = {"vaereg", *(f"vaereg.{name}" for name in vaereg.__all__)}

    wrong = [
        each
        for each in core_imports()
        if each.stands_in("vaereg.basics")
        and each.reaches("vaereg")
        and not each.reaches("vaereg.basics", *declared)
        and each.target not in public
    ]

    assert not wrong, told(wrong)


SOURCE = """
import keras
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    import numpy
from . import sibling
from ..other import thing
def late():
    from vaereg.cli import main
"""


def test_the_walk_finds_every_form_of_import(tmp_path: Path) -> None:
    file = tmp_path / "vaereg" / "model" / "part.py"
    file.parent.mkdir(parents=True)
    file.write_text(SOURCE)

    found = {each.target: (each.deferred, each.typing_only) for each in imports(file, tmp_path)}

    assert found == {
        "keras": (False, False),
        "typing.TYPE_CHECKING": (False, False),
        "numpy": (False, True),
        "vaereg.model.sibling": (False, False),
        "vaereg.other.thing": (False, False),
        "vaereg.cli.main": (True, False),
    }


def test_every_plugin_of_the_repository_is_looked_at() -> None:
    folders = list((ROOT / "plugins").glob("*/pyproject.toml"))

    assert {file.relative_to(ROOT / "plugins").parts[0] for file in plugin_files()} == {
        folder.parent.name for folder in folders
    }
