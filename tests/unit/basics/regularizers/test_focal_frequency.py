"""The regularizer focal_frequency against numpy's Fourier transform."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

import vaereg
from vaereg.basics.regularizers.declared import FocalFrequencyParams
from vaereg.basics.regularizers.focal_frequency import FocalFrequency
from vaereg.testing.stand_ins.step import StandInStep

SHAPE = (6, 4, 2)
CONTEXT = vaereg.BuildContext(name="focal", data_spec=vaereg.DataSpec(form="image", shape=SHAPE))


def images(seed: int, count: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).uniform(size=(count, *SHAPE)).astype("float32")


def measured(x: object, reconstruction: object, **params: object) -> object:
    step = StandInStep(
        x, ops.zeros((len(x), 2)), reconstruction=ops.convert_to_tensor(reconstruction)
    )
    return FocalFrequency(FocalFrequencyParams(**params), CONTEXT)(step)


def weights(x: np.ndarray, reconstruction: np.ndarray, alpha: float) -> np.ndarray:
    gap = np.abs(spectrum(x) - spectrum(reconstruction))
    return (gap**alpha) / (gap**alpha).max(axis=(1, 2), keepdims=True)


def spectrum(x: np.ndarray) -> np.ndarray:
    return np.fft.fft2(x.astype("float64"), axes=(1, 2), norm="ortho")


def second_implementation(x: np.ndarray, reconstruction: np.ndarray, w: np.ndarray) -> np.ndarray:
    gap = np.abs(spectrum(x) - spectrum(reconstruction))
    return np.mean(w * gap**2, axis=(1, 2, 3))


@pytest.mark.parametrize("alpha", [0.5, 1.0, 2.0])
def test_it_equals_numpys_transform(alpha: float) -> None:
    x, other = images(1), images(2)
    values = ops.convert_to_numpy(measured(x, other, alpha=alpha))
    wanted = second_implementation(x, other, weights(x, other, alpha))
    np.testing.assert_allclose(values, wanted, rtol=1e-4)


def test_without_favour_it_is_the_mean_squared_error() -> None:
    x, other = images(1), images(2)
    values = ops.convert_to_numpy(measured(x, other, alpha=0.0))
    np.testing.assert_allclose(values, np.mean((x - other) ** 2, axis=(1, 2, 3)), rtol=1e-4)


def test_averaged_spectra_are_those_of_the_mean_image() -> None:
    x, other = images(1), images(2)
    values = ops.convert_to_numpy(measured(x, other, average=True))
    mean, other_mean = x.mean(axis=0, keepdims=True), other.mean(axis=0, keepdims=True)
    wanted = second_implementation(mean, other_mean, weights(mean, other_mean, 1.0))
    np.testing.assert_allclose(values, np.repeat(wanted, 3), rtol=1e-4)


def test_equal_images_give_zero_and_a_finite_gradient() -> None:
    x = images(1)
    assert np.all(ops.convert_to_numpy(measured(x, x)) == 0)
    found = vaereg.gradient(lambda r: measured(x, r), ops.convert_to_tensor(x))
    assert np.all(ops.convert_to_numpy(found) == 0)


def test_its_gradient_is_that_of_the_distance_with_the_weights_held_fixed() -> None:
    x, other = images(1), images(2)
    found = ops.convert_to_numpy(
        vaereg.gradient(lambda r: measured(x, r), ops.convert_to_tensor(other))
    )
    held = weights(x, other, 1.0)
    for place in [(0, 0, 0, 0), (1, 3, 2, 1), (2, 5, 3, 0)]:
        ends = []
        for shift in (1e-4, -1e-4):
            moved = other.astype("float64")
            moved[place] += shift
            ends.append(second_implementation(x, moved, held).sum())
        assert found[place] == pytest.approx((ends[0] - ends[1]) / 2e-4, rel=1e-3, abs=1e-6)


def test_an_examples_value_does_not_depend_on_the_others() -> None:
    x, other = images(1), images(2)
    together = ops.convert_to_numpy(measured(x, other))
    alone = ops.convert_to_numpy(measured(x[1:2], other[1:2]))
    np.testing.assert_allclose(together[1], alone[0], rtol=1e-6)


def test_other_data_than_images_is_refused() -> None:
    context = vaereg.BuildContext(name="f", data_spec=vaereg.DataSpec(form="vector", shape=(5,)))
    with pytest.raises(ValueError, match="takes images"):
        FocalFrequency(FocalFrequencyParams(), context)
