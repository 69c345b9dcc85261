import keras
import numpy as np
import pytest

import vaereg
from vaereg.training.data_checks import check_values
from vaereg.training.feeding import EpochOrder, Feed
from vaereg.training.order import epoch_order

BYTES = np.random.default_rng(0).integers(0, 256, (20, 4, 4, 1), dtype=np.uint8)


class OnDisk:
    """A split that is read when it is asked."""

    def __init__(self, values):
        self.values = values

    def __len__(self):
        return len(self.values)

    def take(self, indices):
        return self.values[indices].astype("float32") / 255

    def labels(self, indices):
        return None


class Witness(keras.Model):
    """Learns nothing and keeps every batch it is fed."""

    def __init__(self):
        super().__init__()
        self.w = self.add_weight(name="w", shape=(), initializer="zeros")
        self.built = True
        self.fed, self.judged = [], []
        self.compile(optimizer="sgd", run_eagerly=True)

    def _batch(self, data):
        x, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        return np.array(keras.ops.convert_to_numpy(x))

    def train_step(self, *given):
        self.fed.append(self._batch(given[-1]))
        return ({"loss": 0.0}, given[0]) if len(given) == 2 else {"loss": 0.0}

    def test_step(self, *given):
        self.judged.append(self._batch(given[-1]))
        return ({"loss": 0.0}, given[0]) if len(given) == 2 else {"loss": 0.0}


def fed(feed, first, last, skip=0):
    model = Witness()
    batches = feed.batches(first, last, skip)
    model.fit(
        batches,
        initial_epoch=first,
        epochs=last,
        steps_per_epoch=feed.steps - skip,
        validation_data=feed.validation(),
        callbacks=[EpochOrder(batches)],
        shuffle=False,
        verbose=0,
    )
    return model


SPLITS = {
    "bytes in memory": vaereg.ArraySplit(BYTES),
    "bytes of another range": vaereg.ArraySplit(BYTES, value_range=(-1.0, 1.0)),
    "floats in memory": vaereg.ArraySplit(BYTES.astype("float32") / 255),
    "on disk": OnDisk(BYTES),
}


@pytest.mark.parametrize("split", SPLITS.values(), ids=list(SPLITS))
def test_the_model_is_fed_the_order_of_each_epoch_and_all_validation_examples(split):
    feed = Feed(split, vaereg.ArraySplit(BYTES[:7]), batch_size=6, seed=1)
    model = fed(feed, 2, 4)
    expected = [split.take(batch) for epoch in (2, 3) for batch in epoch_order(1, epoch, 20, 6)]
    assert len(model.fed) == len(expected) == 6
    for got, due in zip(model.fed, expected, strict=True):
        assert got.dtype == np.float32
        np.testing.assert_allclose(got, due, atol=1e-7)  # one rounding of a scaled byte
    judged = np.concatenate(model.judged)
    np.testing.assert_allclose(judged[:7], BYTES[:7].astype("float32") / 255, atol=1e-7)
    assert len(judged) == 14


@pytest.mark.parametrize("name", ["bytes in memory", "on disk"])
def test_the_rest_of_an_epoch_is_fed_after_those_that_are_done(name):
    split = SPLITS[name]
    feed = Feed(split, None, batch_size=6, seed=1)
    model = fed(feed, 2, 3, skip=2)
    assert len(model.fed) == 1
    np.testing.assert_allclose(model.fed[0], split.take(epoch_order(1, 2, 20, 6)[2]), atol=1e-7)


def test_a_broken_example_on_disk_is_told_by_its_own_error():
    values = BYTES.astype("float32")
    values[11, 1, 2, 0] = np.nan
    feed = Feed(
        OnDisk(values),
        None,
        batch_size=5,
        seed=0,
        check=lambda found, positions: check_values(found, positions, "training", (0.0, 1.0)),
    )
    with pytest.raises(Exception):  # noqa: B017  # wrapped differently by each backend
        fed(feed, 0, 1)
    assert isinstance(feed.fault, vaereg.DataError)
    assert "training example 11" in str(feed.fault)
