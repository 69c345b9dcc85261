"""The commands that only read, as a user runs them: other processes, real plugins, no keras."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.fake_distributions import fake_distribution, simple_plugin

HEAVY = ("keras", "tensorflow", "jax", "torch", "numpy", "scipy", "sklearn", "PIL")

BLOCKER = f"""
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {set(HEAVY)!r}:
            raise RuntimeError("heavy import of " + name)
sys.meta_path.insert(0, Blocker())
"""

READING = (
    ["--help"],
    ["--version"],
    ["plugins", "--timings"],
    ["components"],
    ["components", "--kind", "prior", "--json"],
    ["describe", "likelihood/bernoulli"],
    ["check"],
    ["schema"],
    ["init", "-f", "new.toml"],
    ["train", "--help"],
    ["resume", "--help"],
    ["sample", "--help"],
)


def vaereg(
    *argv: str, cwd: Path, path: Path | None = None, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs `python -m vaereg.cli`, with `path` in front on PYTHONPATH."""
    return subprocess.run(
        [sys.executable, "-m", "vaereg.cli", *argv],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(path or ""), **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty plugins and, as sitecustomize, a hook that forbids heavy imports."""
    folder = tmp_path_factory.mktemp("installed")
    for number in range(20):
        simple_plugin(folder, f"vaereg-plugin-p{number}", ("prior", f"flow{number}"))
    (folder / "sitecustomize.py").write_text(BLOCKER)
    return folder


@pytest.mark.parametrize("argv", READING, ids=" ".join)
def test_reading_commands_import_nothing_heavy(
    argv: list[str], installed: Path, tmp_path: Path
) -> None:
    if argv[0] == "check":
        vaereg("init", cwd=tmp_path)

    done = vaereg(*argv, cwd=tmp_path, path=installed)

    assert "heavy import" not in done.stderr
    assert (done.returncode, done.stderr) == (0, "")


def test_the_hook_does_forbid_heavy_imports(installed: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(installed)}

    done = subprocess.run(
        [sys.executable, "-c", "import numpy"], env=environment, capture_output=True, check=False
    )

    assert b"heavy import of numpy" in done.stderr


def test_twenty_plugins_are_listed_with_what_they_offer(installed: Path, tmp_path: Path) -> None:
    done = vaereg("plugins", "--json", cwd=tmp_path, path=installed)

    plugins = {each["distribution"]: each for each in json.loads(done.stdout)["plugins"]}
    for number in range(20):
        plugin = plugins[f"vaereg-plugin-p{number}"]
        assert plugin["status"] == "ok"
        assert plugin["components"] == [{"kind": "prior", "name": f"flow{number}"}]


def test_a_plugin_that_ends_the_process_ends_only_itself(tmp_path: Path) -> None:
    fake_distribution(
        tmp_path,
        "vaereg-plugin-x",
        modules={"vaereg_plugin_x.plugin": "print('noise')\nraise SystemExit(9)\n"},
        entry_points={"x": "vaereg_plugin_x.plugin"},
    )

    done = vaereg("components", "--json", cwd=tmp_path, path=tmp_path)

    assert done.returncode == 0
    assert json.loads(done.stdout)["components"]
    assert "vaereg-plugin-x 1.0 (entry x) is broken: SystemExit: 9" in done.stderr


def test_the_environment_can_leave_out_all_plugins(installed: Path, tmp_path: Path) -> None:
    off = {"VAEREG_DISABLE_PLUGIN_AUTOLOAD": "1"}

    done = vaereg("components", "--json", cwd=tmp_path, path=installed, environment=off)

    owners = {each["distribution"] for each in json.loads(done.stdout)["components"]}
    assert owners == {"vaereg"}


def test_a_closed_pipe_is_not_an_error(tmp_path: Path) -> None:
    command = f"{sys.executable} -m vaereg.cli schema | head -c 1"

    done = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert (done.stdout, done.stderr) == ("{", "")


def test_the_output_works_on_an_ascii_terminal(tmp_path: Path) -> None:
    plain = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}

    for argv in (["components"], ["plugins"], ["describe", "regularizer/total_correlation"]):
        done = vaereg(*argv, cwd=tmp_path, environment=plain)

        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.isascii()


def test_the_program_is_installed_under_its_name(tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("vaereg")
    if not program.exists():
        pytest.skip("vaereg is on sys.path but its program is not installed")

    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)

    assert done.stdout.startswith("vaereg ")
