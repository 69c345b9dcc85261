"""Verdicts on images rest on two feature spaces, which no compared model held in its training."""

import json

import numpy as np
import pytest

from tests.helpers.evaluated_run import HELD_OUT, quadrant, quick_classifier
from tests.helpers.tiny_run import blobs, newest, vaereg_here, write_project

PAIR = ["classifier", "efficientnet_lite0"]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project with an evaluated run, whose images of 16 x 16 pixels suffice for EfficientNet."""
    folder = tmp_path_factory.mktemp("spaces")
    small = {"train": blobs(512, 0), "val": blobs(HELD_OUT, 1), "test": blobs(HELD_OUT, 2)}
    arrays = {f"x_{name}": each.repeat(2, axis=1).repeat(2, axis=2) for name, each in small.items()}
    arrays |= {f"y_{name}": quadrant(each) for name, each in small.items()}
    write_project(folder, **arrays)
    assert vaereg_here("train", cwd=folder).returncode == 0
    with quick_classifier():
        assert vaereg_here("evaluate", "tiny", cwd=folder).returncode == 0
        yield folder


def evaluation(run):
    return json.loads((run / "evaluation.json").read_text(encoding="utf-8"))


@pytest.mark.slow
def test_both_spaces_decide_and_are_shown(project):
    done = vaereg_here("compare", "tiny", "tiny#1", cwd=project)

    assert done.returncode == 0, done.stderr
    assert list(evaluation(newest(project))["extractors"]) == [*PAIR, "local_texture"]
    for name in PAIR:
        assert f"coverage_{name}*" in done.stdout
    assert "contested unless classifier and efficientnet_lite0 give the same answer" in " ".join(
        done.stdout.split()
    )


@pytest.mark.slow
def test_an_evaluation_of_an_older_form_is_made_again(project):
    path = newest(project) / "evaluation.json"
    scores = evaluation(newest(project))["scores"]
    path.write_text(json.dumps({"form": 2, "scores": {}}), encoding="utf-8")

    done = vaereg_here("evaluate", "tiny", cwd=project)

    assert done.returncode == 0, done.stderr
    assert "has form 2, which cannot be compared with form 6" in done.stderr
    assert evaluation(newest(project))["scores"] == scores


@pytest.mark.slow
def test_a_space_that_a_model_was_trained_with_is_replaced_on_both_sides(project):
    first = newest(project)
    assert vaereg_here("train", "--seed", "1", cwd=project).returncode == 0
    second = newest(project)
    lock = json.loads((second / "lock.json").read_text(encoding="utf-8"))
    lock["held_extractors"] = [{"name": "efficientnet_lite0", "digest": "of its weights"}]
    (second / "lock.json").write_text(json.dumps(lock), encoding="utf-8")

    names = [str(each.relative_to(project)) for each in (first, second)]
    done = vaereg_here("compare", *names, "--json", cwd=project)

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["comparison"]
    assert found["spaces"] == ["classifier", "local_texture"]
    for run in (first, second):
        assert list(evaluation(run)["extractors"]) == [*PAIR, "local_texture"]
        assert evaluation(run)["held"] == ["efficientnet_lite0"]
    assert np.isfinite(evaluation(first)["scores"]["coverage_local_texture"]["value"])
