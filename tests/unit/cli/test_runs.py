"""`vaereg runs` as a user types it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from tests.helpers.listed_runs import write_runs


@pytest.fixture
def made(vaereg_run):
    """Runs in the folder in which the command runs."""
    return write_runs(Path.cwd() / "runs")


@pytest.fixture
def typed(monkeypatch):
    """Lets stdin be a terminal at which a text is typed."""

    def type_text(text):
        stream = io.StringIO(text)
        stream.isatty = lambda: True
        monkeypatch.setattr("sys.stdin", stream)
        monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)

    return type_text


def test_the_list_shows_a_row_for_each_run(made, vaereg_run):
    done = vaereg_run("runs")

    assert done.code == 0
    rows = done.out.splitlines()[2:]
    assert [row.split()[0] for row in rows] == [
        f"{made[name].parent.name}/{made[name].name}"
        for name in ("third", "second", "first", "old")
    ]
    assert "failed" in rows[0] and "3/20" in rows[0] and "no space" in rows[0]
    assert "free some" not in rows[0]
    assert "likelihood vaereg/gaussian" in rows[1] and "0.7" in rows[1]


def test_json_holds_settings_scores_and_differences(made, vaereg_run):
    done = vaereg_run("runs", "--model=sharp", "--sort=minutes", "--last=2", "--json")

    runs = json.loads(done.out)["runs"]
    assert [each["folder"] for each in runs] == [
        f"runs/sharp/{made[name].name}" for name in ("third", "first")
    ]
    assert runs[1]["scores"]["hf_gap"] == -5.0
    assert runs[1]["settings"]["latent"] == "16"
    assert runs[0]["differs"] == {}


def test_what_differs_is_shown_in_two_columns(made, vaereg_run):
    names = [f"sharp/{made[name].name}" for name in ("first", "second")]

    text, document = (
        vaereg_run("runs", "diff", *names),
        vaereg_run("runs", "diff", *names, "--json"),
    )

    assert "What was declared" in text.out and "vaereg/gaussian" in text.out
    assert json.loads(document.out)["settings"] == [
        {"name": "likelihood", "a": "vaereg/bernoulli", "b": "vaereg/gaussian"}
    ]


@pytest.mark.parametrize(("answer", "stays"), [("y\n", False), ("\n", True), ("", True)])
def test_rm_asks_before_it_deletes(made, vaereg_run, typed, answer, stays):
    typed(answer)

    done = vaereg_run("runs", "rm", f"sharp/{made['first'].name}")

    assert done.code == 0 and "delete 1 run?" in done.err
    assert made["first"].exists() == stays
    assert ("nothing was deleted" in done.err) == stays


def test_rm_needs_yes_where_nobody_can_be_asked(made, vaereg_run):
    name = f"sharp/{made['first'].name}"

    refused, done = (
        vaereg_run("runs", "rm", name),
        vaereg_run("runs", "rm", name, "--yes", "--json"),
    )

    assert refused.code == 2 and "add --yes" in refused.err
    assert done.code == 0
    assert json.loads(done.out)["deleted"][0]["run"].endswith(made["first"].name)
    assert not made["first"].exists()


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("sharp",), "no action 'sharp'"),
        (("list", "sharp"), "Use --model sharp"),
        (("rm",), "name the runs to delete"),
        (("diff", "a"), "takes two runs"),
        (("rm", "--sort=seed", "x"), "are for the list of runs"),
        (("diff", "-y", "a", "b"), "--yes is for"),
    ],
)
def test_a_wrong_command_is_one_error(made, vaereg_run, words, complaint):
    done = vaereg_run("runs", *words)

    assert done.code == 2 and complaint in done.err


def test_no_runs_at_all_is_told(vaereg_run):
    done = vaereg_run("runs")

    assert done.code == 0 and "no run in runs; `vaereg train` makes one" in done.out
