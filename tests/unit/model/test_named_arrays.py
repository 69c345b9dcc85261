"""Variables as arrays by path, which fit exactly or are refused, or are taken where they fit."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import vaereg
from tests.helpers.tiny_vae import tiny_vae
from vaereg.model.named_arrays import assign, assign_fitting, by_path, values


def variables():
    made = [keras.Variable(np.zeros(2, "float32"), name="a"), keras.Variable(0.0, name="b")]
    return by_path(made)


def test_values_come_back():
    first, second = variables(), variables()
    assign(first, {"a": np.array([1.0, 2.0], "float32"), "b": np.float32(3.0)})

    assign(second, values(first))

    np.testing.assert_array_equal(values(second)["a"], [1.0, 2.0])
    assert values(second)["b"] == 3.0


def test_values_are_copies():
    made = variables()
    values(made)["a"][:] = 7.0

    np.testing.assert_array_equal(values(made)["a"], [0.0, 0.0])


def test_two_variables_of_one_path_are_refused():
    with pytest.raises(ValueError, match="two variables have the path 'a'"):
        by_path([keras.Variable(0.0, name="a"), keras.Variable(0.0, name="a")])


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"a": np.ones(2, "float32")}, "not stored: b"),
        ({"a": np.ones(2), "b": np.ones(()), "c": np.ones(())}, "not in the model: c"),
        ({"a": np.ones(3), "b": np.ones(())}, r"a: \(3,\) stored, \(2,\) declared"),
    ],
)
def test_arrays_that_do_not_fit_are_refused_and_nothing_is_assigned(arrays, said):
    made = variables()

    with pytest.raises(vaereg.RunError, match=said):
        assign(made, arrays)

    np.testing.assert_array_equal(values(made)["a"], [0.0, 0.0])


def test_many_differences_are_counted_and_only_the_first_are_listed():
    with pytest.raises(vaereg.RunError, match=r"\(20 differences\)") as caught:
        assign(variables(), {f"v{i:02}": np.ones(1) for i in range(18)})

    assert "v07" in str(caught.value)
    assert "v08" not in str(caught.value)


@pytest.fixture(scope="module")
def vae():
    return tiny_vae()


def test_weights_that_fit_are_taken_and_the_others_stay(vae):
    before = vae.weights_only()
    stored = {path: array + 1.0 for path, array in before.items()}
    bias = stored.pop("decoder/out/bias")
    stored["decoder/out/kernel"] = np.zeros((3, 2), "float32")
    stored["critic/kernel"] = bias

    fit = assign_fitting(vae.usable_weights(), stored)

    after = vae.weights_only()
    apart = {"decoder/out/bias", "decoder/out/kernel"}
    assert set(fit.taken) == before.keys() - apart
    assert fit.new == ("decoder/out/bias",) and fit.unused == ("critic/kernel",)
    assert fit.reshaped == {"decoder/out/kernel": ((3, 2), (8, 6))}
    assert fit.of == len(before)
    for path, array in before.items():
        expected = array if path in apart else array + 1.0
        np.testing.assert_array_equal(after[path], expected, err_msg=path)


def test_weights_of_another_model_change_nothing(vae):
    before = vae.weights_only()

    fit = assign_fitting(vae.usable_weights(), {"other/kernel": np.zeros((2, 2), "float32")})

    assert fit.taken == () and fit.unused == ("other/kernel",)
    for path, array in vae.weights_only().items():
        np.testing.assert_array_equal(array, before[path], err_msg=path)
