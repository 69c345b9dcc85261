"""The distance between colours: closed forms, all pixels at once, and leaving images out."""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.made_evidence import made_evidence
from tests.helpers.metric_scores import scores, values
from vaereg.basics.metrics import colour as module
from vaereg.basics.metrics.formulas.frechet_between_gaussians import frechet_distance


class Pixels:
    """The Gaussian of all pixels, in grey levels."""

    def __init__(self, images: np.ndarray) -> None:
        pixels = 255.0 * images.reshape(-1, images.shape[-1]).astype(np.float64)
        self.mean = pixels.mean(axis=0)
        self.covariance = np.cov(pixels, rowvar=False, ddof=0).reshape(2 * pixels.shape[1:])


def images(count: int = 30, channels: int = 3, seed: int = 0) -> np.ndarray:
    """Images of different colours with a little texture."""
    rng = np.random.default_rng(seed)
    base = rng.uniform(0.2, 0.7, size=(count, 1, 1, channels))
    return (base + rng.uniform(-0.1, 0.1, size=(count, 6, 5, channels))).astype(np.float32)


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("block", [1, 1 << 20])
def test_it_is_the_distance_between_gaussians_of_all_pixels(
    channels: int, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BLOCK", block)
    real, generated = images(channels=channels), 0.8 * images(25, channels, seed=1)

    found = values("colour", made_evidence(real, generated))["colour_distance"]

    assert found == pytest.approx(frechet_distance(Pixels(real), Pixels(generated)), rel=1e-6)


def test_a_cast_costs_its_square() -> None:
    real = images()
    cast = real + np.array([10.0, 0.0, -4.0], np.float32) / 255

    found = values("colour", made_evidence(real, cast))

    assert found["colour_distance"] == pytest.approx(116.0, rel=1e-4)


def test_less_contrast_costs_the_square_of_the_difference_of_deviations() -> None:
    real = images()
    mean = real.mean(axis=(0, 1, 2))
    pale = mean + 0.7 * (real - mean)

    found = values("colour", made_evidence(real, pale))

    variance = np.trace(Pixels(real).covariance)
    assert found["colour_distance"] == pytest.approx(0.09 * variance, rel=1e-4)


def test_where_pixels_are_makes_no_difference() -> None:
    real = images()

    found = values("colour", made_evidence(real, real[:, ::-1, ::-1]))

    assert found["colour_distance"] == pytest.approx(0.0, abs=1e-6)


def test_reconstructions_of_one_half_are_compared_with_the_other() -> None:
    real = images()
    evidence = made_evidence(real, real, reconstructed=0.9 * real)
    halves = evidence.halves

    found = values("colour", evidence)["colour_distance_reconstructed"]

    expected = frechet_distance(Pixels(real[halves.b]), Pixels(0.9 * real[halves.a]))
    assert found == pytest.approx(expected, rel=1e-5)


def test_influences_agree_with_leaving_images_out() -> None:
    real, generated = images(80), 0.8 * images(70, seed=1) + 0.05

    found = scores("colour", made_evidence(real, generated))["colour_distance"]

    for side, influences in (
        ("generated", found.influence_of_generated),
        ("real", found.influence_of_real),
    ):
        count = len(influences)
        without = []
        for i in range(count):
            sets = {"real": real, "generated": generated}
            sets[side] = np.delete(sets[side], i, axis=0)
            without.append(frechet_distance(Pixels(sets["real"]), Pixels(sets["generated"])))
        left_out = (count - 1) * (np.mean(without) - np.array(without))
        assert np.corrcoef(influences, left_out)[0, 1] > 0.99, side
        assert influences.std() == pytest.approx(left_out.std(), rel=0.1), side


def test_images_of_one_colour_are_measured() -> None:
    real = images()
    black = np.zeros_like(real)

    for evidence in (made_evidence(real, black), made_evidence(black, real)):
        found = scores("colour", evidence)["colour_distance"]
        expected = np.trace(Pixels(real).covariance) + np.sum(Pixels(real).mean ** 2)
        assert found.value == pytest.approx(expected, rel=1e-6)
        assert np.isfinite(found.influence_of_generated).all()
        assert np.isfinite(found.influence_of_real).all()
