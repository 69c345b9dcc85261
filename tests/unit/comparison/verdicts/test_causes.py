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
        ({"hf_gap": -9.0, "kl": 0.01}, ["collapse"]),  # no decoder can help
        ({"hf_gap": -9.0, "collapsed_share": 0.75}, ["collapse", "decoder"]),
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


def of_scores(*found):
    scores = {name: each for one in found for name, each in one.items()}
    return [attrs.evolve(run(np.random.default_rng(0)), evaluation=evaluation(scores))]


def copying(**shares):
    return {
        name: score(name, share, share=True, low=share - 0.01, reference=0.01)
        for name, share in shares.items()
    }


def test_copies_by_values_and_by_features_are_a_cause():
    (found,) = causes(of_scores(copying(copy_rate_values=0.12, copy_rate_classifier=0.15)))

    assert found.kind == "copies"
    assert "12.0 % by copy_rate_values (real data 1.0 %)" in found.text
    assert "15.0 % by copy_rate_classifier" in found.text


def test_nearness_to_training_examples_in_features_alone_is_no_copying():
    assert not causes(of_scores(copying(copy_rate_values=0.012, copy_rate_classifier=0.15)))


def test_a_guard_beyond_its_limit_is_a_cause():
    exact = score("near_copies", 0.05, share=True, low=0.03, limit=0.002, reference=0.0)
    pattern = score("periodic_artifacts", 4.0, low=3.0, limit=1.0, unit="dB")
    pattern = attrs.evolve(pattern, detail="every 4 columns")

    found = causes(of_scores({exact.name: exact, pattern.name: pattern}))

    assert [each.kind for each in found] == ["texture", "copies"]
    assert found[0].text == (
        "samples show a periodic pattern, every 4 columns (periodic_artifacts 4.00 dB; real data "
        "stays below 1.00 dB)"
    )
    assert "5.0 % by near_copies" in found[1].text
    inside = attrs.evolve(exact, limit=0.04), attrs.evolve(pattern, limit=None)
    assert not causes(of_scores({each.name: each for each in inside}))


def test_equal_reconstructions_are_told_as_collapse_in_words():
    told = cause(side(kl=0.02, reconstructed_variance=0.0004, collapsed_share=0.0), "old")

    assert "the posterior has collapsed: the latent carries 0.0200 nats about an example" in told
    assert (
        "reconstructions have 0.0 % of the variance of the data, so they are nearly equal" in told
    )
