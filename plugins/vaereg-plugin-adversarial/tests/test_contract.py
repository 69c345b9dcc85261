"""The laws of the contract for every component of this plugin."""

from __future__ import annotations

from vaereg.testing import parametrize_with_checks


@parametrize_with_checks("vaereg-plugin-adversarial", minimum=90)
def test_contract(component, check):
    check(component)
