"""The chunks in which an epoch is trained."""

from __future__ import annotations

from itertools import accumulate

import pytest

from vaereg.training.epoch import CHUNK_SECONDS, MAX_UNTIMED_STEPS, Epoch, chunk_lengths


@pytest.mark.parametrize("first", [0, 3, 9])
@pytest.mark.parametrize("every", [0, 4, 7])
@pytest.mark.parametrize("step_seconds", [0.0, 0.1, 1e-4])
def test_the_chunks_hold_every_step_that_is_left(first, every, step_seconds):
    lengths = chunk_lengths(
        first,
        10,
        max_steps_per_call=5,
        step_seconds=step_seconds,
        checkpoint_every=every,
        steps_before=30,
    )
    assert sum(lengths) == 10 - first
    assert all(1 <= length <= 5 for length in lengths)


def test_a_chunk_takes_no_longer_than_it_may():
    many = chunk_lengths(0, 100, max_steps_per_call=1000, step_seconds=CHUNK_SECONDS / 25)
    assert many == (25,) * 4
    slow = chunk_lengths(0, 3, max_steps_per_call=1000, step_seconds=10 * CHUNK_SECONDS)
    assert slow == (1, 1, 1)


def test_the_first_chunk_is_a_single_step_and_those_after_it_grow():
    lengths = chunk_lengths(0, 100, max_steps_per_call=1000)
    assert lengths[:6] == (1, 1, 2, 4, 8, 8)
    assert max(lengths) == MAX_UNTIMED_STEPS


@pytest.mark.parametrize(("first", "before"), [(0, 0), (0, 46), (5, 46)])
def test_a_chunk_ends_where_a_checkpoint_is_due(first, before):
    lengths = chunk_lengths(
        first,
        46,
        max_steps_per_call=64,
        step_seconds=1e-4,
        checkpoint_every=10,
        steps_before=before,
    )
    ends = {before + first + done for done in accumulate(lengths)}
    due = {step for step in range(before + first + 1, before + 46) if step % 10 == 0}
    assert due <= ends


def test_an_epoch_knows_the_first_step_of_each_chunk():
    assert Epoch(index=0, chunks=(1, 2, 4)).first_steps == (0, 1, 3)
    assert Epoch(index=3, chunks=(2, 2), first_step=5).first_steps == (5, 7)
