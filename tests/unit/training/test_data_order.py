import numpy as np
import pytest

from vaereg.training.data_order import epoch_order, validation_batches


def test_the_order_depends_on_seed_and_epoch_alone():
    once, again = epoch_order(3, 5, 100, 8), epoch_order(3, 5, 100, 8)
    assert np.array_equal(once, again)
    assert not np.array_equal(once, epoch_order(3, 6, 100, 8))
    assert not np.array_equal(once, epoch_order(4, 5, 100, 8))


def test_an_epoch_holds_whole_batches_and_no_example_twice():
    order = epoch_order(0, 0, 100, 8)
    assert order.shape == (12, 8)
    assert order.dtype == np.int64
    assert len(np.unique(order)) == 96
    assert order.min() >= 0 and order.max() < 100


def test_every_example_is_eventually_trained_on():
    seen = np.concatenate([epoch_order(0, epoch, 10, 4).ravel() for epoch in range(12)])
    assert set(seen) == set(range(10))


@pytest.mark.parametrize(
    ("size", "batch_size", "lengths"),
    [
        (1000, 128, {125}),
        (64, 32, {32}),
        (40, 32, {20}),
        (5, 32, {5}),
        (7, 4, {4, 3}),
        (1, 1, {1}),
    ],
)
def test_validation_takes_every_example_once_in_batches_of_equal_length_if_possible(
    size, batch_size, lengths
):
    batches = validation_batches(size, batch_size)
    assert np.array_equal(np.concatenate(batches), np.arange(size))
    assert {len(batch) for batch in batches} == lengths
