import attrs
import numpy as np
import pytest

from tests.helpers.measured_runs import evaluation, run, score
from vaereg.comparison.headline_scores import PRIMARY
from vaereg.comparison.verdicts.causes import causes
from vaereg.comparison.verdicts.distance_causes import (
    classes_cause,
    colour_cause,
    repeats_cause,
    variety_causes,
)

VARIETY = PRIMARY["varied"]


def in_space(space, reconstructed, added, low=None, reference=0.0):
    """The two parts of the kernel distance in a feature space."""
    parts = {f"kernel_distance_reconstructed_{space}": reconstructed}
    parts[f"kernel_distance_added_by_prior_{space}"] = added
    return {
        name: score(
            name,
            value,
            reference=reference if "reconstructed" in name else 0.0,
            low=value - 0.001 if low is None else low,
        )
        for name, value in parts.items()
    }


def of_scores(*found):
    scores = {name: each for one in found for name, each in one.items()}
    return [attrs.evolve(run(np.random.default_rng(0)), evaluation=evaluation(scores))]


def test_the_fault_of_the_decoder_and_of_the_prior_are_numbers_in_each_space():
    measured = of_scores(
        in_space("classifier", 0.031, 0.07, reference=0.001),
        in_space("efficientnet_lite0", 0.9, 0.1),
    )

    found = causes(measured)

    assert [each.kind for each in found] == ["decoder", "prior"]
    assert "30.0 % in classifier (0.0300 of 0.100)" in found[0].text
    assert "90.0 % in efficientnet_lite0 (0.900 of 1.00)" in found[0].text
    assert "the decoder's fault" in found[0].text
    assert "70.0 % in classifier (0.0700 of 0.100)" in found[1].text
    assert "efficientnet" not in found[1].text  # a tenth is not worth a remedy


@pytest.mark.parametrize(
    ("reconstructed", "added", "kinds"),
    [
        (0.1, -0.02, ["decoder"]),
        (-0.01, 0.1, ["prior"]),
        (0.0, 0.0, []),
        (-0.1, -0.1, []),
    ],
)
def test_a_part_below_that_of_real_data_counts_as_none(reconstructed, added, kinds):
    found = causes(of_scores(in_space("classifier", reconstructed, added)))

    assert [each.kind for each in found] == kinds
    assert all("100.0 %" in each.text for each in found)


def test_a_part_that_may_be_noise_is_not_blamed():
    assert causes(of_scores(in_space("classifier", 0.1, 0.1, low=-0.01))) == ()


def test_spaces_that_say_little_about_images_are_left_out():
    weak = {
        name: attrs.evolve(each, extractor="pixels")
        for name, each in in_space("pixels", 0.1, 0.1).items()
    }
    measured = of_scores(weak)
    assert measured[0].evaluation.evaluated_on.form == "image"
    assert causes(measured) == ()
    on = attrs.evolve(measured[0].evaluation.evaluated_on, form="vector")
    values = attrs.evolve(
        measured[0], evaluation=attrs.evolve(measured[0].evaluation, evaluated_on=on)
    )
    assert [each.kind for each in causes([values])] == ["decoder", "prior"]


def with_twin(name, value, reconstructed, *, width=0.02, ending="", **fields):
    """A score of samples and its twin; real data has 0.9 and may be off by 0.01."""
    known = {"reference": 0.9, "reference_low": 0.89, "reference_high": 0.91, "direction": 1}
    return {
        f"{base}{ending}": score(
            f"{base}{ending}", each, low=each - width, high=each + width, **{**known, **fields}
        )
        for base, each in ((name, value), (f"{name}_reconstructed", reconstructed))
    }


@pytest.mark.parametrize(
    ("value", "reconstructed", "kinds"),
    [
        (0.1, 0.5, ["decoder", "prior"]),
        (0.4, 0.41, ["decoder"]),
        (0.4, 0.89, ["prior"]),
        (0.88, 0.5, []),  # samples are as varied as real data
    ],
)
def test_lost_variety_is_divided_between_decoder_and_prior(value, reconstructed, kinds):
    found = variety_causes(
        of_scores(with_twin(VARIETY, value, reconstructed, ending="_classifier", share=True))
    )

    assert [each.kind for each in found] == kinds
    if kinds == ["decoder", "prior"]:
        assert "reconstructions lack 50.0 % in classifier: the decoder's fault" in found[0].text
        assert "sampling loses 50.0 % in classifier: the prior's fault" in found[1].text


@pytest.mark.parametrize(
    ("value", "reconstructed", "kind", "told"),
    [
        (101.0, 81.0, "decoder", "off by about 10 of 255 levels"),
        (101.0, 2.0, "prior", "reconstructions have 1.0 % of it"),
    ],
)
def test_colours_that_are_off_are_told_in_grey_levels(value, reconstructed, kind, told):
    fields = {"direction": -1, "reference": 1.0, "reference_low": 0.5, "reference_high": 1.5}
    found = colour_cause(of_scores(with_twin("colour_distance", value, reconstructed, **fields)))

    assert found.kind == kind
    assert told in found.text


def test_faint_colours_are_not_worth_a_word():
    fields = {"direction": -1, "reference": 1.0, "reference_low": 0.5, "reference_high": 1.5}

    assert colour_cause(of_scores(with_twin("colour_distance", 20.0, 19.0, **fields))) is None


@pytest.mark.parametrize(("reconstructed", "kind"), [(0.29, "decoder"), (0.02, "prior")])
def test_missing_classes_are_the_fault_of_who_shifts_them(reconstructed, kind):
    fields = {"direction": -1, "reference": 0.01, "reference_low": 0.0, "reference_high": 0.02}
    shift = with_twin("class_distance", 0.3, reconstructed, ending="_classifier", **fields)
    missing = score("missing_modes_classifier", 2.0, direction=-1, reference=0.0)

    found = classes_cause(of_scores({**shift, missing.name: missing}))

    assert found.kind == kind
    assert "samples lack 2 of the classes (missing_modes_classifier)" in found.text
    none = attrs.evolve(missing, value=0.0)
    assert classes_cause(of_scores({**shift, missing.name: none})) is None


@pytest.mark.parametrize(("reconstructed", "kind"), [(0.19, "decoder"), (0.01, "prior")])
def test_repeats_beyond_the_limit_are_the_fault_of_who_makes_them(reconstructed, kind):
    fields = {"direction": -1, "reference": 0.0, "reference_low": 0.0, "reference_high": 0.004}
    repeats = with_twin("near_duplicates", 0.2, reconstructed, share=True, limit=0.01, **fields)

    found = repeats_cause(of_scores(repeats))

    assert found.kind == kind
    assert "20.0 % of samples repeat another one (near_duplicates)" in found.text
    within = with_twin("near_duplicates", 0.2, reconstructed, share=True, limit=0.3, **fields)
    assert repeats_cause(of_scores(within)) is None
