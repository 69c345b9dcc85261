"""The defects of the battery are as strong as they say."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from tests.battery.defects.images import LEVELS, Images, quantized
from tests.battery.defects.table import DEFECTS, FURTHER, STRENGTHS, Defect, change

COUNT = 60
REDRAWN = ("easy examples", "imbalance")
"""Defects that draw other images, so that their strength is not the change of each image."""

BY_NAME = {defect.name: defect for defect in DEFECTS}


def grey_images(channels: int, low: float = 0.3) -> Images:
    """Soft random images from `low` to 0.75; above 0.3, no pattern clips them."""
    rng = np.random.default_rng(channels)

    def soft(count: int) -> np.ndarray:
        drawn = gaussian_filter(rng.random((count, 32, 32, channels)), (0, 1.5, 1.5, 0))
        least, most = drawn.min(axis=(1, 2, 3)), drawn.max(axis=(1, 2, 3))
        unit = (drawn - least[:, None, None, None]) / (most - least)[:, None, None, None]
        return quantized(low + (0.75 - low) * unit)

    return Images(
        base=soft(COUNT),
        base_kinds=np.arange(COUNT) % 10,
        spare=soft(COUNT),
        spare_kinds=np.arange(COUNT) % 10,
        train=soft(COUNT),
        foreign=soft(COUNT),
    )


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("defect", (*DEFECTS, *FURTHER), ids=lambda defect: defect.name)
class TestEveryDefect:
    def test_each_strength_changes_images_more_than_the_one_before(
        self, defect: Defect, channels: int
    ):
        if defect.name in REDRAWN:
            pytest.skip("it draws other images")
        images = grey_images(channels, low=0.0)

        changes = [change(images.base, defect.on(images, strength)) for strength in STRENGTHS]

        power = [share * rms**2 for share, rms in changes]
        assert 0 < power[0] < power[1] < power[2]

    def test_the_result_is_quantized_and_the_base_is_left_alone(
        self, defect: Defect, channels: int
    ):
        images = grey_images(channels, low=0.0)
        before = images.base.copy()

        laid = defect.on(images, "strong")

        levels = laid * np.float32(LEVELS)
        assert laid.shape == before.shape
        assert laid.dtype == np.float32
        assert np.abs(levels - np.rint(levels)).max() < 1e-3
        assert laid.min() >= 0 and laid.max() <= 1
        assert (images.base == before).all()

    def test_equal_seeds_give_equal_images(self, defect: Defect, channels: int):
        images = grey_images(channels, low=0.0)

        assert (defect.on(images, "middle", 3) == defect.on(images, "middle", 3)).all()

    def test_its_amplitude_is_said_in_words(self, defect: Defect, channels: int):
        told = [defect.told(strength) for strength in STRENGTHS]

        assert len(set(told)) == 3
        assert defect.told_all(["middle"]) == told[1]
        assert all(any(character.isdigit() for character in each) for each in told)


@pytest.mark.parametrize("name", ["columns", "checkerboard", "dots"])
def test_a_pattern_changes_pixels_by_as_many_grey_levels_as_it_says(name: str):
    images = grey_images(1)
    defect = BY_NAME[name]

    for strength, levels in zip(STRENGTHS, defect.values, strict=True):
        shift = np.rint((defect.on(images, strength) - images.base) * LEVELS)
        assert np.abs(shift).max() == levels


def test_noise_has_the_deviation_that_it_says():
    images = grey_images(3)

    for strength, levels in zip(STRENGTHS, BY_NAME["noise"].values, strict=True):
        _, rms = change(images.base, BY_NAME["noise"].on(images, strength))
        assert rms == pytest.approx(levels, rel=0.02)


@pytest.mark.parametrize(
    "name", ["cut and paste", "blends", "foreign images", "training copies", "mirror halves"]
)
def test_as_many_images_change_as_the_defect_says(name: str):
    images = grey_images(3)
    defect = BY_NAME[name]

    for strength, share in zip(STRENGTHS, defect.values, strict=True):
        found, _ = change(images.base, defect.on(images, strength))
        assert found == pytest.approx(max(1, round(share * COUNT)) / COUNT)


def test_dropped_classes_are_gone_and_nothing_else_is():
    images = grey_images(1)

    laid = BY_NAME["dropped classes"].on(images, "middle")

    kept = images.base_kinds >= 2
    assert (laid[kept] == images.base[kept]).all()
    spare = {each.tobytes() for each in images.spare[images.spare_kinds >= 2]}
    assert all(each.tobytes() in spare for each in laid[~kept])


def test_training_copies_are_training_images():
    images = grey_images(1)

    laid = BY_NAME["training copies"].on(images, "strong")

    train = {each.tobytes() for each in images.train}
    assert sum(each.tobytes() in train for each in laid) == round(0.25 * COUNT)


def test_every_question_has_defects_that_it_must_answer():
    assert {each.question for each in DEFECTS} == {"sharp", "varied", "true"}
    assert len({each.name for each in DEFECTS}) == len(DEFECTS) == 18


def test_easy_examples_are_those_nearest_to_the_mean_of_their_kind():
    images = grey_images(1)
    by_name = {defect.name: defect for defect in FURTHER}

    laid = [by_name["easy examples"].on(images, strength) for strength in STRENGTHS]

    spreads = [each.std(axis=0).mean() for each in (images.base, *laid)]
    assert spreads == sorted(spreads, reverse=True)


def test_no_further_defect_has_a_name_twice():
    names = [each.name for each in (*DEFECTS, *FURTHER)]
    assert len(set(names)) == len(names)
