"""The conditions of a batch that Keras passes to a step."""

import numpy as np
import pytest
from keras import ops

import vaereg
from vaereg.model.given_conditions import conditions_of_batch

LABEL = vaereg.Condition(name="label", classes=3)
POSE = vaereg.Condition(name="pose", shape=(2,))


def test_a_model_that_is_told_nothing_ignores_the_second_value():
    assert conditions_of_batch(np.zeros(3), ()) == {}


def test_conditions_come_by_name_or_alone():
    for y in ({"label": np.array([0, 2]), "other": 1}, np.array([0, 2]), np.array([[0], [2]])):
        found = ops.convert_to_numpy(conditions_of_batch(y, (LABEL,))["label"])
        assert found.dtype == np.int32 and found.tolist() == [0, 2]
    both = conditions_of_batch({"label": np.array([1]), "pose": np.ones((1, 2))}, (LABEL, POSE))
    assert tuple(both["pose"].shape) == (1, 2) and "float32" in str(both["pose"].dtype)


@pytest.mark.parametrize(
    ("y", "words"),
    [
        (None, r"is told label, pose of each example[\s\S]*fit\(x, \{'label': ..., 'pose': ...\}"),
        (np.zeros(2), "2 conditions; pass them by name"),
        ({"label": np.zeros(2)}, "lack pose"),
        ({"label": np.zeros(2), "pose": np.zeros((2, 3))}, r"must have shape \(n, 2\)"),
    ],
)
def test_missing_and_misshapen_conditions_are_refused(y, words):
    with pytest.raises(vaereg.DataError, match=words):
        conditions_of_batch(y, (LABEL, POSE))
