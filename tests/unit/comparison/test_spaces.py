from collections.abc import Mapping

import attrs
import pytest

from tests.helpers.evaluations import make_evaluated_on, make_evaluation
from vaereg.comparison.measured_run import MeasuredRun
from vaereg.comparison.spaces import deciding_spaces
from vaereg.evaluation.evaluation import Extractor
from vaereg.runs.held_extractors import HeldExtractor


def measured(
    *names: str, held: Mapping[str, str] | None = None, form: str = "image"
) -> MeasuredRun:
    """A run that was evaluated with these extractors and trained with others."""
    extractors = {
        name: Extractor(component=f"vaereg/{name}", identity=f"{name}-digest") for name in names
    }
    evaluation = make_evaluation(
        extractors=extractors, evaluated_on=make_evaluated_on(form=form), run="r"
    )
    pairs = tuple(HeldExtractor(*each) for each in (held or {}).items())
    return MeasuredRun(run="r", evaluation=evaluation, held_extractors=pairs)


IMAGES = ("classifier", "efficientnet_lite0", "local_texture")


@pytest.mark.parametrize(
    ("names", "deciding"),
    [
        (IMAGES, ("classifier", "efficientnet_lite0")),
        (("local_texture", "efficientnet_lite0"), ("efficientnet_lite0", "local_texture")),
        (("of_a_plugin", "local_texture", "pixels"), ("local_texture", "of_a_plugin")),
        (("of_a_plugin", "another"), ("of_a_plugin", "another")),
    ],
)
def test_two_spaces_decide_in_a_fixed_order(names, deciding):
    found = deciding_spaces([measured(*names), measured(*names[::-1])])

    assert found.names == deciding
    assert not found.lack


@pytest.mark.parametrize(
    ("names", "witnesses"),
    [
        (IMAGES, ("local_texture",)),
        (IMAGES[:2], ()),
        (("classifier", "efficientnet_lite0", "of_a_plugin"), ()),
        (("efficientnet_lite0", "local_texture"), ()),  # it decides
    ],
)
def test_local_texture_is_a_witness_where_it_does_not_decide(names, witnesses):
    assert deciding_spaces([measured(*names)]).witnesses == witnesses


@pytest.mark.parametrize(
    ("name", "digest"),
    [
        ("efficientnet_lite0", "?"),
        ("vaereg/efficientnet_lite0", "?"),
        ("other", "efficientnet_lite0-digest"),
    ],
)
@pytest.mark.parametrize("side", [0, 1])
def test_a_space_that_either_side_held_in_training_does_not_decide(name, digest, side):
    runs = [measured(*IMAGES), measured(*IMAGES)]
    runs[side] = attrs.evolve(runs[side], held_extractors=(HeldExtractor(name, digest),))

    assert deciding_spaces(runs).names == ("classifier", "local_texture")


def test_with_one_space_the_lack_says_why_and_what_to_do():
    a = measured("classifier", "efficientnet_lite0", held={"efficientnet_lite0": "?"})

    found = deciding_spaces([a, measured("classifier", "efficientnet_lite0")])

    assert found.names == ("classifier",)
    assert found.lack == (
        "a verdict needs 2 feature spaces, and there is only classifier; a model was trained with "
        "efficientnet_lite0; evaluate with further extractors that fit the data (--features)"
    )


def test_the_values_of_pixels_never_decide_on_images():
    found = deciding_spaces([measured("pixels", "ranks")])

    assert found.names == ()
    assert "pixels says too little about images" in found.lack


@pytest.mark.parametrize("form", ["vector", "sequence"])
def test_the_values_decide_on_other_data(form):
    assert deciding_spaces([measured("ranks", "pixels", form=form)]).names == ("pixels", "ranks")
