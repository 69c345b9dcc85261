"""Parameters are read strictly: each type accepts its own values and no others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import pytest

from tests.helpers.declared_components import (
    EveryTypeParams,
    Inner,
    PlainParams,
    StrangeParams,
)
from vaereg.contracts.schedule import Schedule
from vaereg.declaration.shapes.structure import (
    UnsupportedTypeError,
    json_schema,
    parameters,
    structured,
)
from vaereg.errors import DeclarationError


def _codes(cls: type, values: dict[str, Any]) -> list[str]:
    with pytest.raises(DeclarationError) as caught:
        structured(cls, values)
    return [problem.code for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("name", "given", "read"),
    [
        ("flag", True, True),
        ("count", 3, 3),
        ("rate", 1, 1.0),
        ("rate", 0.25, 0.25),
        ("word", "", ""),
        ("mode", "slow", "slow"),
        ("either", 3, 3),
        ("either", [3, 4], (3, 4)),
        ("maybe", 3, 3),
        ("maybe", False, None),
        ("pair", [3, 4], (3, 4.0)),
        ("names", ["a", "b"], ["a", "b"]),
        ("scales", {"a": 1}, {"a": 1.0}),
        ("inner", {"size": 4}, Inner(4)),
        ("inner", {"size": 4, "note": "x"}, Inner(4, "x")),
        ("inner", False, None),
        ("changing", 2, Schedule.constant(2.0)),
        ("path", "a/b", Path("a/b")),
    ],
)
def test_a_type_accepts_its_own_values(name: str, given: Any, read: Any) -> None:
    value = getattr(structured(EveryTypeParams, {name: given}), name)
    assert value == read
    assert type(value) is type(read)


@pytest.mark.parametrize(
    ("name", "given", "code"),
    [
        ("flag", 1, "wrong-type"),
        ("flag", "true", "wrong-type"),
        ("count", True, "wrong-type"),
        ("count", "16", "wrong-type"),
        ("count", 1.0, "wrong-type"),
        ("count", -1, "out-of-range"),
        ("count", 2**63, "out-of-range"),
        ("rate", True, "wrong-type"),
        ("rate", "0.5", "wrong-type"),
        ("rate", float("nan"), "not-finite"),
        ("rate", float("inf"), "not-finite"),
        ("rate", 10**400, "not-finite"),
        ("rate", 0, "out-of-range"),
        ("rate", 1.5, "out-of-range"),
        ("word", 3, "wrong-type"),
        ("word", ["a"], "wrong-type"),
        ("mode", "slwo", "not-a-choice"),
        ("mode", 1, "wrong-type"),
        ("either", "3", "wrong-type"),
        ("either", [1, 2, 3], "wrong-length"),
        ("either", [1, "2"], "wrong-type"),
        ("either", True, "wrong-type"),
        ("maybe", True, "wrong-type"),
        ("pair", [1], "wrong-length"),
        ("pair", 1, "wrong-type"),
        ("names", "ab", "wrong-type"),
        ("names", [1], "wrong-type"),
        ("scales", {"a": True}, "wrong-type"),
        ("scales", [1.0], "wrong-type"),
        ("inner", {"size": 0}, "out-of-range"),
        ("inner", {"sise": 1}, "unknown-key"),
        ("inner", 3, "wrong-type"),
        ("changing", {"ramp": [0, -1], "epochs": 1}, "out-of-range"),
        ("changing", "1", "wrong-type"),
        ("path", 1, "wrong-type"),
    ],
)
def test_a_type_accepts_no_other_values(name: str, given: Any, code: str) -> None:
    assert _codes(EveryTypeParams, {name: given}) == [code]


def test_all_problems_are_reported_at_once() -> None:
    values = {"count": "1", "rate": 2, "wrod": "x", "pair": ["a", "b"]}
    codes = _codes(EveryTypeParams, values)
    assert sorted(codes) == sorted(
        ["wrong-type", "out-of-range", "unknown-key", "wrong-type", "wrong-type"]
    )


@pytest.mark.parametrize(
    ("values", "hint"),
    [
        ({"count": "16"}, "without quotes: 16"),
        ({"flag": "true"}, "without quotes: true"),
        ({"mode": "slwo"}, 'did you mean "slow"'),
        ({"wrod": "x"}, 'did you mean "word"'),
        ({"rate": 2}, "0 < value <= 1"),
    ],
)
def test_the_hint_says_what_is_allowed_and_what_was_meant(
    values: dict[str, Any], hint: str
) -> None:
    with pytest.raises(DeclarationError) as caught:
        structured(EveryTypeParams, values)
    assert hint in caught.value.problems[0].hint


def test_the_problem_of_one_element_names_that_element() -> None:
    with pytest.raises(DeclarationError, match=r"`either\[1\]` must be an integer"):
        structured(EveryTypeParams, {"either": [1, "2"]})


def test_a_class_made_without_param_works() -> None:
    assert structured(PlainParams, {"alpha": 2}).alpha == 2.0
    assert _codes(PlainParams, {"alpha": "2"}) == ["wrong-type"]


def test_an_error_that_the_class_itself_raises_is_a_problem() -> None:
    with pytest.raises(DeclarationError, match="alpha above 100 overflows"):
        structured(PlainParams, {"alpha": 101})


def test_a_missing_required_parameter_is_a_problem() -> None:
    @attrs.frozen
    class Needs:
        path: str

    assert _codes(Needs, {}) == ["missing-key"]


def test_a_type_that_toml_cannot_express_is_named() -> None:
    with pytest.raises(UnsupportedTypeError, match=r"StrangeParams\.value.*complex"):
        structured(StrangeParams, {})


def test_parameters_have_type_default_and_range() -> None:
    by_name = {each.name: each for each in parameters(EveryTypeParams)}
    assert by_name["rate"].type == "a number"
    assert by_name["rate"].default == 0.5
    assert by_name["rate"].allowed == "0 < value <= 1"
    assert by_name["either"].type == "an integer or an array of 2 elements: an integer, an integer"
    assert by_name["pair"].default == [1, 2.0]
    assert by_name["inner"].default is None
    assert not by_name["inner"].required


def test_the_schema_has_the_bounds_and_defaults_of_the_reader() -> None:
    properties = json_schema(EveryTypeParams)["properties"]
    assert properties["rate"] == {
        "type": "number",
        "exclusiveMinimum": 0,
        "maximum": 1,
        "description": "a rate",
        "default": 0.5,
    }
    assert properties["mode"] == {"enum": ["fast", "slow"], "default": "fast"}
    assert json_schema(EveryTypeParams)["additionalProperties"] is False
