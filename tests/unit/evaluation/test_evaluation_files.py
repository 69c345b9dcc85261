import json

import attrs
import numpy as np
import pytest

from vaereg.errors import RunError
from vaereg.evaluation.evaluation import Evaluated, Evaluation, Extractor, Score
from vaereg.evaluation.evaluation_files import (
    Variant,
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
    made = Evaluation(
        run="runs/sharp/1",
        model="sharp",
        seed=3,
        epochs=30,
        weights="final",
        sampler="vaereg/prior",
        sampling_seed=0,
        preset="quick",
        generated=100,
        data=Evaluated(
            name="fashion",
            digest="ab",
            split="test",
            positions="cd",
            held_out=100,
            train=400,
            form="image",
            shape=(28, 28, 1),
            class_names=("coat", "bag"),
        ),
        extractors={
            "pixels": Extractor(
                component="vaereg/pixels", identity="12ab", facts={"explained": 0.9}
            )
        },
        scores={
            "coverage_pixels": Score(
                name="coverage_pixels",
                metric="vaereg/prdc",
                extractor="pixels",
                question="varied",
                direction=1,
                share=True,
                value=0.5,
                low=0.4,
                high=0.6,
                reference=0.96,
                sample_size=100,
            )
        },
        warnings=("few examples",),
        made="2026-01-01T00:00:00+0000",
    )
    return attrs.evolve(made, **changes)


def test_an_evaluation_is_read_as_it_was_written(run):
    arrays = {"scores/coverage_pixels/real": np.array([0.0, 1.0])}

    write_evaluation(run, PLAIN, evaluation(), arrays)
    read = read_evaluation(run, PLAIN)

    assert read == evaluation()
    assert read.scores["coverage_pixels"].base == "coverage"
    assert np.array_equal(
        read_arrays(run, PLAIN, read)["scores/coverage_pixels/real"], np.array([0.0, 1.0])
    )


def test_a_run_that_was_not_evaluated_has_none(run):
    assert read_evaluation(run, PLAIN) is None


def test_other_samplers_and_seeds_lie_beside_it(run):
    other = Variant(sampler="acme-vae/flow", seed=2)
    write_evaluation(run, PLAIN, evaluation(), {})
    write_evaluation(run, other, evaluation(sampling_seed=2), {})

    assert evaluation_path(run, other).name == "evaluation-acme-vae--flow-seed2.json"
    assert read_evaluation(run, PLAIN).sampling_seed == 0
    assert read_evaluation(run, other).sampling_seed == 2


@pytest.mark.parametrize("form", [0, 99, None])
def test_one_of_another_version_is_an_error_that_says_what_to_do(run, form):
    write_evaluation(run, PLAIN, evaluation(), {})
    path = evaluation_path(run, PLAIN)
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(content | {"form": form}), encoding="utf-8")

    with pytest.raises(RunError, match=f"form {form};[\\s\\S]*vaereg evaluate .* --again"):
        read_evaluation(run, PLAIN)


def test_a_damaged_one_is_an_error_that_says_what_to_do(run):
    write_evaluation(run, PLAIN, evaluation(), {})
    path = evaluation_path(run, PLAIN)
    content = json.loads(path.read_text(encoding="utf-8"))
    del content["scores"]["coverage_pixels"]["value"]
    path.write_text(json.dumps(content), encoding="utf-8")

    with pytest.raises(RunError, match=r"damaged[\s\S]*--again"):
        read_evaluation(run, PLAIN)


def test_arrays_of_another_evaluation_are_refused(run):
    write_evaluation(run, PLAIN, evaluation(), {"a": np.zeros(2)})

    with pytest.raises(RunError, match="belongs to another evaluation"):
        read_arrays(run, PLAIN, evaluation(made="2026-02-02T00:00:00+0000"))
