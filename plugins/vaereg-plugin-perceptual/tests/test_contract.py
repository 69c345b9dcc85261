"""The laws of the contract for every component of this plugin, on a small input of the network."""

from __future__ import annotations

import pytest

from vaereg.testing import parametrize_with_checks

SMALL = {"extractor": {"use": "efficientnet_lite0", "size": 32}}


@pytest.mark.slow
@parametrize_with_checks(
    "vaereg-plugin-perceptual", params={"regularizer/perceptual": SMALL}, minimum=20
)
def test_contract(component, check):
    check(component)
