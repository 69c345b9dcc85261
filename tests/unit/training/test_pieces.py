"""The pieces that an epoch is trained in."""

from __future__ import annotations

from itertools import accumulate

import pytest

from vaereg.training.pieces import AT_FIRST, SECONDS, pieces


@pytest.mark.parametrize("first", [0, 3, 9])
@pytest.mark.parametrize("every", [0, 4, 7])
@pytest.mark.parametrize("step_seconds", [0.0, 0.1, 1e-4])
def test_they_hold_every_step_that_is_left(first, every, step_seconds):
    lengths = pieces(first, 10, longest=5, step_seconds=step_seconds, every=every, before=30)
    assert sum(lengths) == 10 - first
    assert all(1 <= length <= 5 for length in lengths)


def test_a_piece_takes_its_time_and_no_longer():
    assert pieces(0, 100, longest=1000, step_seconds=SECONDS / 25) == [25] * 4
    assert pieces(0, 3, longest=1000, step_seconds=10 * SECONDS) == [1, 1, 1]


def test_the_first_step_of_all_is_alone_and_the_next_are_few():
    lengths = pieces(0, 100, longest=1000)
    assert lengths[:6] == [1, 1, 2, 4, 8, 8]
    assert max(lengths) == AT_FIRST


@pytest.mark.parametrize(("first", "before"), [(0, 0), (0, 46), (5, 46)])
def test_they_end_where_a_checkpoint_is_due(first, before):
    lengths = pieces(first, 46, longest=64, step_seconds=1e-4, every=10, before=before)
    ends = {before + first + done for done in accumulate(lengths)}
    due = {step for step in range(before + first + 1, before + 46) if step % 10 == 0}
    assert due <= ends
