"""A component of tests/kit as a component under test."""

from __future__ import annotations

from typing import Any

import pytest

import vaereg
from vaereg.component import Offer
from vaereg.testing import ComponentUnderTest, Law


def slow_if_it_trains(law: Law) -> tuple[pytest.MarkDecorator, ...]:
    """The marks of a test of this law: training a model takes longest, and components do it too."""
    return (pytest.mark.slow,) if law.level == "training" and law.slow else ()


def under_test(kind: str, factory: str, module: str = "", **declared: Any) -> ComponentUnderTest:
    """The component of a kind whose factory is `module:class` of tests/kit."""
    declared = {"summary": "Made for a test.", **declared}
    offered = vaereg.Component(kind=kind, name="made", factory=f"tests.kit.{factory}", **declared)
    return ComponentUnderTest(
        offer=Offer(component=offered, distribution="acme-vae", version="1.0"), module=module
    )
