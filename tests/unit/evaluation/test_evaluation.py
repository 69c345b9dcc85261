import json

import pytest

from tests.helpers.evaluations import make_evaluated_on, make_evaluation, make_score
from vaereg.evaluation.evaluation import as_dict, from_dict, is_twin


def test_an_evaluation_survives_json():
    scores = {"hf_gap": make_score("hf_gap", -6.0, low=-6.2, high=-5.8, reference=0.1)}
    made = make_evaluation(
        scores=scores,
        evaluated_on=make_evaluated_on(class_names=("coat", "bag")),
        warnings=("there are few examples",),
    )
    assert from_dict(json.loads(json.dumps(as_dict(made)))) == made


def test_the_form_is_written_first():
    assert next(iter(as_dict(make_evaluation()))) == "form"


@pytest.mark.parametrize("key", ["evaluated_on", "scores", "extractors"])
def test_a_content_without_a_key_is_refused(key):
    content = as_dict(make_evaluation())
    del content[key]
    with pytest.raises(ValueError, match=f"{key} is missing"):
        from_dict(content)


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("scores", {"hf_gap": 3}, "scores.hf_gap is 3, not a table"),
        ("epochs", "3", "epochs is '3', not a whole number"),
        ("warnings", "none", "warnings is 'none', not a list"),
        ("colour", 1, "colour is no known key"),
    ],
)
def test_a_value_of_another_type_is_refused_with_its_place(key, value, told):
    with pytest.raises(ValueError, match=told):
        from_dict({**as_dict(make_evaluation()), key: value})


def test_the_base_of_a_score_is_its_name_without_the_extractors():
    assert make_score("coverage_pixels", 0.5, extractor="pixels").base == "coverage"
    assert make_score("copy_rate_values", 0.5).base == "copy_rate_values"


def test_scores_of_reconstructions_and_what_sampling_adds_are_twins():
    assert is_twin("recall_reconstructed") and is_twin("kernel_distance_added_by_prior")
    assert not is_twin("reconstructed_variance") and not is_twin("psnr")
