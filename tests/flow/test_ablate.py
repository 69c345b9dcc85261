"""`vaereg ablate` as the author of a plugin runs it."""

import json
import shutil
import xml.etree.ElementTree as ElementTree

import pytest

from tests.helpers.evaluated_run import quick_classifier, write_evaluated_project
from tests.helpers.tiny_run import vaereg_here

pytestmark = pytest.mark.slow

WORDS = ("ablate", "mmd", "--params", "{ weight = 10.0 }", "--seeds", "2", "--epochs", "1")


@pytest.fixture(scope="module")
def ablated(tmp_path_factory):
    """A project in which two of four runs existed before, and the finished command."""
    folder = tmp_path_factory.mktemp("ablated")
    write_evaluated_project(folder)
    for seed in ("0", "1"):
        words = ("train", "tiny", "--epochs", "1", "--seed", seed, "--backend", "tensorflow")
        before = vaereg_here(*words, cwd=folder)
        assert before.returncode == 0, before.stderr
    with quick_classifier():
        yield folder, vaereg_here(*WORDS, "--json", "--backend", "tensorflow", cwd=folder)


def runs(folder, model):
    return sorted((folder / "runs" / model).iterdir())


def test_both_sides_are_trained_compared_and_written(ablated):
    folder, done = ablated
    assert done.returncode == 0, done.stderr

    ablation = json.loads(done.stdout)["ablation"]

    assert {each["verdict"] for each in ablation["comparison"]["verdicts"]} == {"exploratory"}
    assert [ablation["comparison"][side]["label"] for side in "ab"] == ["tiny", "tiny-with-mmd"]
    assert done.stderr.count(": using runs") == 2
    assert len(runs(folder, "tiny")) == len(runs(folder, "tiny-with-mmd")) == 2
    text = (folder / "ablation-mmd.md").read_text(encoding="utf-8")
    assert ablation["command"] in text
    assert "**exploratory**" in text
    assert str(folder) not in text
    ElementTree.parse(folder / "ablation-mmd.svg")
    assert "mmd" not in (folder / "registry.toml").read_text(encoding="utf-8")


def test_a_sampler_with_parameters_is_compared_on_the_same_trained_models(ablated):
    folder, _ = ablated
    before = runs(folder, "tiny")
    words = ("ablate", "sampler/gaussian_mixture", "--params", "{ components = [2] }")

    done = vaereg_here(
        *words, "--seeds", "2", "--epochs", "1", "--json", "--backend", "tensorflow", cwd=folder
    )

    assert done.returncode == 0, done.stderr
    ablation = json.loads(done.stdout)["ablation"]
    with_it = 'tiny@{ use = "gaussian_mixture", components = [2] }'
    assert [ablation["comparison"][side]["label"] for side in "ab"] == ["tiny", with_it]
    assert done.stderr.count(": using runs") == 2
    assert runs(folder, "tiny") == before
    assert not (folder / "runs" / "tiny-with-gaussian_mixture").exists()
    for run in before:
        assert len(list((run / "samplers").glob("*gaussian_mixture*.h5"))) == 1
        (scores,) = run.glob("evaluation-use-gaussian_mixture-components-2-*.json")
        assert "gaussian_mixture" in json.loads(scores.read_text(encoding="utf-8"))["sampler"]
    text = (folder / "ablation-gaussian_mixture.md").read_text(encoding="utf-8")
    assert "components = [2]" in text


def test_an_interrupted_ablation_resumes(ablated, tmp_path):
    folder, first = ablated
    shutil.copytree(folder, tmp_path / "copy")
    folder = tmp_path / "copy"
    kept = runs(folder, "tiny")
    killed = runs(folder, "tiny-with-mmd")[-1]
    status = json.loads((killed / "status.json").read_text(encoding="utf-8"))
    (killed / "status.json").write_text(
        json.dumps(status | {"state": "interrupted", "epochs": 0}), encoding="utf-8"
    )
    for name in ("checkpoints", "samplers"):
        shutil.rmtree(killed / name)
        (killed / name).mkdir()
    for name in ("model.weights.h5", "evaluation.json", "evaluation.h5", "history.csv"):
        (killed / name).unlink()

    done = vaereg_here(*WORDS, "--json", "--backend", "tensorflow", cwd=folder)

    assert done.returncode == 0, done.stderr
    assert f"continuing {killed.relative_to(folder)}" in done.stderr
    assert done.stderr.count(": using runs") == 3
    assert runs(folder, "tiny") == kept
    assert runs(folder, "tiny-with-mmd")[-1] == killed
    again, before = (json.loads(each.stdout)["ablation"] for each in (done, first))
    assert again["comparison"]["verdicts"] == before["comparison"]["verdicts"]
