"""The laws of the contract for every component of this plugin."""

from __future__ import annotations

from vaereg.testing import parametrize_with_checks

SMALL = {"width": 16, "blocks": 1, "steps": 2}
"""Enough for the laws; the bounds of every parameter are tried around these values."""


@parametrize_with_checks(
    "vaereg-plugin-latent-models", params={"sampler/flow_matching": SMALL}, minimum=10
)
def test_contract(component, check):
    check(component)
