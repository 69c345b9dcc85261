"""The list of runs: what each shows, filters, order, and damaged runs."""

from __future__ import annotations

import json

import pytest

import vaereg
from tests.helpers.listed_runs import write_runs
from vaereg.workflows.runs.list_runs import differences_within, headline_scores, list_runs


@pytest.fixture
def made(tmp_path):
    return write_runs(tmp_path / "runs")


@pytest.fixture
def root(tmp_path, made):
    return tmp_path / "runs"


def folders(listed):
    return [each.folder for each in listed]


def test_the_newest_run_comes_first_and_each_tells_what_it_is(made, root):
    listed = list_runs(root)

    assert folders(listed) == [made[name] for name in ("third", "second", "first", "old")]
    third, second = listed[:2]
    assert (third.state, third.epochs, third.of, third.seed) == ("failed", 3, 20, 2)
    assert third.minutes == 1.5 and third.scores == {}  # an epoch that was made twice counts once
    assert (second.state, second.minutes, second.model) == ("finished", 4.5, "sharp")
    assert second.scores["hf_gap"] == -4.0
    assert second.settings["likelihood"] == "vaereg/gaussian"
    assert "train.seed" not in second.settings


def test_a_run_shows_what_differs_from_the_other_runs_of_its_model(root):
    listed = list_runs(root)

    differences = differences_within(listed)

    assert [each.get("likelihood") for each in differences] == [
        "vaereg/bernoulli",
        "vaereg/gaussian",
        "vaereg/bernoulli",
        None,
    ]


def test_models_and_states_are_filters(made, root):
    assert folders(list_runs(root, models=["plain"])) == [made["old"]]
    assert folders(list_runs(root, models=["sharp"], states=["failed"])) == [made["third"]]


@pytest.mark.parametrize(
    ("by", "order"),
    [
        ("minutes", ["third", "old", "first", "second"]),
        ("epochs", ["third", "second", "first", "old"]),
        ("seed", ["first", "old", "second", "third"]),
        ("coverage_classifier", ["second", "first", "old", "third"]),
        ("spectrum_distance", ["second", "first", "old", "third"]),
    ],
)
def test_runs_are_sorted_and_those_without_the_value_come_last(made, root, by, order):
    assert folders(list_runs(root, sort=by)) == [made[name] for name in order]


def test_the_scores_that_decide_are_named_in_the_order_of_the_questions(root):
    assert headline_scores(list_runs(root)) == [
        "spectrum_distance",
        "coverage_classifier",
        "coverage_efficientnet_lite0",
        "kernel_distance_classifier",
        "kernel_distance_efficientnet_lite0",
    ]


@pytest.mark.parametrize("file", ["lock.json", "declaration.toml"])
def test_a_damaged_run_is_listed_with_the_reason(made, root, file):
    (made["second"] / file).write_text("{ not this")

    damaged = list_runs(root)[1]

    assert damaged.folder == made["second"] and damaged.state == "damaged"
    assert file in damaged.reason and "\n" not in damaged.reason


def test_the_run_whose_weights_a_run_began_with_is_named(made, root):
    lock = json.loads((made["old"] / "lock.json").read_text())
    begun = {"run": "base/1", "digest": "ab" * 16, "taken": 3, "of": 4}
    (made["old"] / "lock.json").write_text(json.dumps({**lock, "weights_from": begun}))

    assert list_runs(root, models=["plain"])[0].weights_from == "base/1"


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"states": ["done"]}, "no state 'done'; the states: running, finished"),
        ({"models": ["shrap"]}, "no run of a model 'shrap'.*models with runs: plain, sharp"),
        ({"sort": "fid"}, "not sorted by 'fid'; sort by time, .*spectrum_distance"),
    ],
)
def test_a_wrong_word_is_one_error_with_the_right_ones(root, wrong, complaint):
    with pytest.raises(vaereg.UsageError, match=complaint):
        list_runs(root, **wrong)


def test_a_folder_without_runs_gives_an_empty_list(tmp_path):
    assert list_runs(tmp_path / "nowhere") == []
