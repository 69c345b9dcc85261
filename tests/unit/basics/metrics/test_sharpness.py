"""The metric sharpness on images whose blur and noise are known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import ndimage

import vaereg
from tests.helpers.made_evidence import made_evidence
from vaereg.basics.datasets.declared import FashionMnistParams
from vaereg.basics.datasets.fashion_mnist import FashionMnist
from vaereg.basics.metrics.sharpness import Sharpness
from vaereg.basics.metrics.spectra import level_distance
from vaereg.basics.metrics.spectra.spectrum_distance import spectra, spectrum_distance
from vaereg.evaluation.scores.intervals import variance_of

SCORES = (
    "hf_gap",
    "hf_gap_reconstructed",
    "sharpness_ratio",
    "sharpness_ratio_reconstructed",
    "spectrum_distance",
    "spectrum_distance_reconstructed",
    "periodic_artifacts",
    "periodic_artifacts_reconstructed",
)


def measured(
    real: np.ndarray, generated: np.ndarray, reconstructed: np.ndarray | None = None
) -> dict[str, vaereg.Measured]:
    metric = Sharpness(None, vaereg.BuildContext(name="sharpness"))
    return metric(made_evidence(real, generated, reconstructed=reconstructed))


def quantized(images: np.ndarray) -> np.ndarray:
    return (np.rint(np.clip(images, 0, 1) * 255) / 255).astype(np.float32)


def blurred(images: np.ndarray, sigma: float) -> np.ndarray:
    return quantized(ndimage.gaussian_filter(images, (0, sigma, sigma, 0)))


def noisy(images: np.ndarray, deviation: float, seed: int = 0) -> np.ndarray:
    return quantized(images + deviation * np.random.default_rng(seed).normal(size=images.shape))


def random_images(n: int, *shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(size=(n, *shape)).astype(np.float32)


@pytest.fixture(scope="module")
def clothes() -> tuple[np.ndarray, np.ndarray]:
    """Held-out and, as the reference, training images of the bundled Fashion-MNIST."""
    data = FashionMnist(FashionMnistParams(), vaereg.BuildContext(name="data"))()
    assert data.test is not None
    return data.test.take(np.arange(1000)), data.train.take(np.arange(1000))


# ---- real images with known defects ----


def test_real_images_against_real_images_are_at_the_reference(clothes) -> None:
    scores = measured(*clothes)

    assert abs(scores["hf_gap"].value) < 0.5
    assert abs(scores["sharpness_ratio"].value - 1) < 0.06
    assert scores["spectrum_distance"].value < 0.3
    assert scores["periodic_artifacts"].value < scores["periodic_artifacts"].limit


@pytest.mark.parametrize(
    ("sigma", "decibels", "ratio"), [(0.4, -1.3, 0.73), (0.7, -11.0, 0.13), (1.0, -23.3, 0.04)]
)
def test_blur_is_measured_by_how_much_power_it_removes(clothes, sigma, decibels, ratio) -> None:
    real, _ = clothes
    blur = blurred(real, sigma)
    scores = measured(real, blur, blur)

    for name in ("hf_gap", "hf_gap_reconstructed"):
        assert abs(scores[name].value - decibels) < 0.5
    for name in ("sharpness_ratio", "sharpness_ratio_reconstructed"):
        assert abs(scores[name].value - ratio) < 0.02


def test_more_blur_scores_worse_in_every_way(clothes) -> None:
    real, train = clothes
    by_blur = [measured(real, blurred(train, sigma)) for sigma in (0.0, 0.4, 0.7, 1.0)]

    for name, sign in (("hf_gap", -1), ("sharpness_ratio", -1), ("spectrum_distance", 1)):
        values = [scores[name].value for scores in by_blur]
        assert np.all(sign * np.diff(values) > 0), name


def test_noise_overshoots_the_goal_rather_than_reaching_it(clothes) -> None:
    real, train = clothes
    scores = measured(real, noisy(train, 0.1))

    assert scores["sharpness_ratio"].value > 1.3
    assert scores["hf_gap"].value > 0.5
    assert scores["spectrum_distance"].value > 0.5
    for name in ("sharpness_ratio", "hf_gap"):
        info = Sharpness.scores[name]
        assert info.direction == 0
        assert info.ideal is not None
        assert "noise" in info.meaning


def test_an_independent_measure_of_blur_agrees(clothes) -> None:
    """Crete et al. 2007, by edges that a further blur does not widen."""
    measure = pytest.importorskip("skimage.measure")
    real, _ = clothes
    theirs, ours = [], []
    for sigma in (0.0, 0.4, 0.7, 1.0):
        images = blurred(real[:60], sigma)
        theirs.append(np.mean([measure.blur_effect(each[..., 0]) for each in images]))
        ours.append(measured(real[:60], images)["hf_gap"].value)

    assert np.all(np.diff(theirs) > 0)
    assert np.all(np.diff(ours) < 0)


def test_blurred_reconstructions_do_not_count_against_samples(clothes) -> None:
    real, train = clothes
    scores = measured(real, train, blurred(real, 0.7))

    assert abs(scores["hf_gap"].value) < 0.5
    assert scores["hf_gap_reconstructed"].value < -10


# ---- exactness ----


def test_equal_images_reach_the_goal_exactly() -> None:
    images = random_images(5, 9, 12, 3)
    scores = measured(images, images)

    assert set(scores) == set(SCORES) == set(Sharpness.scores)
    for name, score in scores.items():
        if "periodic" in name:
            assert score.value <= 0.0  # every peak is one of the real images too
        elif name != "spectrum_distance_reconstructed":  # of one half from the other
            assert score.value == pytest.approx(1.0 if "ratio" in name else 0.0, abs=1e-12)


def test_spectra_of_reconstructions_of_one_half_are_compared_with_the_other_half() -> None:
    real = random_images(40, 9, 12, 3)
    evidence = made_evidence(real, random_images(30, 9, 12, 3, seed=1), reconstructed=real / 2)
    a, b = evidence.halves.a, evidence.halves.b

    found = measured(real, evidence.generated, real / 2)["spectrum_distance_reconstructed"]

    expected = spectrum_distance(spectra(real[a] / 2, "ours"), spectra(real[b], "real"))
    assert found.value == pytest.approx(expected.value, rel=1e-12)
    assert found.influence_of_real.shape == (40,)
    perfect = measured(real, evidence.generated)["spectrum_distance_reconstructed"]
    reference = spectrum_distance(spectra(real[a], "ours"), spectra(real[b], "real"))
    assert perfect.value == pytest.approx(reference.value, rel=1e-12)
    assert perfect.value > 0.0


def test_half_the_contrast_is_a_quarter_of_the_power(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(level_distance, "DETAIL_TOLERANCE", 1e-12)
    images = np.repeat(random_images(1, 8, 8, 1), 6, axis=0)  # of one content
    scores = measured(images, images / 2, images / 2)

    for name in ("hf_gap", "hf_gap_reconstructed"):
        np.testing.assert_allclose(scores[name].value, -20 * np.log10(2), rtol=1e-6)
    np.testing.assert_allclose(scores["spectrum_distance"].value, 20 * np.log10(2), rtol=0.02)
    for name in ("sharpness_ratio", "sharpness_ratio_reconstructed"):
        np.testing.assert_allclose(scores[name].value, 0.25, rtol=1e-6)


def test_the_scores_are_the_formulas_written_out() -> None:
    real, generated = random_images(7, 10, 9, 3), blurred(random_images(5, 10, 9, 3, seed=1), 0.5)
    scores = measured(real, generated)
    frequencies, p_real = vaereg.radial_spectrum(real)
    p_generated = vaereg.radial_spectrum(generated).power
    ratio = 10 * np.log10(p_generated.mean(axis=0) / p_real.mean(axis=0))

    def edges(images: np.ndarray) -> float:
        kernel = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]])
        grey = images.astype(float) @ [0.299, 0.587, 0.114]
        return np.mean([ndimage.convolve(each, kernel)[1:-1, 1:-1].var() for each in grey])

    np.testing.assert_allclose(scores["hf_gap"].value, ratio[frequencies >= 0.5].mean())
    np.testing.assert_allclose(
        scores["sharpness_ratio"].value, edges(generated) / edges(real), rtol=1e-9
    )


def test_the_order_of_examples_makes_no_difference() -> None:
    real, generated, reconstructed = (random_images(40, 12, 12, 3, seed=s) for s in range(3))
    order = np.random.default_rng(9).permutation(40)
    first = measured(real, generated, reconstructed)
    second = measured(real[order], generated[order[::-1]], reconstructed[order])

    for name in SCORES:
        np.testing.assert_allclose(second[name].value, first[name].value, rtol=1e-9)


def test_the_numbers_of_samples_and_real_images_may_differ() -> None:
    real = random_images(6, 8, 8, 1)
    scores = measured(real, np.concatenate([real] * 3))

    assert scores["hf_gap"].sample_size == 18
    np.testing.assert_allclose(scores["hf_gap"].value, 0.0, atol=1e-9)
    for name in ("hf_gap", "sharpness_ratio", "spectrum_distance"):
        assert scores[name].influence_of_generated.shape == (18,)
        assert scores[name].influence_of_real.shape == (6,)


def test_values_are_kept_for_each_image() -> None:
    real, sharp = random_images(20, 16, 16, 1), random_images(20, 16, 16, 1, seed=1)
    half_blurred = np.concatenate([sharp[:10], blurred(sharp[10:], 1.0)])
    scores = measured(real, half_blurred)

    for name in ("hf_gap", "sharpness_ratio"):
        values = scores[name].values
        assert values.shape == (20,)
        assert values[:10].min() > values[10:].max()


# ---- intervals ----


def by_resampling(statistic: Callable[..., float], sizes: tuple[int, ...]) -> float:
    rng = np.random.default_rng(0)
    drawn = [statistic(*(rng.integers(0, size, size) for size in sizes)) for _ in range(600)]
    return float(np.std(drawn, ddof=1))


@pytest.mark.slow
def test_the_influences_give_the_standard_error_of_the_bootstrap(clothes) -> None:
    real, train = clothes[0][:300], blurred(clothes[1][:200], 0.5)
    scores = measured(real, train)
    frequencies, p_real = vaereg.radial_spectrum(real)
    p_generated = vaereg.radial_spectrum(train).power
    e_generated, e_real = scores["sharpness_ratio"].values, measured(real, real)
    e_real = e_real["sharpness_ratio"].values

    def decibels(g: np.ndarray, r: np.ndarray) -> np.ndarray:
        return 10 * np.log10(p_generated[g].mean(axis=0) / p_real[r].mean(axis=0))

    of_train, of_real = spectra(train, "samples"), spectra(real, "real images")

    statistics = {
        "hf_gap": lambda g, r: decibels(g, r)[frequencies >= 0.5].mean(),
        "spectrum_distance": lambda g, r: spectrum_distance(of_train.at(g), of_real.at(r)).value,
        "sharpness_ratio": lambda g, r: e_generated[g].mean() / e_real[r].mean(),
    }
    for name, statistic in statistics.items():
        wanted = by_resampling(statistic, (200, 300))
        # 600 resamples tell a standard error to 3 %; the rest is curvature.
        np.testing.assert_allclose(variance_of(scores[name]) ** 0.5, wanted, rtol=0.15)


def test_reconstructions_vary_together_with_their_originals(clothes) -> None:
    real = clothes[0][:300]
    scores = measured(real, real, noisy(blurred(real, 0.5), 0.03))
    frequencies, p_real = vaereg.radial_spectrum(real)
    p_ours = vaereg.radial_spectrum(noisy(blurred(real, 0.5), 0.03)).power

    def gap(i: np.ndarray) -> float:
        ratio = 10 * np.log10(p_ours[i].mean(axis=0) / p_real[i].mean(axis=0))
        return ratio[frequencies >= 0.5].mean()

    paired, apart = scores["hf_gap_reconstructed"], measured(real, noisy(blurred(real, 0.5), 0.03))
    assert paired.influence_of_generated is None
    error = variance_of(paired) ** 0.5
    np.testing.assert_allclose(error, by_resampling(gap, (300,)), rtol=0.15)
    assert error < 0.5 * variance_of(apart["hf_gap"]) ** 0.5


# ---- degenerate images ----


def test_constant_samples_have_no_detail_and_finite_scores() -> None:
    real = random_images(6, 12, 12, 3)
    scores = measured(real, np.full_like(real, 0.5), np.full_like(real, 0.5))

    assert scores["sharpness_ratio"].value < 1e-20
    assert -60 < scores["hf_gap"].value < -30
    for score in scores.values():
        assert np.isfinite(score.value)
        assert score.values is None or np.isfinite(score.values).all()


def test_constant_real_images_leave_no_ratio_to_take() -> None:
    flat = np.full((4, 12, 12, 3), 0.3, np.float32)
    scores = measured(flat, flat)

    assert set(scores) == {name for name in SCORES if "ratio" not in name}
    assert all(score.value == 0.0 for score in scores.values())


def test_images_too_small_for_a_spectrum_have_their_edges_measured() -> None:
    images = random_images(4, 7, 20, 1)

    assert set(measured(images, images)) == {"sharpness_ratio", "sharpness_ratio_reconstructed"}


def test_images_too_small_for_edges_are_left_out() -> None:
    images = random_images(4, 2, 20, 1)

    assert measured(images, images) == {}


@pytest.mark.parametrize("which", ["real", "generated", "reconstructed"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_not_finite_are_reported(which: str, value: float) -> None:
    sets = {name: random_images(4, 8, 8, 1) for name in ("real", "generated", "reconstructed")}
    sets[which][2, 3, 3, 0] = value

    with pytest.raises(vaereg.DataError, match=rf"{which} images: 1 of 4 .* number 2"):
        measured(**sets)


def test_an_empty_set_of_samples_is_reported() -> None:
    evidence = made_evidence(random_images(4, 8, 8, 1), random_images(4, 8, 8, 1))
    evidence.generated = random_images(0, 8, 8, 1)

    with pytest.raises(vaereg.DataError, match="generated images: there are none"):
        Sharpness(None, vaereg.BuildContext(name="sharpness"))(evidence)
