"""`vaereg evaluate`, `compare` and `report`, from their options to their files."""

import csv
import json
import shutil

import pytest

from tests.helpers.evaluated_run import HELD_OUT, quick_classifier, write_evaluated_project
from tests.helpers.tiny_run import newest, vaereg_here, write_project


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory):
    """A project with an evaluated run, and the finished command."""
    folder = tmp_path_factory.mktemp("evaluated")
    write_evaluated_project(folder)
    assert vaereg_here("train", cwd=folder).returncode == 0
    with quick_classifier():
        yield folder, vaereg_here("evaluate", "tiny", cwd=folder)


def evaluation(run, suffix=""):
    return json.loads((run / f"evaluation{suffix}.json").read_text(encoding="utf-8"))


def test_every_question_is_answered_with_its_reference(evaluated):
    folder, done = evaluated
    assert done.returncode == 0, done.stderr
    for told in (
        "Sharp?",
        "Varied?",
        "True to the data?",
        "Is the VAE healthy?",
        "real data",
        "Likely causes",
    ):
        assert told in done.stdout
    for told in ("measuring prdc", "drawing 160 samples", "importing keras"):
        assert told in done.stderr

    found = evaluation(newest(folder))

    scores = found["scores"]
    assert {score["question"] for score in scores.values()} == {"sharp", "varied", "true", "health"}
    for name in (
        "hf_gap",
        "sharpness_ratio_reconstructed",
        "coverage_classifier",
        "recall_classifier",
        "duplicate_rate_classifier",
        "exact_duplicates",
        "vendi_ratio_classifier",
        "missing_modes_classifier",
        "frechet_distance_classifier",
        "kernel_distance_classifier",
        "precision_classifier",
        "density_classifier",
        "nn_accuracy_generated_classifier",
        "copy_rate_values",
        "elbo",
        "iwae",
        "kl",
        "active_units",
        "latent_gap",
        "hole_rate",
    ):
        assert name in scores, sorted(scores)
    of_the_model = {name for name, each in scores.items() if each["question"] == "health"}
    assert all(scores[name]["reference"] is not None for name in scores.keys() - of_the_model)
    assert scores["coverage_classifier"]["reference"] > 0.8
    assert scores["iwae"]["value"] >= scores["elbo"]["value"] - 0.1
    assert found["generated"] == found["evaluated_on"]["held_out"] == HELD_OUT
    assert 0.5 < found["extractors"]["classifier"]["facts"]["accuracy"] <= 1


def test_an_existing_evaluation_is_used_again(evaluated):
    folder, _ = evaluated
    before = evaluation(newest(folder))["made"]

    done = vaereg_here("evaluate", "tiny", "--json", cwd=folder)

    assert done.returncode == 0, done.stderr
    assert "importing keras" not in done.stderr
    (found,) = json.loads(done.stdout)["evaluations"]
    assert found["made"] == before
    assert found["file"].endswith("evaluation.json")
    assert found["causes"]
    for each in found["causes"]:
        assert each["text"] and set(each["scores"]) <= found["scores"].keys()
        assert each["remedies"], each["kind"]


@pytest.mark.slow
def test_several_runs_are_one_table_with_what_differs(evaluated, tmp_path):
    folder, _ = evaluated
    path = tmp_path / "scores.csv"

    done = vaereg_here("evaluate", "tiny", "tiny#1", "--out", str(path), cwd=folder)

    assert done.returncode == 0, done.stderr
    (header,) = [line for line in done.stdout.splitlines() if "coverage_classifier" in line]
    assert header.split()[:2] == ["run", "seed"]  # of the samples
    runs = [line.split()[0] for line in done.stdout.splitlines() if line.startswith("tiny")]
    assert [each for each in runs if not each.endswith(":")] == ["tiny", "tiny#1"]
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["seed of the samples"] for row in rows] == ["0", "1"]
    assert rows[0]["hf_gap_reference"] == rows[1]["hf_gap_reference"] != ""
    assert rows[0]["hf_gap"] != rows[1]["hf_gap"]


@pytest.mark.parametrize(
    ("name", "told"), [("scores.txt", ".csv, .md or .json"), ("no/scores.csv", "does not exist")]
)
def test_a_table_that_cannot_be_written_is_refused_before_the_evaluation(evaluated, name, told):
    done = vaereg_here("evaluate", "tiny", "--again", "--out", name, cwd=evaluated[0])

    assert done.returncode != 0 and told in done.stderr
    assert "evaluating" not in done.stderr


@pytest.mark.slow
def test_an_evaluation_made_again_gives_equal_scores(evaluated):
    folder, _ = evaluated
    before = evaluation(newest(folder))["scores"]

    done = vaereg_here("evaluate", "tiny", "--again", "--quiet", cwd=folder)

    assert done.returncode == 0, done.stderr
    assert not done.stderr
    assert evaluation(newest(folder))["scores"] == before


@pytest.mark.slow
def test_other_samples_have_files_of_their_own_and_can_be_compared(evaluated):
    folder, _ = evaluated

    done = vaereg_here("compare", "tiny", "tiny@gaussian_mixture", "--json", cwd=folder)

    assert done.returncode == 0, done.stderr
    content = json.loads(done.stdout)["comparison"]
    assert [each["question"] for each in content["verdicts"]] == ["sharp", "varied", "true"]
    run = newest(folder)
    assert evaluation(run, "-gaussian_mixture")["sampler"] == "vaereg/gaussian_mixture"
    assert evaluation(run)["sampler"] == "vaereg/prior"


@pytest.mark.slow
def test_the_same_model_with_another_sampling_seed_is_neither_better_nor_worse(evaluated):
    folder, _ = evaluated

    done = vaereg_here("compare", "tiny", "tiny#1", "--json", cwd=folder)

    assert done.returncode == 0, done.stderr
    verdicts = {each["verdict"] for each in json.loads(done.stdout)["comparison"]["verdicts"]}
    assert verdicts <= {"undecided", "equivalent"}


def test_the_report_is_one_file_that_needs_nothing_else(evaluated):
    folder, _ = evaluated

    done = vaereg_here("report", "tiny", cwd=folder)

    assert done.returncode == 0, done.stderr
    page = (newest(folder) / "report.html").read_text(encoding="utf-8")
    assert page.lstrip().lower().startswith("<!doctype html>")
    assert "data:image/png;base64," in page
    assert "<script src" not in page and 'http-equiv="refresh"' not in page


@pytest.mark.slow
def test_extractors_are_chosen_by_name_or_table(evaluated):
    folder, _ = evaluated

    done = vaereg_here(
        "evaluate",
        "tiny#7",
        "--features",
        '{ use = "pixels", dimensions = 8 }',
        "--json",
        cwd=folder,
    )

    assert done.returncode == 0, done.stderr
    (found,) = json.loads(done.stdout)["evaluations"]
    assert list(found["extractors"]) == ["pixels"]
    assert "coverage_pixels" in found["scores"]


def test_a_mistyped_extractor_is_an_error_with_a_suggestion(evaluated):
    folder, _ = evaluated

    done = vaereg_here("evaluate", "tiny", "--features", "clasifier", cwd=folder)

    assert done.returncode == 2
    assert 'did you mean "classifier"?' in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("argument", "code", "told"),
    [
        ("tinny", 1, "no run 'tinny'"),
        ("tiny@nosuch", 2, "no sampler is named `nosuch`"),
        ("tiny##", 2, "RUN[@SAMPLER][#SEED]"),
    ],
)
def test_a_missing_run_is_one_clear_error(evaluated, argument, code, told):
    done = vaereg_here("evaluate", argument, cwd=evaluated[0])

    assert done.returncode == code
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unfinished_run_is_not_evaluated(evaluated, tmp_path):
    folder, _ = evaluated
    shutil.copytree(folder, tmp_path / "copy")
    run = newest(tmp_path / "copy")
    status = json.loads((run / "status.json").read_text(encoding="utf-8"))
    (run / "status.json").write_text(
        json.dumps(status | {"state": "interrupted", "epochs": 1}), encoding="utf-8"
    )

    done = vaereg_here("evaluate", str(run), cwd=tmp_path / "copy")

    assert done.returncode == 1
    assert "is not finished" in done.stderr
    assert "vaereg resume" in done.stderr


def test_a_run_without_weights_is_an_error(evaluated, tmp_path):
    shutil.copytree(evaluated[0], tmp_path / "copy")
    run = newest(tmp_path / "copy")
    (run / "model.weights.h5").unlink()
    shutil.rmtree(run / "checkpoints")

    done = vaereg_here("evaluate", "tiny", "--again", cwd=tmp_path / "copy")

    assert done.returncode == 1
    assert "model.weights.h5 is missing" in done.stderr
    assert "vaereg resume" in done.stderr


def test_an_evaluation_of_another_version_is_an_error(evaluated, tmp_path):
    shutil.copytree(evaluated[0], tmp_path / "copy")
    run = newest(tmp_path / "copy")
    content = evaluation(run)
    (run / "evaluation.json").write_text(json.dumps(content | {"form": 99}), encoding="utf-8")

    done = vaereg_here("evaluate", "tiny", cwd=tmp_path / "copy")

    assert done.returncode == 1
    assert "form 99" in done.stderr and "--again" in done.stderr


@pytest.mark.slow
def test_small_images_without_labels_are_evaluated_in_pixels_with_a_warning(tmp_path):
    write_evaluated_project(tmp_path, labelled=False)
    assert vaereg_here("train", "--epochs", "1", cwd=tmp_path).returncode == 0

    refused = vaereg_here("evaluate", "tiny", "--features", "classifier", cwd=tmp_path)
    done = vaereg_here("evaluate", "tiny", cwd=tmp_path)

    assert refused.returncode == 1
    assert "label" in refused.stderr and "extractor" in refused.stderr
    assert done.returncode == 0, done.stderr
    assert "coverage_pixels" in done.stdout
    assert "a verdict needs 2 feature spaces, and this data fits only 0" in done.stdout


@pytest.mark.slow
def test_a_test_split_that_is_too_small_says_how_many_are_needed(tmp_path):
    write_project(tmp_path)  # 8 test examples
    trained = vaereg_here("train", "--epochs", "1", cwd=tmp_path)
    assert trained.returncode == 0
    assert "warning: the test split has 8 examples, too few to evaluate" in trained.stderr

    done = vaereg_here("evaluate", "tiny", cwd=tmp_path)

    assert done.returncode == 1
    assert "test split has 8 examples; an interval needs at least 100" in done.stderr
