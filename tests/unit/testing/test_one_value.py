"""Densities of one value are integrated, and draws compared with them, against closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.helpers.made_component import under_test
from vaereg.testing.densities.one_value import OneValue, single_values
from vaereg.testing.harness import Harness

CASES = {each.name: each for each in single_values({"vector", "image"})}


def looked_at(factory: str, name: str, output: float) -> OneValue:
    """The likelihood at that output in the case of that name."""
    harness = Harness(under_test("likelihood", factory), CASES[name])
    return OneValue(harness, np.full((1, 1, 1, 1), output, np.float32))


def test_images_come_first_and_hold_one_value() -> None:
    assert {each.data.shape for each in CASES.values()} == {(1, 1, 1)}
    assert {each.data.shape for each in single_values({"sequence"})} == {(1, 1)}


@pytest.mark.parametrize("name", ["one value in [0, 1]", "one unbounded value"])
def test_a_gaussian_has_its_mean_and_deviation(name: str) -> None:
    seen = looked_at("faulty_distributions:SoundLikelihood", name, 0.4)
    mean = 0.4 if "unbounded" in name else 1 / (1 + math.exp(-0.4))

    assert seen.integral == pytest.approx(1.0, abs=1e-5)
    assert seen.mean == pytest.approx(mean, abs=1e-5)
    assert seen.deviation == pytest.approx(0.3, abs=1e-5)
    assert not seen.discrete


def test_what_lies_within_the_range_is_told_apart() -> None:
    seen = looked_at("faulty_distributions:SoundLikelihood", "one value in [0, 1]", 0.0)
    # A Gaussian of deviation 0.3 about 0.5, within 0.5 of its mean.
    assert seen.inside == pytest.approx(math.erf(0.5 / 0.3 / math.sqrt(2)), abs=1e-5)


def test_probabilities_of_levels_are_summed() -> None:
    seen = looked_at("faulty_likelihoods:IsNoDensity", "one bit", 0.4)

    assert seen.over_levels == pytest.approx(1.0, abs=1e-6)
    assert seen.discrete
    assert seen.mean == pytest.approx(1 / (1 + math.exp(-0.4)), abs=1e-6)


def test_the_gap_of_draws_is_the_largest_difference_of_the_distribution_functions() -> None:
    seen = looked_at("faulty_distributions:SoundLikelihood", "one unbounded value", 0.0)
    gap, at = seen.gap(np.zeros(100))  # all at the median

    assert abs(gap) == pytest.approx(0.5, abs=1e-3)
    assert at == pytest.approx(0.0, abs=1e-3)

    quantiles = 0.3 * np.random.default_rng(0).normal(size=20_000)
    assert abs(seen.gap(quantiles)[0]) < 0.012  # exceeded once in hundreds of such samples
