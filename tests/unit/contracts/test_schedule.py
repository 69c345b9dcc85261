"""Weights as functions of training time."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from vaereg.contracts.schedule import Schedule

RAMP = Schedule(form="ramp", values=(0.0, 2.0), unit="epochs", lengths=(4.0,))
CASES = [
    (Schedule.constant(0.5), {0: 0.5, 1000: 0.5}),
    (RAMP, {0: 0.0, 10: 0.5, 40: 2.0, 400: 2.0}),
    (
        Schedule(form="cosine", values=(1.0, 0.0), unit="steps", lengths=(10.0,)),
        {0: 1.0, 5: 0.5, 10: 0.0, 20: 0.0},
    ),
    (
        Schedule(form="cyclical", values=(0.0, 1.0), unit="steps", lengths=(10.0,), rise=0.5),
        {0: 0.0, 2: 0.4, 5: 1.0, 9: 1.0, 10: 0.0, 12: 0.4},
    ),
    (
        Schedule(form="piecewise", values=(1.0, 2.0, 3.0), unit="epochs", lengths=(1.0, 3.0)),
        {0: 1.0, 9: 1.0, 10: 2.0, 29: 2.0, 30: 3.0},
    ),
]


@pytest.mark.parametrize(("schedule", "points"), CASES, ids=[c[0].form for c in CASES])
def test_the_value_is_as_defined_on_numbers_and_on_tensors(schedule, points):
    for step, expected in points.items():
        assert schedule.at(step, 10) == pytest.approx(expected, abs=1e-6)
        tensor = schedule.at(ops.convert_to_tensor(np.int32(step)), 10, ops)
        assert float(ops.convert_to_numpy(tensor)) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("schedule", "final"), list(zip((c[0] for c in CASES), (0.5, 2.0, 0.0, 1.0, 3.0), strict=True))
)
def test_the_final_value_is_the_last_one_and_of_cycles_the_largest(schedule, final):
    assert schedule.final == final
    assert schedule.is_constant == (schedule.form == "constant")
