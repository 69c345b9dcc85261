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
