"""Backends are queried in child processes, and a missing answer is reported."""

from __future__ import annotations

import pytest

from vaereg.workflows.doctor import backends
from vaereg.workflows.doctor.backends import BackendState, ask_backends, decided

ANSWERS = """
import json, os, sys
name = sys.argv[1]
assert os.environ["KERAS_BACKEND"] == name
print("a greeting")
print(json.dumps({"version": "1." + str(len(name)), "devices": ["GPU " + name]}))
"""
FAILS = """
import sys
print("half an answer")
sys.exit("ImportError: libcuda.so.1 is missing")
"""


def test_each_backend_is_queried_as_the_keras_backend() -> None:
    said: list[str] = []

    found = ask_backends([("jax", "0"), ("torch", "0")], said.append, ANSWERS)

    assert [(each.name, each.version, each.devices, each.problem) for each in found] == [
        ("jax", "1.3", ("GPU jax",), ""),
        ("torch", "1.5", ("GPU torch",), ""),
    ]
    assert said == ["listing the devices of jax, torch"]


@pytest.mark.parametrize(
    ("program", "why"),
    [
        (FAILS, "ImportError: libcuda.so.1 is missing"),
        ("import os; os._exit(7)", "its process ended with exit code 7"),
        ("print('[]')", "its process ended with exit code 0"),
    ],
)
def test_a_backend_that_fails_is_reported_with_its_last_line_of_output(
    program: str, why: str
) -> None:
    (found,) = ask_backends([("jax", "0.5")], lambda line: None, program)

    assert (found.version, found.devices, found.problem) == ("0.5", None, why)


def test_a_backend_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backends, "SECONDS", 0.5)

    (found,) = ask_backends([("jax", "0.5")], lambda line: None, "import time; time.sleep(60)")

    assert "no answer after" in found.problem


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch) -> list[BackendState]:
    """All three installed, on a machine with a device file; only torch has an accelerator."""
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    monkeypatch.setattr("vaereg.host.devices.find_spec", lambda name: name)
    monkeypatch.setattr("vaereg.host.devices.ACCELERATORS", ("/",))
    return [
        BackendState(name="tensorflow", version="2", devices=("CPU (2 cores)",)),
        BackendState(name="jax", version="0", problem="it fails"),
        BackendState(name="torch", version="2", devices=("GPU A",)),
    ]


def test_the_choice_is_the_one_that_a_training_makes(three: list[BackendState]) -> None:
    automatic, asked = decided(None, three), decided("jax", three)

    assert (automatic.backend, automatic.reason) == ("torch", "it has an accelerator")
    assert (asked.backend, asked.reason) == ("jax", "as requested")


def test_unknown_devices_are_not_guessed(three: list[BackendState]) -> None:
    unasked = [BackendState(name=each.name, version="0") for each in three]

    found = decided(None, unasked)

    assert (found.backend, found.problem) == ("", "")
    assert "a quick check does not look for" in found.reason


def test_a_choice_that_cannot_be_made_is_a_problem(
    three: list[BackendState], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "jaxx")

    assert 'did you mean "jax"' in decided(None, three).problem
