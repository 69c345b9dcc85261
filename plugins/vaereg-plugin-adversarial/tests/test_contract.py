"""The laws of the contract for every component of this plugin."""

from __future__ import annotations

import pytest

from vaereg.testing import (
    NotHere,
    checks_for,
    components_under_test,
    parametrize_with_checks,
)


@parametrize_with_checks("vaereg-plugin-adversarial", minimum=90)
def test_contract(component, check):
    check(component)


WASSERSTEIN = [
    pytest.param(component, check, id=f"{component.offer.name}-{check.id}")
    for component in components_under_test(
        "vaereg-plugin-adversarial",
        params={
            f"discriminator/{name}": {"loss": "wasserstein", "widths": [4]}
            for name in ("patch", "latent")
        },
    )
    if component.offer.name in ("patch", "latent")
    for check in checks_for(component.offer)
]


@pytest.mark.slow
@pytest.mark.parametrize(("component", "check"), WASSERSTEIN)
def test_a_critic_with_a_gradient_penalty_keeps_the_contract(component, check):
    """Its loss draws points between data and fakes: it has weights, and asks for a seed."""
    try:
        check(component)
    except NotHere as reason:
        pytest.skip(str(reason))
