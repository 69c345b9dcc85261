"""The contract kit: what a plugin author runs on their components.

from vaereg.testing import parametrize_with_checks

@parametrize_with_checks("vaereg-plugin-frequency")
def test_contract(component, check):
    check(component)

Each name is imported on first use, so the environment can still choose a backend after this import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vaereg.first_use import imported_on_first_use

if TYPE_CHECKING:
    from vaereg.testing.component_under_test import ComponentUnderTest as ComponentUnderTest
    from vaereg.testing.killed_and_resumed import KilledAndResumed as KilledAndResumed
    from vaereg.testing.killed_and_resumed import killed_and_resumed as killed_and_resumed
    from vaereg.testing.law import LEVELS as LEVELS
    from vaereg.testing.law import Law as Law
    from vaereg.testing.laws import LAWS as LAWS
    from vaereg.testing.laws import checks_for as checks_for
    from vaereg.testing.outcome import Outcome as Outcome
    from vaereg.testing.outcome import run_checks as run_checks
    from vaereg.testing.parametrize import components_under_test as components_under_test
    from vaereg.testing.parametrize import parametrize_with_checks as parametrize_with_checks
    from vaereg.testing.stand_ins.evidence import StandInEvidence as StandInEvidence
    from vaereg.testing.stand_ins.model_view import StandInModel as StandInModel
    from vaereg.testing.stand_ins.step import StandInStep as StandInStep
    from vaereg.testing.suitable.not_here import NotHere as NotHere

_HOMES = {
    "KilledAndResumed": "vaereg.testing.killed_and_resumed",
    "killed_and_resumed": "vaereg.testing.killed_and_resumed",
    "LAWS": "vaereg.testing.laws",
    "LEVELS": "vaereg.testing.law",
    "Law": "vaereg.testing.law",
    "NotHere": "vaereg.testing.suitable.not_here",
    "Outcome": "vaereg.testing.outcome",
    "StandInEvidence": "vaereg.testing.stand_ins.evidence",
    "StandInModel": "vaereg.testing.stand_ins.model_view",
    "StandInStep": "vaereg.testing.stand_ins.step",
    "ComponentUnderTest": "vaereg.testing.component_under_test",
    "checks_for": "vaereg.testing.laws",
    "parametrize_with_checks": "vaereg.testing.parametrize",
    "run_checks": "vaereg.testing.outcome",
    "components_under_test": "vaereg.testing.parametrize",
}

__all__ = [*sorted(_HOMES)]  # pyright: ignore  # one table serves all


__getattr__ = imported_on_first_use(__name__, _HOMES, globals())


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
