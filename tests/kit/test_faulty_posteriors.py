"""Densities of flows are judged where the tail of the weights allows it, and else undecided."""

from __future__ import annotations

import pytest

import vaereg
from tests.helpers.made_component import under_test
from vaereg.testing import LAWS, NotHere

LAW = next(law for law in LAWS if law.id == "log-q-is-the-density-of-z")


def test_a_right_flow_with_heavy_weights_is_kept() -> None:
    LAW(under_test("posterior", "faulty_posteriors:SoundFlow"))


@pytest.mark.parametrize(
    "factory",
    [
        "TurnsTheSign",
        pytest.param("ForgetsABlock", marks=pytest.mark.slow),
        pytest.param("ForgetsTheLogDeterminant", marks=pytest.mark.slow),
        "ForgetsTheConstant",
        pytest.param("HalvesTheLogDeterminant", marks=pytest.mark.slow),
    ],
)
def test_a_wrong_flow_is_caught(factory: str) -> None:
    with pytest.raises(vaereg.ContractError, match=r"h\(z\) / q\(z\)"):
        LAW(under_test("posterior", f"faulty_posteriors:{factory}"))


def test_a_density_that_no_draws_can_tell_is_undecided() -> None:
    with pytest.raises(NotHere, match=r"undecided.*Pareto k"):
        LAW(under_test("posterior", "faulty_posteriors:TakesGridsOnly"))
