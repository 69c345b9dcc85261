"""Each parameter at its bounds and choices, one at a time."""

from __future__ import annotations

import attrs
import pytest

import vaereg
from vaereg.testing.variants import variants


@attrs.frozen
class Inner:
    share: float = vaereg.param(0.5, "a share", ge=0, lt=1)


@attrs.frozen
class Params:
    count: int = vaereg.param(3, "how many", gt=0, le=9)
    widths: tuple[int, ...] = vaereg.param((8, 8), "how wide", ge=1)
    momentum: float = vaereg.param(0.9, "how slowly", gt=0, le=1)
    how: str = vaereg.param("a", "which", choices=("a", "b"))
    flag: bool = vaereg.param(False, "whether")
    limit: float | None = vaereg.param(None, "at most", ge=0)
    inner: Inner = vaereg.param(Inner(), "more")
    free: str = vaereg.param("text", "anything")


TOLD = [
    "count = 1",
    "count = 9",
    "widths = (1, 1)",
    "momentum = 1.0",
    "how = 'b'",
    "flag = True",
    "limit = 0.0",
    "inner.share = 0.0",
]


def test_one_parameter_changes_at_a_time() -> None:
    found = list(variants(Params()))

    assert [each.description for each in found] == TOLD
    for each in found:
        made = Params(**each.values)
        changed = [
            f.name
            for f in attrs.fields(Params)
            if getattr(made, f.name) != getattr(Params(), f.name)
        ]
        assert changed == [each.description.split(" ")[0].split(".")[0]]


def test_values_keep_their_type() -> None:
    found = {each.description: each.value for each in variants(Params())}

    assert isinstance(found["count = 1"], int)
    assert isinstance(found["momentum = 1.0"], float)
    assert isinstance(found["limit = 0.0"], float)


def test_none_is_tried_where_it_is_allowed() -> None:
    assert "limit = None" in [each.description for each in variants(Params(limit=2.0))]


def test_what_the_class_refuses_is_left_out() -> None:
    @attrs.frozen
    class Picky:
        low: float = vaereg.param(0.0, "the least", ge=-1, le=1)
        high: float = vaereg.param(0.5, "the most", ge=-1, le=1)

        def __attrs_post_init__(self) -> None:
            if self.low >= self.high:
                raise ValueError("low must be below high")

    told = [each.description for each in variants(Picky())]

    assert told == ["low = -1.0", "high = 1.0"]
    with pytest.raises(ValueError, match="below"):
        Picky(low=1.0)
