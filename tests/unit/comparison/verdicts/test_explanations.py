import attrs
import pytest

from tests.helpers.evaluations import make_score
from tests.helpers.measured_runs import evaluation
from vaereg.comparison.verdicts.explanations import explanations


def distance(name, value, extractor="", **fields):
    known = {"direction": -1, "reference": 0.0, "reference_low": -0.01, "reference_high": 0.01}
    return make_score(
        name,
        value,
        low=value - 0.01,
        high=value + 0.01,
        extractor=extractor,
        **{"question": "true", **known, **fields},
    )


def in_space(reconstructed, added, frechet, frechet_reconstructed, space="classifier"):
    """The distances of one space, by whose fault they are."""
    values = {
        "kernel_distance": reconstructed + added,
        "kernel_distance_reconstructed": reconstructed,
        "kernel_distance_added_by_prior": added,
        "frechet_distance": frechet,
        "frechet_distance_reconstructed": frechet_reconstructed,
    }
    return [distance(f"{name}_{space}", value, space) for name, value in values.items()]


def explained(*scores):
    found = explanations(evaluation({each.name: each for each in scores}))
    return {each.kind: each for each in found}


def test_each_bad_score_is_explained_by_its_own_reconstructions():
    found = explained(*in_space(0.1, 0.9, 2.0, 1.95))

    assert found.keys() == {"prior"}  # the kernel distance names causes, the Fréchet distance none
    assert found["prior"].scores == ("kernel_distance_classifier", "frechet_distance_classifier")
    assert found["prior"].text.startswith("Of the kernel distance")
    both = explained(*in_space(0.5, 0.5, 2.0, 1.95))
    assert both["decoder"].scores == (
        "kernel_distance_classifier",
        "frechet_distance_classifier",
    )
    assert both["prior"].scores == ("kernel_distance_classifier",)


def test_a_bad_score_without_a_twin_has_the_causes_of_its_question():
    found = explained(*in_space(0.0, 1.0, 2.0, 0.0), distance("odd", 3.0), distance("fine", 0.0))

    assert found["prior"].scores[-1] == "odd"


def test_a_collapse_explains_every_bad_score():
    low = make_score("kl", 0.02, unit="nats")
    none = make_score("collapsed_share", 0.0)
    found = explained(*in_space(1.0, 0.0, 2.0, 2.0), low, none)

    assert found.keys() == {"collapse"}
    assert set(found["collapse"].scores) == {
        "kernel_distance_classifier",
        "frechet_distance_classifier",
        "kl",
    }


@pytest.mark.parametrize(
    ("name", "question", "kind"),
    [
        ("periodic_artifacts", "sharp", "texture"),
        ("near_copies", "true", "copies"),
    ],
)
def test_a_score_beyond_its_limit_names_its_cause(name, question, kind):
    beyond = distance(name, 3.0, question=question, limit=1.0)
    within = distance(name, 0.5, question=question, limit=1.0)

    assert explained(beyond)[kind].scores == (name,)
    assert explained(within) == {}


def test_reconstructions_unlike_their_originals_are_the_decoders_fault():
    far = distance("psnr", 15.0, question="health", direction=1, reference=58.9)

    assert explained(*in_space(1.0, 1.0, 2.0, 2.0), far)["decoder"].scores[-1] == "psnr"
    assert "psnr" not in explained(*in_space(0.0, 1.0, 2.0, 0.0), far)["prior"].scores


def test_repeats_are_explained_by_those_of_reconstructions():
    fields = {"question": "varied", "share": True, "reference_low": 0.0, "reference_high": 0.0}
    ours = distance("near_duplicates", 0.2, limit=0.01, **fields)
    theirs = distance("near_duplicates_reconstructed", 0.19, **fields)

    assert explained(ours, theirs)["decoder"].scores == ("near_duplicates",)
    assert explained(attrs.evolve(ours, limit=0.5), theirs) == {}


def test_a_good_model_needs_no_explanation():
    assert explained(*in_space(0.0, 0.0, 0.0, 0.0)) == {}
