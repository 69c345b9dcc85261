"""doctor: its findings, the problems and the exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.fake_distributions import fake_distribution, simple_plugin
from vaereg.runs.layout import create_run
from vaereg.runs.status import Status, write_status


@pytest.fixture
def doctor(vaereg_run: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Runs `doctor --quick` as if every requirement of vaereg were installed."""
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    for name in ("dependencies", "extras"):
        monkeypatch.setattr(f"vaereg.workflows.doctor.dependencies.{name}", lambda *args: ())
    return lambda *words: vaereg_run("doctor", "--quick", *words)


def broken(folder: Path) -> None:
    """A plugin whose import fails on its third line."""
    fake_distribution(
        folder,
        "vaereg-plugin-bad",
        modules={"vaereg_plugin_bad.plugin": "import attrs\n\nimport no_such_module\n"},
        entry_points={"bad": "vaereg_plugin_bad.plugin"},
    )


def test_without_a_problem_doctor_says_so_and_ends_with_0(
    doctor: Any, plugins_folder: Path
) -> None:
    simple_plugin(plugins_folder, "vaereg-plugin-a", ("regularizer", "calm"))

    told, document = doctor(), doctor("--json").json

    assert told.code == 0, told.out
    assert told.out.endswith("no problem\n")
    assert "vaereg-plugin-a" in told.out
    assert (document["well"], document["problems"]) == (True, [])
    assert document["machine"]["python"] == sys.version.split()[0]
    (found,) = [p for p in document["plugins"] if p["distribution"] == "vaereg-plugin-a"]
    assert found["status"] == "ok"
    assert found["import_ms"] > 0
    assert "vaereg" in [each["distribution"] for each in document["plugins"]]


def test_with_quick_no_backend_is_queried(doctor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vaereg.workflows.doctor.examine.ask_backends", None)
    monkeypatch.setattr("vaereg.host.devices.ACCELERATORS", ())

    document = doctor("--json").json

    assert document["backend"]["backend"] == document["backends"][0]["name"]
    assert all(each["version"] and each["devices"] is None for each in document["backends"])


def test_a_broken_plugin_ends_with_3_and_the_line_at_fault(
    doctor: Any, plugins_folder: Path
) -> None:
    broken(plugins_folder)

    told, document = doctor(), doctor("--json")

    assert told.code == document.code == 3
    where = str(Path("vaereg_plugin_bad/plugin.py:3"))
    (problem,) = document.json["problems"]
    assert "ModuleNotFoundError: No module named 'no_such_module'" in problem
    assert where in problem
    assert where in told.out
    assert "1 problem\n" in told.out
    assert "Traceback" not in told.out
    assert "Traceback" in doctor("-v").out


def test_an_entry_point_that_does_not_exist_is_reported_with_its_line(
    doctor: Any, plugins_folder: Path
) -> None:
    fake_distribution(
        plugins_folder,
        "vaereg-plugin-gone",
        modules={},
        entry_points={"gone": "vaereg_plugin_gone.plugin"},
    )

    result = doctor()

    assert result.code == 3
    told = " ".join(result.out.split())
    assert 'its entry point gone = "vaereg_plugin_gone.plugin" points to nothing' in told
    assert "there is no module `vaereg_plugin_gone`" in told
    assert "vaereg_plugin_gone-1.0.dist-info/entry_points.txt:2" in told


def test_a_blocked_plugin_is_not_a_problem(doctor: Any, plugins_folder: Path) -> None:
    broken(plugins_folder)

    result = doctor("--no-plugins", "--json")

    assert result.code == 0
    (found,) = [p for p in result.json["plugins"] if p["distribution"] == "vaereg-plugin-bad"]
    assert (found["status"], found["reason"]) == ("blocked", "by the option no_plugins")


def test_a_missing_plugin_that_the_registry_requires_ends_with_3(doctor: Any) -> None:
    Path("registry.toml").write_text('[plugins]\nrequire = ["vaereg-plugin-gone>=2"]\n')

    result = doctor()

    assert result.code == 3
    assert 'python -m pip install "vaereg-plugin-gone>=2"' in result.out


def test_a_name_with_two_owners_is_shown_but_is_not_a_problem(
    doctor: Any, plugins_folder: Path
) -> None:
    for letter in "ab":
        simple_plugin(
            plugins_folder, f"vaereg-plugin-{letter}", ("regularizer", "calm"), ("prior", "vamp")
        )

    told, result = doctor(), doctor("--json")

    assert told.code == result.code == 0
    clashes = {(each["kind"], each["name"]): each for each in result.json["clashes"]}
    assert clashes["regularizer", "calm"]["owners"] == ["vaereg-plugin-a", "vaereg-plugin-b"]
    assert clashes["regularizer", "calm"]["meant"] == ""
    assert clashes["prior", "vamp"]["meant"] == "vaereg"
    assert "it means vaereg/vamp" in told.out
    assert "vaereg-plugin-b/calm: write one of those" in told.out


def test_a_wrong_registry_is_a_problem_and_the_rest_is_checked(
    doctor: Any, plugins_folder: Path
) -> None:
    simple_plugin(plugins_folder, "vaereg-plugin-a", ("regularizer", "calm"))
    Path("registry.toml").write_text('[plugins]\nblock = "all"\n')

    result = doctor("--json")

    assert result.code == 1
    (problem,) = result.json["problems"]
    assert problem.startswith("registry.toml:2")
    assert "vaereg-plugin-a" in [each["distribution"] for each in result.json["plugins"]]


def test_runs_are_counted_and_a_damaged_one_ends_with_1(doctor: Any, tmp_path: Path) -> None:
    run = create_run(tmp_path / "kept", "m", {"declaration.toml": ""})
    write_status(run, Status(state="finished"))
    well = doctor("--runs", str(tmp_path / "kept"))
    run.status.write_text("{")
    damaged = doctor("--runs", str(tmp_path / "kept"), "--json")

    assert well.code == 0
    assert "1 finished" in well.out
    assert damaged.code == 1
    assert damaged.json["folders"]["runs"]["folder"]["files"] == 2
    assert str(run.status) in damaged.json["problems"][0]


def test_an_old_dependency_and_a_backend_that_fails_end_with_1(
    doctor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vaereg.workflows.doctor.backends import BackendState
    from vaereg.workflows.doctor.dependencies import Dependency

    old = Dependency(name="keras", asked=">=3.15", version="3.9", problem="version 3.9 is old")
    monkeypatch.setattr("vaereg.workflows.doctor.dependencies.dependencies", lambda: (old,))
    ill = BackendState(name="jax", version="0.5", problem="ImportError: no jaxlib", seconds=1.0)
    monkeypatch.setattr(
        "vaereg.workflows.doctor.examine.examine_backends", lambda tell, quick: (ill,)
    )

    result = doctor("--backend", "jax")

    assert result.code == 1
    assert "keras: version 3.9 is old" in result.out
    assert "keras 3.9 (>=3.15)" in result.out
    assert "Keras with jax: ImportError: no jaxlib" in result.out


def test_an_unknown_backend_is_a_problem(doctor: Any) -> None:
    result = doctor("--backend", "tensorflo")

    assert result.code == 1
    assert 'did you mean "tensorflow"?' in result.out


CODE = """
import sys
from vaereg.cli.main import main
code = main(["doctor", "--json", "--quiet", *sys.argv[1:]])
heavy = {"keras", "tensorflow", "jax", "torch"} & set(sys.modules)
assert not heavy, heavy
"""


@pytest.mark.parametrize("words", [["--quick"], pytest.param([], marks=pytest.mark.slow)])
def test_the_doctor_never_imports_keras_itself(words: list[str], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE, *words],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )

    document = json.loads(done.stdout)
    assert done.stderr == ""
    for backend in document["backends"]:
        if not words:
            assert backend["problem"] == ""
            assert backend["devices"][0].startswith(("CPU", "GPU", "TPU"))
