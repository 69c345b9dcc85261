"""Weights are numbers or schedules of one form in one unit."""

from __future__ import annotations

from typing import Any

import pytest

from vaereg.contracts.schedule import Schedule
from vaereg.declaration.declaration import Adaptive, Balance
from vaereg.declaration.shapes.schedules import ScheduleShape, TermWeightShape
from vaereg.declaration.text.document import Document
from vaereg.declaration.text.findings import FAULT, Findings
from vaereg.declaration.text.tree import grown


def _read(given: Any, shape: Any = None) -> tuple[Any, list[str]]:
    findings = Findings(Document(values={}))
    value = (shape or ScheduleShape()).read(grown(given, ("weight",)), findings)
    return value, [problem.code for problem in findings.problems]


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (0, Schedule.constant(0.0)),
        (0.5, Schedule.constant(0.5)),
        (
            {"ramp": [0, 1], "epochs": 5},
            Schedule(form="ramp", values=(0.0, 1.0), lengths=(5.0,)),
        ),
        (
            {"cosine": [1, 0], "steps": 1000},
            Schedule(form="cosine", values=(1.0, 0.0), unit="steps", lengths=(1000.0,)),
        ),
        (
            {"cyclical": [0, 1], "epochs": 2.5, "rise": 0.25},
            Schedule(form="cyclical", values=(0.0, 1.0), lengths=(2.5,), rise=0.25),
        ),
        (
            {"piecewise": [0, 0.5, 1], "epochs": [5, 10]},
            Schedule(form="piecewise", values=(0.0, 0.5, 1.0), lengths=(5.0, 10.0)),
        ),
    ],
)
def test_each_form_is_read(given: Any, read: Schedule) -> None:
    assert _read(given) == (read, [])


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        (True, ["wrong-type"]),
        ("0.5", ["wrong-type"]),
        ([0, 1], ["wrong-type"]),
        (float("nan"), ["not-finite"]),
        ({}, ["schedule-incomplete", "schedule-incomplete"]),
        ({"ramp": [0, 1]}, ["schedule-incomplete"]),
        ({"epochs": 5}, ["schedule-incomplete"]),
        ({"ramp": [0, 1], "epochs": 5, "steps": 5}, ["schedule-ambiguous"]),
        ({"ramp": [0, 1], "cosine": [0, 1], "epochs": 5}, ["schedule-ambiguous"]),
        ({"ramp": [0], "epochs": 5}, ["wrong-length"]),
        ({"ramp": [0, 1, 2], "epochs": 5}, ["wrong-length"]),
        ({"ramp": 1, "epochs": 5}, ["wrong-type"]),
        ({"ramp": [0, "1"], "epochs": 5}, ["wrong-type"]),
        ({"ramp": [0, 1], "epochs": 0}, ["out-of-range"]),
        ({"ramp": [0, 1], "epochs": -1}, ["out-of-range"]),
        ({"ramp": [0, 1], "epochs": [5]}, ["wrong-type"]),
        ({"ramp": [0, 1], "steps": 2.5}, ["wrong-type"]),
        ({"ramp": [0, 1], "epochs": 5, "rise": 0.5}, ["unknown-key"]),
        ({"cyclical": [0, 1], "epochs": 5, "rise": 0}, ["out-of-range"]),
        ({"cyclical": [0, 1], "epochs": 5, "rise": 1.5}, ["out-of-range"]),
        ({"piecewise": [0, 1, 2], "epochs": [5]}, ["wrong-length"]),
        ({"piecewise": [0, 1, 2], "epochs": [5, 5]}, ["not-increasing"]),
        ({"piecewise": [0, 1, 2], "epochs": [5, 4]}, ["not-increasing"]),
        ({"piecewise": [0, 1], "epochs": [0]}, ["out-of-range"]),
        ({"piecewise": [0, 1], "epochs": 5}, ["wrong-type"]),
        ({"piecewise": [0], "epochs": []}, ["wrong-length"]),
        ({"ramp": [0, 1], "epoch": 5}, ["unknown-key", "schedule-incomplete"]),
    ],
)
def test_a_malformed_schedule_is_an_error(given: Any, codes: list[str]) -> None:
    value, found = _read(given)
    assert value is FAULT
    assert found == codes


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("adaptive", Adaptive()),
        ({"adaptive": 0.8, "max": 1e3}, Adaptive(scale=0.8, maximum=1e3)),
        ({"adaptive": 1}, Adaptive()),
        ({"balance": 0.3}, Balance(share=0.3)),
        ({"balance": 3}, Balance(share=3.0)),
        (2, Schedule.constant(2.0)),
    ],
)
def test_the_weight_of_a_term_may_be_measured(given: Any, read: Any) -> None:
    assert _read(given, TermWeightShape()) == (read, [])


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("adaptiv", "wrong-type"),
        ({"adaptive": 0}, "out-of-range"),
        ({"adaptive": True}, "wrong-type"),
        ({"adaptive": 1, "maximum": 3}, "unknown-key"),
        ({"balance": 0}, "out-of-range"),
        ({"balance": -1}, "out-of-range"),
        ({"balance": "0.3"}, "wrong-type"),
        ({"balance": 0.3, "adaptive": 1}, "unknown-key"),
    ],
)
def test_a_malformed_measured_weight_is_an_error(given: Any, code: str) -> None:
    assert _read(given, TermWeightShape())[1] == [code]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("adaptive", "wrong-type"),
        ({"adaptive": 1}, "does-not-fit"),
        ({"balance": 0.3}, "does-not-fit"),
    ],
)
def test_the_weight_of_the_kl_divergence_cannot_be_measured(given: Any, code: str) -> None:
    assert _read(given, ScheduleShape())[1] == [code]
