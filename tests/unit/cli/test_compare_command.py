"""compare finds runs and their evaluations, and prints verdicts as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest

from tests.helpers.made_lock import COMPONENT, made_lock
from tests.helpers.measured_runs import Quality, trained
from vaereg.evaluation.evaluation_files import Variant, read_evaluation, write_evaluation
from vaereg.runs.layout import RunFolder
from vaereg.runs.status import Status, write_status

BETTER = Quality(gap=-3.0, coverage=0.6, kernel=0.02)


@pytest.fixture
def make(plugins_folder: Path) -> Callable[..., RunFolder]:
    """Makes evaluated run folders in ./runs; without a quality, a folder without an evaluation."""
    assert plugins_folder.is_dir()
    rng = np.random.default_rng(0)

    def made(
        model: str,
        seed: int = 0,
        quality: Quality | None = None,
        variant: Variant | None = None,
        state: str = "finished",
        likelihood: str = "vaereg/bernoulli",
    ) -> RunFolder:
        run = RunFolder(Path("runs") / model / f"20260101-00000{seed}-aaaa")
        run.path.mkdir(parents=True, exist_ok=True)
        run.declaration.write_text(f"[models.{model}]\nlatent = 16\n[train]\nseed = {seed}\n")
        slots = {"sampler": "vaereg/prior", "likelihood": likelihood}
        parts = {name: {**COMPONENT, "component": component} for name, component in slots.items()}
        lock = made_lock(model=model, seed=seed, components=parts)
        run.lock.write_text(json.dumps(lock))
        write_status(run, Status(state=state, epochs=30, of=30))
        if quality is not None:
            measured = trained(rng, quality)
            evaluation = attrs.evolve(measured.evaluation, model=model, seed=seed, run=str(run))
            arrays = {
                f"scores/{name}/{which}": array
                for name, each in measured.influences.items()
                for which, array in (("generated", each.generated), ("real", each.real))
                if array is not None
            }
            write_evaluation(run, variant or Variant(), evaluation, arrays)
        return run

    return made


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Records which runs were to be evaluated; evaluations are only read."""
    calls: list[Any] = []

    def read(runs: Any, options: Any, tell: Any) -> list[Any]:
        calls.append((runs, options))
        return [read_evaluation(*each) for each in runs]

    monkeypatch.setattr("vaereg.workflows.evaluations.ensure_evaluated", read)
    return calls


def test_two_methods_are_distinguished_question_by_question(make: Any, asked: Any, vaereg_run: Any):
    for seed in range(6):
        make("old", seed, Quality())
        make("new", seed, BETTER)

    result = vaereg_run("compare", "old", "new")

    assert result.code == 0, result.err
    lines = result.out.splitlines()
    assert lines[0] == "Is new better than old?"
    assert "Is the method better? 6 training seeds" in lines[1]
    for heading in ("Sharp?", "Varied?", "True to the data?"):
        assert next(line for line in lines if heading in line).split()[-1] == "better"
    assert "new is better than old: spectrum_distance" in result.out
    assert any(line.startswith("spectrum_distance* ") for line in lines)
    assert not any(line.startswith("recall_classifier ") for line in lines)
    assert "--all shows 5 further scores: hf_gap, recall, copy_rate." in result.out
    assert "old: samples are blurred" in result.out
    assert len(asked[0][0]) == 12


def test_all_scores_are_shown_on_demand(make: Any, asked: Any, vaereg_run: Any):
    make("old", 0, Quality())
    make("new", 0, BETTER)

    lines = vaereg_run("compare", "old", "new", "--all").out.splitlines()

    for name in ("hf_gap", "recall_classifier", "copy_rate_efficientnet_lite0"):
        assert sum(line.startswith(f"{name} ") for line in lines) == 1, name
    assert not any("further scores" in line for line in lines)


def test_the_json_form_holds_the_comparison(make: Any, asked: Any, vaereg_run: Any):
    make("old", 0, Quality())
    make("new", 0, BETTER)

    result = vaereg_run("compare", "old", "new", "--json", "--full", "--features", "pixels")

    found = result.json["comparison"]
    assert result.json["schema_version"] == 1
    assert (found["design"], found["seeds"]) == ("one_pair", [0])
    assert [each["verdict"] for each in found["verdicts"]] == ["better"] * 3
    names = [each["score"]["name"] for each in found["verdicts"][1]["answers"]]
    assert names == ["coverage_classifier", "coverage_efficientnet_lite0"]
    assert found["a"]["runs"] == [str(Path("runs/old/20260101-000000-aaaa"))]
    assert (asked[0][1].preset, asked[0][1].features) == ("full", ("pixels",))


def test_other_samples_of_one_run_are_a_control(make: Any, asked: Any, vaereg_run: Any):
    run = make("old", 0, Quality())
    make("old", 0, Quality(), Variant(seed=1))

    result = vaereg_run("compare", str(run), f"{run}#1")

    assert result.code == 0, result.err
    assert f"Is old/{run.path.name}#1 better than old/{run.path.name}?" in result.out
    assert "Are these trained weights better?" in result.out
    assert asked[0][0] == [(run, Variant()), (run, Variant(seed=1))]


def test_a_veto_is_shown_with_its_reason(make: Any, asked: Any, vaereg_run: Any):
    make("old", 0, Quality())
    make("new", 0, attrs.evolve(BETTER, copies=0.2))

    result = vaereg_run("compare", "old", "new")

    assert "vetoed" in result.out
    assert "its samples copy training examples" in result.out


def test_too_few_seeds_say_how_many_are_needed(make: Any, asked: Any, vaereg_run: Any):
    for seed in range(3):
        make("old", seed, Quality())
        make("new", seed, BETTER)

    result = vaereg_run("compare", "old", "new")

    assert "exploratory" in result.out
    assert "3 of 3 pairs agree, median improvement +" in result.out
    assert "pairs that agree" in result.out and " interval" not in result.out
    assert "exploratory with 3 of 6 seeds): vaereg train old new --seeds 6" in result.out


def test_notes_say_what_was_left_out_unless_quiet(make: Any, asked: Any, vaereg_run: Any):
    make("old", 0, Quality())
    make("new", 0, BETTER, likelihood="vaereg/gaussian")
    unfinished = make("new", 1, state="interrupted")

    result = vaereg_run("compare", "old", "new")

    assert f"vaereg resume {unfinished}" in result.out
    assert "bounds on log p(x) are not compared" in result.out
    assert "note:" not in vaereg_run("compare", "old", "new", "-q").out


def test_evaluations_that_cannot_be_compared_are_refused(make: Any, asked: Any, vaereg_run: Any):
    make("old", 0, Quality())
    run = make("new", 0, BETTER)
    path = run.path / "evaluation.json"
    path.write_text(path.read_text().replace('"preset": "quick"', '"preset": "full"'))

    result = vaereg_run("compare", "old", "new")

    assert result.code == 1
    assert "these evaluations cannot be compared:" in result.err
    assert "the preset: quick in" in result.err
    assert result.out == ""


def test_missing_arrays_are_an_error_that_says_what_to_do(make: Any, asked: Any, vaereg_run: Any):
    make("old", 0, Quality())
    run = make("new", 0, BETTER)
    (run.path / "evaluation.h5").unlink()

    result = vaereg_run("compare", "old", "new")

    assert result.code == 1
    assert "evaluation.h5 is missing" in result.err


def test_an_unfinished_run_ends_the_command(make: Any, asked: Any, vaereg_run: Any):
    make("old", 0, Quality())
    run = make("new", 0, state="interrupted")

    result = vaereg_run("compare", "old", str(run))

    assert result.code == 1
    assert f"vaereg resume {run}" in result.err
    assert not asked


def test_a_narrow_terminal_gets_wrapped_lines(
    make: Any, asked: Any, vaereg_run: Any, monkeypatch: pytest.MonkeyPatch
):
    make("old", 0, Quality())
    make("new", 0, BETTER)
    monkeypatch.setenv("COLUMNS", "100")

    result = vaereg_run("compare", "old", "new")

    assert max(map(len, result.out.splitlines())) <= 100


def test_help_names_both_sides(vaereg_run: Any):
    result = vaereg_run("compare", "--help")
    assert result.code == 0
    told = " ".join(result.out.split())
    assert "@SAMPLER" in told and "#SEED" in told and "--seeds 6" in told
