"""How steps become the time of a schedule."""

from __future__ import annotations

import pytest
from keras import ops

from vaereg.contracts.schedule import Schedule
from vaereg.model.schedule_time import ScheduleTime

RAMP = Schedule(form="ramp", values=(0.0, 1.0), lengths=(5.0,))


def at(time, step, schedule=RAMP):
    return float(ops.convert_to_numpy(time.value(schedule, ops.convert_to_tensor(step, "int32"))))


def test_without_a_change_an_epoch_has_the_declared_steps():
    time = ScheduleTime(steps_per_epoch=10)

    assert at(time, 10) == pytest.approx(0.2)
    assert time.epochs_after(25) == 2.5
    assert float(ops.convert_to_numpy(time.epochs(ops.convert_to_tensor(25)))) == 2.5


def test_the_time_goes_on_where_the_length_of_an_epoch_changes():
    time = ScheduleTime(steps_per_epoch=10).of_epochs(40, 20)

    assert time.epochs_after(20) == 2.0
    assert at(time, 20) == pytest.approx(0.4)
    assert at(time, 60) == pytest.approx(0.6)
    assert time.of_epochs(5, 60).epochs_after(65) == 4.0


def test_an_equal_length_changes_nothing():
    time = ScheduleTime(steps_per_epoch=10).of_epochs(40, 20)

    assert time.of_epochs(40, 33) == time


def test_a_schedule_in_steps_takes_no_notice():
    in_steps = Schedule(form="ramp", values=(0.0, 1.0), unit="steps", lengths=(100.0,))
    time = ScheduleTime(steps_per_epoch=10).of_epochs(40, 20).of_unknown_epoch(30)

    assert at(time, 50, in_steps) == pytest.approx(0.5)


def test_an_epoch_of_unknown_length_ends_where_the_next_one_begins():
    time = ScheduleTime(steps_per_epoch=10).of_unknown_epoch(20)

    assert at(time, 25) == pytest.approx(0.5)
    assert at(time, 30) == at(time, 500) == pytest.approx(0.6)
    assert time.epochs_after(500) == 3.0
