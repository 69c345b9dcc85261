"""The laws of the contract for every component of this plugin."""

from __future__ import annotations

from vaereg.testing import parametrize_with_checks


@parametrize_with_checks("vaereg-plugin-flow", minimum=31)
def test_contract(component, check):
    check(component)
