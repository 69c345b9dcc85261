"""Peak signal-to-noise ratio and structural similarity of reconstructions."""

from __future__ import annotations

import numpy as np
import pytest

import vaereg
from tests.helpers.made_evidence import made_evidence
from tests.helpers.metric_scores import scores, values
from vaereg.basics.metrics import reconstruction as module


def images(count: int = 20, side: int = 14, channels: int = 3, seed: int = 0) -> np.ndarray:
    levels = np.random.default_rng(seed).integers(0, 200, (count, side, side, channels))
    return (levels / 255).astype(np.float32)


@pytest.mark.parametrize("block", [1, 1 << 22])
def test_a_known_error_gives_known_decibels(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK", block)
    real = images(2)
    reconstructed = real + np.array([0.1, 0.01], np.float32)[:, None, None, None]

    found = scores("reconstruction", made_evidence(real, real, reconstructed=reconstructed))["psnr"]

    np.testing.assert_allclose(found.influence_of_real, [20.0, 40.0], atol=1e-4)
    assert found.value == pytest.approx(30.0, abs=1e-4)
    assert found.influence_of_generated is None
    assert found.sample_size == 2


def test_equal_images_have_the_error_of_rounding() -> None:
    real = images()

    found = values("reconstruction", made_evidence(real, real, reconstructed=real))

    assert found["psnr"] == pytest.approx(58.92, abs=0.01)
    assert found["ssim"] == pytest.approx(1.0)


def test_more_noise_and_other_images_are_worse() -> None:
    real = images()
    rng = np.random.default_rng(1)
    tried = [
        *(np.clip(real + scale * rng.normal(size=real.shape), 0, 1) for scale in (0.02, 0.1, 0.3)),
        images(seed=5),
    ]

    found = [
        values("reconstruction", made_evidence(real, real, reconstructed=each)) for each in tried
    ]

    for name in ("psnr", "ssim"):
        assert np.all(np.diff([each[name] for each in found]) < 0), name


def test_small_images_have_no_structural_similarity() -> None:
    real = images(side=10)

    assert set(values("reconstruction", made_evidence(real, real))) == {"psnr"}


def test_samples_are_not_looked_at() -> None:
    real = images()
    one, two = (
        values("reconstruction", made_evidence(real, images(seed=seed), reconstructed=0.9 * real))
        for seed in (1, 2)
    )

    assert one == two


def test_values_that_are_not_finite_are_refused() -> None:
    real = images()
    with pytest.raises(vaereg.DataError, match="reconstructed images"):
        values("reconstruction", made_evidence(real, real, reconstructed=real * np.nan))
