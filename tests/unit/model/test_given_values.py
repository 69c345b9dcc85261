"""Conditions as users write them."""

import numpy as np
import pytest

import vaereg
from vaereg.model.given_values import checked_given, spread, values_of

LABEL = vaereg.Condition(name="label", classes=3, class_names=("cat", "dog", "7"))
ANGLE = vaereg.Condition(name="angle")
POSE = vaereg.Condition(name="pose", shape=(2,))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (1, [1, 1]),
        ("dog", [1, 1]),
        ("0", [0, 0]),
        ("7", [2, 2]),  # a name comes before a number
        (["cat", 2], [0, 2]),
        (np.array([2, 0], np.int64), [2, 0]),
        (np.int32(2), [2, 2]),
    ],
)
def test_a_class_is_a_number_or_a_name(given, expected):
    values = values_of(given, LABEL, 2)
    assert values.dtype == np.int32 and values.tolist() == expected


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (3, "3 is no value.*from 0 to 2 .cat, dog, 7."),
        (-1, "-1 is no value"),
        (True, "True is no value"),
        (1.5, "1.5 is no value"),
        ("dgo", "did you mean .dog."),
        ([0, 1, 2], "one for each of the 2"),
        ([[0, 1]], "takes label: a class"),
        (None, "None is no value"),
        ([[1], [2, 3]], "conditions are values"),
        ("9" * 5000, "99\\.\\.\\. is no value"),
        (10**300, "000\\.\\.\\. is no value"),
    ],
)
def test_what_is_no_class_is_refused(given, words):
    with pytest.raises(vaereg.UsageError, match=words):
        values_of(given, LABEL, 2)


def test_numbers_have_the_shape_of_the_condition():
    assert values_of(0.5, ANGLE, 3).tolist() == [0.5] * 3
    assert values_of([1, 2], POSE, 3).tolist() == [[1, 2]] * 3
    assert values_of(np.ones((3, 2)), POSE, 3).shape == (3, 2)
    for wrong, condition in (
        ("x", ANGLE),
        (np.nan, ANGLE),
        (1e300, ANGLE),
        (10**300, ANGLE),
        ([1, 2, 3], POSE),
    ):
        with pytest.raises(vaereg.UsageError):
            values_of(wrong, condition, 2)


def test_what_is_missing_or_unknown_is_told():
    known = (LABEL, ANGLE)
    found = checked_given({"label": 1, "angle": 2}, known, {"label"}, 2)
    assert list(found) == ["label"]
    with pytest.raises(vaereg.UsageError, match="is told angle of each example; pass given"):
        checked_given({"label": 1}, known, {"label", "angle"}, 2)
    with pytest.raises(vaereg.UsageError, match=r"no condition 'lable'.*did you mean"):
        checked_given({"lable": 1}, known, {"label"}, 2)
    with pytest.raises(vaereg.UsageError, match="the data has none"):
        checked_given({"label": 1}, (), set(), 2)
    with pytest.raises(vaereg.UsageError, match="given is a mapping"):
        checked_given(3, known, {"label"}, 2)


def test_lists_are_given_in_turn():
    spreading = {"label": ["cat", "dog"], "angle": "0.5", "pose": [1, 2]}
    found = spread(spreading, (LABEL, ANGLE, POSE), 3)
    assert found == {"label": ["cat", "dog", "cat"], "angle": 0.5, "pose": [1.0, 2.0]}
    assert spread({"pose": [[1, 2], [3, 4]]}, (POSE,), 3)["pose"] == [[1, 2], [3, 4], [1, 2]]
    with pytest.raises(vaereg.UsageError, match="angle: numbers; got 'far'"):
        spread({"angle": ["far"]}, (ANGLE,), 2)
    for absurd in (10**400, "1e", True, [[0], [1, 2]], [], {"a": 1}, "9" * 5000, ["nan"]):
        with pytest.raises(vaereg.UsageError):
            values_of(spread({"angle": absurd}, (ANGLE,), 2)["angle"], ANGLE, 2)
    with pytest.raises(vaereg.UsageError, match="conditions are values"):
        spread({"label": [[1], [2, 3]]}, (LABEL,), 2)
    with pytest.raises(vaereg.UsageError, match="no value"):
        spread({"label": []}, (LABEL,), 2)
