"""Tests marked `storm` run only where they are asked for."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from tests.conftest import pytest_collection_modifyitems


class Marked:
    """A test with one mark."""

    def __init__(self, mark: str) -> None:
        self.mark = mark

    def get_closest_marker(self, name: str) -> str | None:
        return name if name == self.mark else None


@pytest.mark.parametrize(
    ("expression", "kept"),
    [
        ("", ["slow", "none"]),
        ("not slow", ["slow", "none"]),
        ("slow", ["slow", "none"]),
        ("brainstorm", ["slow", "none"]),
        ("storm", ["storm", "slow", "none"]),
        ("slow or storm", ["storm", "slow", "none"]),
    ],
)
def test_a_storm_runs_only_where_the_expression_names_it(expression: str, kept: list[str]) -> None:
    told: list[Marked] = []
    hook = SimpleNamespace(pytest_deselected=lambda items: told.extend(items))
    config = SimpleNamespace(option=SimpleNamespace(markexpr=expression), hook=hook)
    items = [Marked("storm"), Marked("slow"), Marked("none")]

    pytest_collection_modifyitems(cast(pytest.Config, config), cast(list[pytest.Item], items))

    assert [each.mark for each in items] == kept
    assert {each.mark for each in told} == {"storm", "slow", "none"} - set(kept)
