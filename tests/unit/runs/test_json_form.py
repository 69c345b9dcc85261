from typing import NotRequired, TypedDict

import attrs
import pytest

from vaereg.runs.json_form import misfit


@attrs.frozen
class Point:
    """Two numbers."""

    x: float
    y: float | None = None
    names: tuple[str, ...] = ()
    pair: tuple[int, int] = (0, 0)


class Table(TypedDict):
    """A table."""

    point: Point
    by_name: dict[str, int]
    note: NotRequired[str]


GOOD = {"point": {"x": 1, "names": ["a"], "pair": [1, 2]}, "by_name": {"a": 1}}


def test_a_value_of_the_expected_type_fits():
    assert misfit(GOOD, Table) == ""
    assert misfit({**GOOD, "note": "new", "other": 1}, Table) == ""  # of a later version
    assert misfit({"x": 1.5, "y": None}, Point) == ""


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (3, "its content is 3, not a table"),
        ({**GOOD, "point": None}, "point is None, not a table"),
        ({**GOOD, "point": {"y": 1}}, "point.x is missing"),
        ({**GOOD, "point": {"x": True}}, "point.x is True, not a number"),
        ({**GOOD, "point": {"x": 1, "y": "1"}}, "point.y is '1', not a number"),
        ({**GOOD, "point": {"x": 1, "z": 1}}, "point.z is no known key"),
        ({**GOOD, "point": {"x": 1, "names": "ab"}}, "point.names is 'ab', not a list"),
        ({**GOOD, "point": {"x": 1, "names": ["a", 1]}}, "point.names.1 is 1, not text"),
        ({**GOOD, "point": {"x": 1, "pair": [1]}}, "point.pair is [1], not a list of two"),
        ({**GOOD, "by_name": {"a": 1.0}}, "by_name.a is 1.0, not a whole number"),
        ({**GOOD, "note": ["x" * 100]}, f"note is {str(['x' * 100])[:57]}..., not text"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_first_misfit_is_told_with_its_place(value, told):
    assert misfit(value, Table) == told
