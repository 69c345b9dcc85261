import time

import pytest

from vaereg.training.clock import Clock


@pytest.fixture
def now(monkeypatch):
    """The time, in a list that a test may change."""
    value = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: value[0])
    return value


def make_chunk(clock, now, steps, seconds):
    clock.count_steps(steps)
    now[0] += seconds
    clock.caught_up()


def test_the_first_chunk_of_a_process_is_compiled_and_not_timed(now):
    clock = Clock(10, 32)
    clock.start_epoch()
    now[0] += 30.0  # compiling
    make_chunk(clock, now, 1, 1.0)
    assert (clock.step_seconds, clock.rate, clock.mean_rate) == (0.0, 0.0, 0.0)
    make_chunk(clock, now, 4, 3.0)
    assert clock.step_seconds == 1.0  # 4 steps in 4 seconds since the first was handed over
    assert clock.rate == 32.0


def test_later_epochs_are_timed_from_their_beginning(now):
    clock = Clock(4, 10)
    for seconds in (1.0, 2.0, 4.0):
        clock.start_epoch()
        make_chunk(clock, now, 4, seconds)
        clock.end_steps()
        assert clock.epoch_seconds == seconds
        clock.end_epoch()
    assert clock.step_seconds == 1.0
    assert clock.mean_rate == pytest.approx(10 * 8 / 6)  # without the first epoch: one chunk


def test_the_time_left_counts_steps_the_rest_of_each_epoch_and_evaluations(now):
    clock = Clock(4, 10)
    for _ in range(2):
        clock.start_epoch()
        make_chunk(clock, now, 4, 8.0)
        clock.end_steps()
        now[0] += 50.0
        clock.count_occasional(50.0)  # not every epoch has one
        now[0] += 3.0
        clock.end_epoch()
    assert clock.seconds_left(4, 2) == 2 * 4 * 2.0 + 3 * 3.0
    assert clock.seconds_left(1, 0, 7.0) == 3 * 2.0 + 3.0 + 7.0


def test_the_seconds_of_earlier_processes_count(now):
    clock = Clock(4, 10, seconds_before=100.0)
    now[0] += 5.0
    assert clock.seconds == 105.0


def test_what_is_compiled_at_the_end_of_the_first_epoch_is_not_expected_again(now):
    clock = Clock(4, 10)
    for rest, expected in ((9.0, 0.0), (0.5, 0.5)):
        clock.start_epoch()
        make_chunk(clock, now, 4, 8.0)
        clock.end_steps()
        now[0] += rest
        clock.end_epoch()
        assert clock.seconds_left(4, 1) == 4 * clock.step_seconds + 2 * expected


def test_a_long_rest_of_the_first_epoch_is_expected_again(now):
    clock = Clock(4, 10)
    clock.start_epoch()
    make_chunk(clock, now, 4, 8.0)
    clock.end_steps()
    now[0] += 610.0  # a long validation
    clock.end_epoch()
    assert clock.seconds_left(4, 1) == 2 * 600.0


def test_the_seconds_of_this_process_and_of_the_steps_of_this_epoch_are_known(now):
    clock = Clock(8, 10, seconds_before=100.0)
    clock.start_epoch()
    make_chunk(clock, now, 1, 5.0)
    assert (clock.seconds_here, clock.seconds_of_steps) == (5.0, 0.0)
    make_chunk(clock, now, 3, 6.0)
    # from when the first chunk was handed over
    assert (clock.seconds_here, clock.seconds_of_steps) == (11.0, 11.0)
