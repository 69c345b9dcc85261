"""Held-out Fashion-MNIST with defects whose answers are known, in simple features."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pytest
from sklearn.datasets import load_digits

import vaereg
from tests.helpers.made_evidence import MadeEvidence, made_evidence
from tests.helpers.metric_scores import DECLARED, scores
from vaereg.basics.datasets.declared import FashionMnistParams
from vaereg.basics.datasets.fashion_mnist import FashionMnist

N = 600
OF_EXAMPLES = [
    name
    for name, component in DECLARED.items()
    if "health" not in component.tags
    and "sharp" not in component.tags
    and name != "conditional"  # of samples that were drawn for labels; test_conditional.py
]
"""The metrics that compare examples, in features or by value."""

KERNEL_ROUNDING = 1e-7
"""The difference that float32 products allow in the kernel distance, as its docstring says."""


class Images(NamedTuple):
    """Images (n, 28, 28, 1) in [0, 1] and their classes."""

    train: np.ndarray
    real: np.ndarray
    other: np.ndarray
    real_classes: np.ndarray
    other_classes: np.ndarray


@pytest.fixture(scope="module")
def images() -> Images:
    data = FashionMnist(FashionMnistParams(), vaereg.BuildContext(name="data"))()
    rng = np.random.default_rng(0)
    train = data.train.take(np.arange(len(data.train)))
    splits, classes = [], []
    for split in (data.test, data.validation):
        assert split is not None
        chosen = rng.permutation(len(split))[:N]
        splits.append(split.take(chosen))
        labels = split.labels(chosen)
        assert labels is not None
        classes.append(labels)
    return Images(train, *splits, *classes)


@pytest.fixture(autouse=True)
def no_warning_of_numpy() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        yield


def pooled(images: np.ndarray) -> np.ndarray:
    """Means of 4 x 4 pixels: 49 features, in which noise is small and shape is kept."""
    return images.reshape(len(images), 7, 4, 7, 4).mean(axis=(2, 4)).reshape(len(images), 49)


def quantized(images: np.ndarray) -> np.ndarray:
    return np.rint(np.clip(images, 0.0, 1.0) * 255).astype(np.float32) / np.float32(255)


def noisy(images: np.ndarray, scale: float) -> np.ndarray:
    return quantized(images + scale * np.random.default_rng(1).normal(size=images.shape))


def blurred(images: np.ndarray) -> np.ndarray:
    for axis in (1, 2, 1, 2):
        images = (np.roll(images, 1, axis) + 2 * images + np.roll(images, -1, axis)) / 4
    return quantized(images)


def evidence(images: Images, generated: np.ndarray, **more: Any) -> MadeEvidence:
    return made_evidence(images.real, generated, train=images.train, seen=pooled, **more)


def measured(given: MadeEvidence) -> dict[str, float]:
    """Every score of every metric of distributions."""
    return {
        score: each.value for name in OF_EXAMPLES for score, each in scores(name, given).items()
    }


def one_hot(classes: np.ndarray) -> np.ndarray:
    return np.eye(10)[classes]


@pytest.fixture(scope="module")
def reference(images: Images) -> dict[str, float]:
    return measured(evidence(images, images.other))


def test_other_real_images_are_at_the_reference(reference: dict[str, float]) -> None:
    assert reference["frechet_distance_relative"] < 0.03
    assert abs(reference["kernel_distance"]) < 0.05
    for name in ("precision", "recall", "coverage"):
        assert reference[name] > 0.88
    for name, value in (("density", 1.0), ("vendi_ratio", 1.0), ("nn_accuracy_generated", 0.5)):
        assert reference[name] == pytest.approx(value, abs=0.07)
    assert reference["nn_accuracy_real"] == pytest.approx(0.5, abs=0.07)
    for name in ("copy_rate", "copy_rate_values", "duplicate_rate"):
        assert reference[name] < 0.03
    assert reference["exact_duplicates"] == 0.0


def test_copies_score_like_real_data_and_are_found(
    images: Images, reference: dict[str, float]
) -> None:
    found = measured(evidence(images, images.train[:N]))

    assert found["copy_rate"] == found["copy_rate_values"] == 1.0
    assert found["frechet_distance"] < 3 * reference["frechet_distance"]
    assert found["coverage"] > 0.9


def test_copies_with_noise_are_detected(images: Images) -> None:
    found = measured(evidence(images, noisy(images.train[:N], 0.02)))

    assert found["copy_rate"] > 0.8
    assert found["copy_rate_values"] > 0.8


def test_half_of_copies_is_half(images: Images) -> None:
    half = np.concatenate([images.train[: N // 2], images.other[: N // 2]])

    found = measured(evidence(images, half))

    assert found["copy_rate"] == pytest.approx(0.5, abs=0.03)
    assert found["copy_rate_values"] == pytest.approx(0.5, abs=0.03)


def test_ten_of_each_image_are_duplicates(images: Images, reference: dict[str, float]) -> None:
    found = measured(evidence(images, np.repeat(images.other[: N // 10], 10, axis=0)))

    assert found["exact_duplicates"] == found["duplicate_rate"] == 1.0
    assert found["coverage"] < reference["coverage"] - 0.3  # 60 images, each near 10 real ones
    assert found["recall"] == 0.0
    assert found["nn_accuracy_generated"] == 1.0
    assert found["precision"] > 0.85  # which is why it is never read alone
    assert found["frechet_distance"] > 3 * reference["frechet_distance"]


def test_five_dropped_classes_are_missed(images: Images, reference: dict[str, float]) -> None:
    kept = images.other[images.other_classes < 5]
    probabilities = {
        "real_probabilities": one_hot(images.real_classes),
        "generated_probabilities": one_hot(images.other_classes[images.other_classes < 5]),
    }

    found = measured(evidence(images, kept, **probabilities))

    assert found["missing_modes"] == 5
    assert found["class_distance"] == pytest.approx(0.5, abs=0.05)
    assert found["class_entropy_ratio"] == pytest.approx(np.log(5) / np.log(10), abs=0.02)
    assert found["coverage"] == pytest.approx(0.58, abs=0.1)
    assert found["recall"] < reference["recall"] - 0.2
    assert found["vendi_ratio"] < 0.8
    assert found["precision"] == pytest.approx(reference["precision"], abs=0.04)
    assert found["frechet_distance"] > 3 * reference["frechet_distance"]


def test_a_fifth_of_digits_lowers_precision(images: Images, reference: dict[str, float]) -> None:
    digits = np.kron(load_digits().images[: N // 5] / 16, np.ones((1, 3, 3)))
    foreign = quantized(np.pad(digits, ((0, 0), (2, 2), (2, 2))))[..., None]

    found = measured(evidence(images, np.concatenate([images.other[N // 5 :], foreign])))

    assert found["precision"] == pytest.approx(reference["precision"] - 0.16, abs=0.05)
    assert found["density"] < reference["density"] - 0.1
    assert found["coverage"] > reference["coverage"] - 0.1
    assert found["vendi_ratio"] > reference["vendi_ratio"]
    assert found["nn_accuracy_generated"] > reference["nn_accuracy_generated"] + 0.03


def test_noise_is_better_in_nothing(images: Images, reference: dict[str, float]) -> None:
    found = measured(evidence(images, noisy(images.other, 0.15)))

    assert found["frechet_distance"] > 2 * reference["frechet_distance"]
    assert found["kernel_distance"] > reference["kernel_distance"] + 0.02
    assert found["nn_accuracy_generated"] > 0.6
    assert found["recall"] <= reference["recall"]
    assert found["coverage"] <= reference["coverage"]


def test_blur_raises_density_and_other_scores_detect_it(
    images: Images, reference: dict[str, float]
) -> None:
    found = measured(evidence(images, blurred(images.other)))

    assert found["density"] > reference["density"] + 0.2
    assert found["precision"] >= reference["precision"]
    assert found["nn_accuracy_generated"] > 0.65
    assert found["frechet_distance"] > 1.5 * reference["frechet_distance"]
    assert found["recall"] < reference["recall"] - 0.05
    assert found["duplicate_rate"] < 0.06


def test_the_order_of_images_changes_no_number(images: Images) -> None:
    rng = np.random.default_rng(2)
    shuffled = [rng.permutation(each) for each in (images.real, images.other[:400], images.train)]
    first = measured(evidence(images, images.other[:400], thorough=True))

    second = measured(
        made_evidence(shuffled[0], shuffled[1], train=shuffled[2], seen=pooled, thorough=True)
    )

    # Products of pairs are in float32; how they are rounded depends on where a pair lies in a tile.
    # What sampling adds is a difference of two kernel distances.
    for name in [each for each in first if each.startswith("kernel_distance")]:
        rounding = KERNEL_ROUNDING * (2 if name.endswith("_added_by_prior") else 1)
        assert second.pop(name) == pytest.approx(first.pop(name), abs=rounding)
    assert second == pytest.approx(first, rel=1e-9, abs=1e-9)
    assert "frechet_distance_infinity" in first


def test_images_of_one_grey_get_finite_and_bad_scores(images: Images) -> None:
    found = measured(evidence(images, np.full_like(images.other, 0.5)))

    assert all(np.isfinite(value) for value in found.values())
    assert found["exact_duplicates"] == found["duplicate_rate"] == 1.0
    assert found["recall"] == 0.0
    assert found["coverage"] < 0.02
    assert found["vendi_ratio"] < 0.5
    assert found["nn_accuracy_generated"] == 1.0


WITHOUT_FEATURES = ("exact_duplicates", "pixel_copies", "near_copies", "modes", "colour")
FEATURES = [name for name in OF_EXAMPLES if name not in WITHOUT_FEATURES]


@pytest.mark.parametrize("name", FEATURES)
def test_equal_real_images_are_refused(images: Images, name: str) -> None:
    given = made_evidence(np.full_like(images.real, 0.5), images.other, train=images.train)

    with pytest.raises(vaereg.DataError, match="all 600 real examples are equal"):
        scores(name, given)


@pytest.mark.parametrize("name", [*FEATURES, "pixel_copies", "near_copies"])
@pytest.mark.parametrize("side", ["real", "generated"])
def test_one_image_is_too_few(images: Images, name: str, side: str) -> None:
    sets = {"real": images.real[:50], "generated": images.other[:50]}
    sets[side] = sets[side][:1]

    with pytest.raises(vaereg.DataError, match=rf"at least \d+ {side} examples.*there are 1\."):
        scores(name, made_evidence(**sets, train=images.train[:50]))


@pytest.mark.parametrize(
    "name", [*FEATURES, "pixel_copies", "near_copies", "exact_duplicates", "colour"]
)
def test_samples_that_are_not_numbers_are_refused(images: Images, name: str) -> None:
    broken = images.other[:50].copy()
    broken[7, 3, 3] = np.nan

    with pytest.raises(vaereg.DataError, match=r"1 of 50 hold NaN.*number 7"):
        scores(name, made_evidence(images.real[:50], broken, train=images.train[:50]))


@pytest.mark.parametrize("name", [*FEATURES, "pixel_copies", "near_copies", "exact_duplicates"])
def test_no_sample_at_all_is_refused(images: Images, name: str) -> None:
    with pytest.raises(vaereg.DataError, match="there are none"):
        scores(name, made_evidence(images.real[:50], images.other[:0], train=images.train[:50]))


def test_fewer_images_than_pixels_and_dead_pixels_are_allowed(images: Images) -> None:
    real, generated = images.real[:80].copy(), images.other[:70].copy()
    real[:, :4], generated[:, :4] = 0.0, 0.0

    found = measured(made_evidence(real, generated, train=images.train[:300], thorough=True))

    assert all(np.isfinite(value) for value in found.values())
    assert "frechet_distance_infinity" not in found
    assert found["vendi_ratio"] == pytest.approx(1.0, abs=0.25)
