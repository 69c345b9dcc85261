import json

import numpy as np
import pytest

from tests.helpers.evaluations import make_evaluated_on, make_evaluation, make_score
from vaereg.errors import RunError
from vaereg.evaluation import evaluation_files
from vaereg.evaluation.evaluation import Extractor
from vaereg.evaluation.evaluation_files import (
    Variant,
    check_evaluations_folder,
    evaluation_path,
    read_arrays,
    read_evaluation,
    write_evaluation,
)
from vaereg.runs.layout import RunFolder

PLAIN = Variant()


@pytest.fixture
def run(tmp_path):
    return RunFolder(tmp_path)


def evaluation(**changes):
    score = make_score(
        "coverage_pixels",
        0.5,
        extractor="pixels",
        question="varied",
        direction=1,
        share=True,
        low=0.4,
        high=0.6,
        reference=0.96,
    )
    extractor = Extractor(component="vaereg/pixels", identity="12ab", facts={"explained": 0.9})
    return make_evaluation(
        **{
            "evaluated_on": make_evaluated_on(class_names=("coat", "bag")),
            "extractors": {"pixels": extractor},
            "scores": {score.name: score},
            "warnings": ("few examples",),
            **changes,
        }
    )


def test_an_evaluation_is_read_as_it_was_written(run):
    arrays = {"scores/coverage_pixels/real": np.array([0.0, 1.0])}

    write_evaluation(run, PLAIN, evaluation(), arrays)
    read = read_evaluation(run, PLAIN)

    assert read == evaluation(run=str(run))
    assert read.scores["coverage_pixels"].base == "coverage"
    assert np.array_equal(
        read_arrays(run, PLAIN, read)["scores/coverage_pixels/real"], np.array([0.0, 1.0])
    )


def test_a_run_that_was_not_evaluated_has_none(run):
    assert read_evaluation(run, PLAIN) is None


def test_evaluations_of_other_samplers_and_seeds_have_files_of_their_own(run):
    other = Variant(sampler="acme-vae/flow", seed=2)
    write_evaluation(run, PLAIN, evaluation(), {})
    write_evaluation(run, other, evaluation(sampling_seed=2), {})

    assert evaluation_path(run, other).name == "evaluation-acme-vae--flow-seed2.json"
    assert read_evaluation(run, PLAIN).sampling_seed == 0
    assert read_evaluation(run, other).sampling_seed == 2


def test_samplers_with_other_parameters_have_files_of_their_own(run):
    tables = ['{ use = "a/b", x = 1 }', '{ use = "a-b", x = 1 }', f'{{ use = "a/{"b" * 400}" }}']
    names = [evaluation_path(run, Variant(sampler=each)).name for each in tables]

    assert len(set(names)) == 3
    assert max(map(len, names)) < 100
    assert names[0].startswith("evaluation-use-a-b-x-1-")


@pytest.mark.parametrize("form", [0, 99, None])
def test_an_evaluation_of_another_version_is_an_error_that_says_what_to_do(run, form):
    write_evaluation(run, PLAIN, evaluation(), {})
    path = evaluation_path(run, PLAIN)
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(content | {"form": form}), encoding="utf-8")

    with pytest.raises(RunError, match=f"form {form}, [\\s\\S]*vaereg evaluate .* --again"):
        read_evaluation(run, PLAIN)


def test_a_damaged_evaluation_is_an_error_that_says_what_to_do(run):
    write_evaluation(run, PLAIN, evaluation(), {})
    path = evaluation_path(run, PLAIN)
    content = json.loads(path.read_text(encoding="utf-8"))
    del content["scores"]["coverage_pixels"]["value"]
    path.write_text(json.dumps(content), encoding="utf-8")

    with pytest.raises(RunError, match=r"damaged[\s\S]*--again"):
        read_evaluation(run, PLAIN)


def test_arrays_of_another_evaluation_are_refused(run):
    write_evaluation(run, PLAIN, evaluation(), {"a": np.zeros(2)})

    with pytest.raises(RunError, match="belongs to a different evaluation"):
        read_arrays(run, PLAIN, evaluation(made="2026-02-02T00:00:00+0000"))


def test_the_file_names_no_folder_of_this_machine(run, monkeypatch):
    write_evaluation(run, PLAIN, evaluation(run=str(run)), {})
    named = json.loads(evaluation_path(run, PLAIN).read_text())["run"]
    assert named == f"{run.path.parent.name}/{run.path.name}"

    monkeypatch.chdir(run.path.parent)
    write_evaluation(run, PLAIN, evaluation(run=str(run)), {})
    assert json.loads(evaluation_path(run, PLAIN).read_text())["run"] == run.path.name


def test_the_evaluation_of_a_read_only_run_is_kept_below_the_current_folder(
    run, tmp_path, monkeypatch
):
    write_evaluation(run, PLAIN, make_evaluation(model="old"), {})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(evaluation_files, "is_writable", lambda folder: folder != run.path)
    assert evaluation_path(run, PLAIN).parent == run.path  # as long as there is no other
    write_evaluation(run, PLAIN, make_evaluation(model="new"), {"a": np.zeros(2)})
    folder = tmp_path / ".vaereg" / "evaluations" / run.path.parent.name / run.path.name
    assert evaluation_path(run, PLAIN) == folder / "evaluation.json"
    found = read_evaluation(run, PLAIN)
    assert found is not None and found.model == "new"
    assert read_arrays(run, PLAIN, found)["a"].shape == (2,)
    monkeypatch.setattr(evaluation_files, "is_writable", lambda folder: False)
    with pytest.raises(RunError, match="neither the run nor"):
        check_evaluations_folder(run)
