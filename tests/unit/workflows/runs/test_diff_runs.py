"""What differs between two runs."""

from __future__ import annotations

import json

import pytest

import vaereg
from tests.helpers.listed_runs import write_runs
from vaereg.workflows.runs.diff_runs import diff_runs


@pytest.fixture
def made(tmp_path):
    return write_runs(tmp_path / "runs")


def test_settings_versions_and_scores_that_differ_are_listed(made):
    lock = json.loads((made["second"] / "lock.json").read_text())
    lock["backend"] = {"name": "jax", "version": "9.9"}
    (made["second"] / "lock.json").write_text(json.dumps(lock))

    found = diff_runs(made["first"], made["second"])

    assert found.settings == (("likelihood", "vaereg/bernoulli", "vaereg/gaussian"),)
    assert ("seed", "0", "1") in found.made_with
    assert ("backend", "tensorflow 2.21.0", "jax 9.9") in found.made_with
    assert ("hf_gap", -5.0, -4.0) in found.scores
    assert "python" not in {name for name, *_ in found.made_with}


def test_a_change_in_training_is_a_difference(made):
    change = '[[changes]]\nkey = "train.epochs"\nbefore = 10\nafter = 20\nafter_epoch = 10\n'
    with (made["first"] / "declaration.toml").open("a") as file:
        file.write(change)

    settings = diff_runs(made["first"], made["second"]).settings

    changed = next(row for row in settings if row[0] == "change 1")
    assert "train.epochs from 10 to 20" in changed[1]


def test_a_run_without_scores_shows_none(made):
    found = diff_runs(made["first"], made["third"])

    assert ("hf_gap", -5.0, None) in found.scores


def test_a_run_does_not_differ_from_itself(made):
    found = diff_runs(made["old"], made["old"])

    assert found.settings == found.made_with == ()


def test_a_damaged_run_is_one_error(made):
    (made["first"] / "lock.json").write_text("{}")

    with pytest.raises(vaereg.RunError, match="damaged or edited"):
        diff_runs(made["first"], made["second"])
