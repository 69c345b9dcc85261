import pytest

from vaereg.comparison import headline_scores
from vaereg.comparison.headline_scores import PRIMARY, primary_names
from vaereg.contracts.metric import QUESTIONS
from vaereg.declaration.declaration import Evaluating
from vaereg.discovery.discover import discover
from vaereg.evaluation.evidence.quantized import quantizer_of
from vaereg.evaluation.scores.measuring import build_metrics


@pytest.mark.parametrize(
    ("question", "spaces", "names"),
    [
        ("sharp", ["classifier"], [PRIMARY["sharp"]]),
        ("sharp", [], [PRIMARY["sharp"]]),
        ("varied", ["classifier", "pixels"], ["coverage_classifier", "coverage_pixels"]),
        ("true", ["pixels"], ["kernel_distance_pixels"]),
        ("true", [], []),
    ],
)
def test_a_question_of_features_has_a_primary_score_in_each_space(question, spaces, names):
    assert primary_names(question, spaces) == names


def test_every_headline_score_is_measured_by_a_built_in_metric(tmp_path):
    import vaereg

    spec = vaereg.DataSpec(form="image", shape=(8, 8, 1), value_range=(0.0, 1.0), classes=3)
    built, _ = build_metrics(
        discover(),
        quantizer_of(spec, None).quantized_spec,
        tmp_path,
        lambda offer: offer.distribution == "vaereg",
    )
    scores = {name: info for each in built for name, info in each.metric.scores.items()}
    single = (
        headline_scores.RECALL,
        headline_scores.SHARPNESS_RECONSTRUCTED,
        headline_scores.HOLES,
        headline_scores.COLLAPSED,
    )
    assert {*PRIMARY.values(), *headline_scores.BOUNDS, *single} <= scores.keys()
    assert any(name.startswith(headline_scores.COPIES) for name in scores)
    assert {question: scores[name].question for question, name in PRIMARY.items()} == {
        each: each for each in QUESTIONS if each != "health"
    }


def test_the_default_scores_of_training_are_the_primary_ones():
    assert set(Evaluating().scores) == set(PRIMARY.values())
