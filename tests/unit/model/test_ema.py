"""The moving average of some variables."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from vaereg.model.ema import WeightAverage, copied, holding


def averaged(decay=0.9, start=2.0):
    variable = keras.Variable(start, name="weight")
    return variable, WeightAverage([variable], decay)


def number(variable):
    return float(ops.convert_to_numpy(variable.value))


def test_an_average_begins_at_its_variable_and_is_not_trained():
    _, average = averaged(start=2.0)

    assert number(average.shadows[0]) == 2.0
    assert average.trainable_variables == []


def test_the_averaged_variable_is_not_the_layers_own():
    variable, average = averaged()

    assert all(each is not variable for each in average.weights)


@pytest.mark.parametrize(("updates", "kept"), [(0, 0.1), (8, 0.5), (10**6, 0.9)])
def test_the_first_updates_keep_less(updates, kept):
    variable, average = averaged(decay=0.9, start=1.0)
    variable.assign(3.0)

    average.update(ops.convert_to_tensor(updates), ops.convert_to_tensor(True))

    assert number(average.shadows[0]) == pytest.approx(kept * 1.0 + (1 - kept) * 3.0, rel=1e-6)


def test_a_step_that_only_accumulates_gradients_moves_nothing():
    variable, average = averaged(start=1.0)
    variable.assign(3.0)

    average.update(ops.convert_to_tensor(0), ops.convert_to_tensor(False))

    assert number(average.shadows[0]) == 1.0


def test_the_weights_are_put_back_after_an_error():
    variable, average = averaged(start=1.0)
    variable.assign(3.0)

    with pytest.raises(RuntimeError), holding([(variable, average.shadows[0].value)]):
        assert number(variable) == 1.0
        raise RuntimeError

    assert number(variable) == 3.0


def test_restart_makes_the_average_equal_to_its_variable():
    variable, average = averaged(start=1.0)
    variable.assign(3.0)

    average.restart()

    assert number(average.shadows[0]) == 3.0


def test_a_copy_has_separate_memory():
    variable = keras.Variable(np.zeros(3, "float32"))
    copy = copied(variable.value)
    copy[:] = 1.0

    np.testing.assert_array_equal(ops.convert_to_numpy(variable.value), np.zeros(3))
