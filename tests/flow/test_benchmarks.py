"""The benchmarks run, and their sides train the same model; times are not tested."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.battery.power import IMPROVEMENTS

ROOT = Path(__file__).resolve().parents[2]


def ran(folder: Path, *arguments: str) -> tuple[str, dict[str, Any]]:
    """The output of a benchmark, and the file that it wrote."""
    path = folder / "figures.json"
    command = [sys.executable, "-m", "tests.benchmarks", *arguments, "--json", str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout, json.loads(path.read_text(encoding="utf-8"))


def test_without_a_name_the_benchmarks_are_listed():
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks"], cwd=ROOT, capture_output=True, text=True
    )

    assert done.returncode == 0
    assert {"training", "dispatch", "vaegan", "growth", "start_up"} <= set(done.stdout.split())


def test_an_unknown_name_is_an_error_that_lists_the_known_ones():
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks", "trainin"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 2
    assert "no benchmark 'trainin'; there are:" in done.stderr


def assert_the_sides_train_the_same_network(sides: dict[str, Any], printed: str) -> None:
    assert {"vaereg", "tf.function", "plain Keras fit"} <= set(sides)
    assert len({side["weights"] for side in sides.values()}) == 1
    for name, side in sides.items():
        assert side["losses"][-1] < side["losses"][0]
        assert len(side["processor"]) == 2
        assert f"| {name} " in printed


@pytest.mark.slow
def test_all_sides_of_training_train_the_same_convolutional_network(tmp_path: Path):
    printed, written = ran(
        tmp_path, "training", "--small", "--backend", "tensorflow", "--no-pythae",
        "--network", "conv",
    )  # fmt: skip

    (found,) = written["figures"]
    assert found["network"] == "conv"
    assert_the_sides_train_the_same_network(found["sides"], printed)
    assert "too few and too short to say which side is faster" in printed


@pytest.mark.slow
def test_the_dispatch_of_a_step_is_measured_on_the_same_dense_network(
    tmp_path: Path,
):
    printed, written = ran(tmp_path, "dispatch", "--small", "--backend", "tensorflow")

    (found,) = written["figures"]
    assert_the_sides_train_the_same_network(found["sides"], printed)
    assert all(side["microseconds_per_step"] > 0 for side in found["sides"].values())
    assert "µs a step" in printed


@pytest.mark.slow
def test_the_battery_prints_verdicts_on_defects_and_improvements(tmp_path: Path):
    printed, written = ran(tmp_path, "battery", "--small")

    assert "| blur " in printed
    assert "| one image repeated " in printed
    laid = {(each["defect"], each["laid_on"]) for each in written["figures"]["defects"]}
    assert ("blur", "samples of sharp") in laid
    assert len(written["figures"]["defects"]) == 12
    assert {each["name"] for each in written["figures"]["improvements"]} == {
        each.name for each in IMPROVEMENTS
    }
