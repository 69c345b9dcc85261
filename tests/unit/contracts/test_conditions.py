"""Conditions: what data can give, and what its splits give."""

import attrs
import numpy as np
import pytest

import vaereg
from vaereg.contracts.conditions import (
    conditions_at,
    drawn_conditions,
    probe_conditions,
    shown_conditions,
)
from vaereg.contracts.data import part_of

LABEL = vaereg.Condition(name="label", classes=3, class_names=("a", "b", "c"))
POSE = vaereg.Condition(name="pose", shape=(2,))
ANGLE = vaereg.Condition(name="angle")
KIND = vaereg.Condition(name="kind", classes=3)
SPLIT = vaereg.ArraySplit(
    np.zeros((6, 4), np.float32),
    np.array([2, 1, 0, 2, 1, 0]),
    conditions={"pose": np.arange(12.0).reshape(6, 2)},
)


def test_labelled_data_gives_the_label():
    spec = vaereg.DataSpec(shape=(4,), classes=3, class_names=("a", "b", "c"), given=(POSE,))
    assert spec.given == (LABEL, POSE)
    assert spec.condition("label") == LABEL and spec.condition("size") is None
    assert attrs.evolve(spec, classes=None, class_names=()).given == (POSE,)
    assert attrs.evolve(spec, size=7).given == spec.given
    assert vaereg.DataSpec(shape=(4,)).given == ()


@pytest.mark.parametrize(
    "wrong",
    [{"name": "Label"}, {"classes": 0}, {"classes": 2, "shape": (1,)}, {"class_names": ("a",)}],
)
def test_a_wrong_condition_is_refused(wrong):
    with pytest.raises(ValueError, match=r"condition"):
        vaereg.Condition(**{"name": "label", **wrong})


def test_a_split_gives_its_conditions_by_position():
    found = conditions_at(SPLIT, (LABEL, POSE), np.array([3, 0]))
    assert found["label"].tolist() == [2, 2] and found["label"].dtype == np.int32
    assert found["pose"].tolist() == [[6, 7], [0, 1]] and found["pose"].dtype == np.float32
    part = part_of(SPLIT, np.array([1, 5]))
    assert conditions_at(part, (LABEL, POSE), np.array([1]))["pose"].tolist() == [[10, 11]]


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (vaereg.Condition(name="size"), "does not give it"),
        (vaereg.Condition(name="pose", shape=(3,)), "must have shape"),
        (vaereg.Condition(name="label", classes=2), "classes from 0 to 2"),
    ],
)
def test_what_a_split_does_not_give_is_told(condition, words):
    with pytest.raises(vaereg.DataError, match=words):
        conditions_at(SPLIT, (condition,), np.arange(6))


@pytest.mark.parametrize(
    ("condition", "values", "words"),
    [
        (ANGLE, [0.5, np.nan], "not finite"),
        (ANGLE, [0.5, np.inf], "not finite"),
        (ANGLE, [0.5, 1e300], "beyond float32"),
        (ANGLE, ["0.5", "1"], "takes numbers"),
        (KIND, [0.0, 1.5], "values are whole numbers"),
        (KIND, [0.0, np.nan], "values are whole numbers"),
        (KIND, [0, 2**40], "classes from 0 to"),
    ],
)
def test_values_that_no_model_can_be_told_are_refused(condition, values, words):
    given = {condition.name: np.array(values)}
    split = vaereg.ArraySplit(np.zeros((2, 4), np.float32), conditions=given)
    with pytest.raises(vaereg.DataError, match=words):
        conditions_at(split, (condition,), np.arange(2))


def test_conditions_are_drawn_by_the_seed():
    first, again, other = (drawn_conditions(SPLIT, (LABEL, POSE), 50, s) for s in (1, 1, 2))
    assert np.array_equal(first["pose"], again["pose"])
    assert not np.array_equal(first["pose"], other["pose"])
    assert (first["label"] == 2 - (first["pose"][:, 0] // 2 % 3)).all()  # drawn together
    assert drawn_conditions(SPLIT, (), 5, 0) == {}


def test_samples_are_shown_class_by_class():
    assert shown_conditions(SPLIT, (LABEL,), 7, 0)["label"].tolist() == [0, 0, 0, 1, 1, 2, 2]
    assert shown_conditions(SPLIT, (LABEL,), 2, 0)["label"].tolist() == [0, 1]
    assert shown_conditions(SPLIT, (POSE,), 7, 0)["pose"].shape == (7, 2)
    assert probe_conditions((LABEL, POSE), 4)["label"].tolist() == [0, 1, 2, 0]
