import attrs
import numpy as np
import pytest

from tests.helpers.measured_runs import evaluation, run, score
from vaereg.comparison.verdicts.causes import cause, causes


def side(**values):
    scores = {name: score(name, value, reference=0.0) for name, value in values.items()}
    return [attrs.evolve(run(np.random.default_rng(0)), evaluation=evaluation(scores))]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"hf_gap": -9.0, "hf_gap_reconstructed": -6.0}, "points to the decoder"),
        ({"hf_gap": -9.0, "hf_gap_reconstructed": -0.5}, "where samples are drawn"),
        ({"hf_gap": 4.0, "hf_gap_reconstructed": 3.0}, "samples are rough"),
        ({"hf_gap": -9.0}, "samples are blurred, -9.0 dB"),
        ({"hf_gap": 0.2, "hole_rate": 0.4}, "40.0 % of samples are drawn where the decoder saw"),
        ({"collapsed_share": 0.75}, "75.0 % of the latent dimensions carry no information"),
        ({"kl": 0.02}, "the posterior has collapsed: the latent carries 0.0200 nats"),
        ({"kl": 3.0, "reconstructed_variance": 0.004}, "0.4 % of the variance of the data"),
        ({"kl": 3.0, "reconstructed_variance": 0.4, "hf_gap": 0.2}, "no single cause stands out"),
        ({"hf_gap": 0.2, "hole_rate": 0.01}, "no single cause stands out"),
        ({"fd": 3.0}, "the cause is unknown"),
    ],
)
def test_the_cause_is_read_from_reconstructions_and_latents(values, expected):
    found = cause(side(**values), "old")
    assert expected in found
    assert found.startswith("old: ") and found.endswith(".")


@pytest.mark.parametrize(
    ("values", "kinds"),
    [
        ({"hf_gap": -9.0, "hf_gap_reconstructed": -6.0}, ["decoder"]),
        ({"hf_gap": -9.0, "hf_gap_reconstructed": -0.5, "hole_rate": 0.4}, ["prior", "prior"]),
        ({"hf_gap": 4.0, "hf_gap_reconstructed": 3.0}, ["texture"]),
        ({"hf_gap": -9.0, "kl": 0.01}, ["decoder", "collapse"]),
        ({"hf_gap": 0.1}, []),
    ],
)
def test_each_cause_has_a_kind_that_remedies_name(values, kinds):
    assert [each.kind for each in causes(side(**values))] == kinds


def test_blur_and_holes_share_a_sentence():
    found = cause(side(hf_gap=-9.0, hf_gap_reconstructed=-6.0, hole_rate=0.4), "old")
    assert "points to the decoder" in found and "holes in the prior" in found


def test_over_seeds_the_mean_is_reported():
    assert "-4.0 dB" in cause(side(hf_gap=-6.0) + side(hf_gap=-2.0), "old")


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


def copying(**shares):
    return {
        name: score(name, share, share=True, low=share - 0.01, reference=0.01)
        for name, share in shares.items()
    }


def test_copies_by_values_and_by_features_are_a_cause():
    (found,) = causes(of_scores(copying(copy_rate_pixels=0.12, copy_rate_classifier=0.15)))

    assert found.kind == "copies"
    assert "12.0 % by copy_rate_pixels (real data 1.0 %)" in found.text
    assert "15.0 % by copy_rate_classifier" in found.text


def test_nearness_to_training_examples_in_features_alone_is_no_copying():
    assert not causes(of_scores(copying(copy_rate_pixels=0.012, copy_rate_classifier=0.15)))


def test_a_guard_beyond_its_limit_is_a_cause():
    exact = score("near_copies", 0.05, share=True, low=0.03, limit=0.002, reference=0.0)
    pattern = score("periodic_artifacts", 4.0, low=3.0, limit=1.0, unit="dB")

    found = causes(of_scores({exact.name: exact, pattern.name: pattern}))

    assert [each.kind for each in found] == ["texture", "copies"]
    assert "periodic_artifacts 4.00 dB; real data stays below 1.00 dB" in found[0].text
    assert "5.0 % by near_copies" in found[1].text
    inside = attrs.evolve(exact, limit=0.04), attrs.evolve(pattern, limit=None)
    assert not causes(of_scores({each.name: each for each in inside}))
