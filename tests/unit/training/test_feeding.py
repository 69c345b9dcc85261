import keras
import numpy as np
import pytest

import vaereg
from vaereg.model.batch_source import MAX_STEPS_PER_CALL
from vaereg.training import feeding
from vaereg.training.data_checks import check_values
from vaereg.training.data_order import epoch_order
from vaereg.training.epoch import Epoch
from vaereg.training.feeding import Feed

BYTES = np.random.default_rng(0).integers(0, 256, (20, 4, 4, 1), dtype=np.uint8)


class OnDisk:
    """A split that is read on demand."""

    def __init__(self, values):
        self.values = values

    def __len__(self):
        return len(self.values)

    def take(self, indices):
        return self.values[indices].astype("float32") / 255

    def labels(self, indices):
        return None


def fed(feed, index, lengths, first_step=0):
    """Every batch that the steps of an epoch are given, in order, as float32 examples."""
    source = feed.source()
    chunks = feed.chunks(Epoch(index=index, chunks=tuple(lengths), first_step=first_step), source)
    assert chunks.num_batches == len(lengths)
    count = range(len(lengths))
    in_order = chunks if hasattr(chunks, "__iter__") else map(chunks.__getitem__, count)
    batches = []
    for chunk in in_order:
        held, count = map(keras.ops.convert_to_numpy, chunk)
        if source.values is None:
            batches.extend(held)
        else:
            split = vaereg.ArraySplit(source.values, value_range=source.value_range)
            batches.extend(split.take(positions) for positions in held[: int(count[0])])
        assert count.shape == (1,)
    return batches


class KeepingModel(keras.Model):
    """Learns nothing and keeps every batch that it is evaluated on."""

    def __init__(self):
        super().__init__()
        self.built = True
        self.seen = []
        self.compile(run_eagerly=True)

    def test_step(self, *given):
        x, _, _ = keras.utils.unpack_x_y_sample_weight(given[-1])
        self.seen.append(np.array(keras.ops.convert_to_numpy(x)))
        return ({"loss": 0.0}, given[0]) if len(given) == 2 else {"loss": 0.0}


SPLITS = {
    "bytes in memory": vaereg.ArraySplit(BYTES),
    "bytes of another range": vaereg.ArraySplit(BYTES, value_range=(-1.0, 1.0)),
    "floats in memory": vaereg.ArraySplit(BYTES.astype("float32") / 255),
    "on disk": OnDisk(BYTES),
}


@pytest.mark.parametrize("split", SPLITS.values(), ids=list(SPLITS))
@pytest.mark.parametrize("lengths", [[3], [1, 2], [1, 1, 1]], ids=str)
def test_steps_get_the_order_of_the_epoch_whatever_the_chunks(split, lengths):
    feed = Feed(split, None, batch_size=6, seed=1)
    got = fed(feed, 2, lengths)
    expected = [split.take(batch) for batch in epoch_order(1, 2, 20, 6)]
    assert len(got) == len(expected) == 3
    for one, wanted in zip(got, expected, strict=True):
        assert one.dtype == np.float32
        np.testing.assert_allclose(one, wanted, atol=1e-7)  # one rounding of a scaled byte


@pytest.mark.parametrize("split", SPLITS.values(), ids=list(SPLITS))
def test_every_validation_example_is_evaluated_once_each_time(split):
    feed = Feed(vaereg.ArraySplit(BYTES), split, batch_size=6, seed=1)
    model = KeepingModel()
    for _ in range(2):
        model.evaluate(feed.validation(), verbose=0)
    evaluated = np.concatenate(model.seen)
    expected = split.take(np.arange(20))
    np.testing.assert_allclose(evaluated, np.concatenate([expected, expected]), atol=1e-7)


@pytest.mark.parametrize("name", ["bytes in memory", "on disk"])
def test_the_rest_of_an_epoch_is_fed_after_those_that_are_done(name):
    split = SPLITS[name]
    feed = Feed(split, None, batch_size=6, seed=1)
    (rest,) = fed(feed, 2, [1], first_step=2)
    np.testing.assert_allclose(rest, split.take(epoch_order(1, 2, 20, 6)[2]), atol=1e-7)


def test_data_beyond_the_limit_is_not_put_on_the_device(monkeypatch):
    small = Feed(vaereg.ArraySplit(BYTES), None, batch_size=6, seed=1)
    assert small.source().values is BYTES
    monkeypatch.setattr(feeding, "RESIDENT_BYTES", BYTES.nbytes - 1)
    assert small.source().values is None


def test_a_chunk_of_examples_keeps_to_its_size(monkeypatch):
    feed = Feed(SPLITS["on disk"], None, batch_size=6, seed=1)
    batch_bytes = 6 * 4 * 4 * 4
    assert feed.max_steps_per_call(feed.source()) == MAX_STEPS_PER_CALL
    monkeypatch.setattr(feeding, "CHUNK_BYTES", 2 * batch_bytes)
    assert feed.max_steps_per_call(feed.source()) == 2


def test_a_broken_example_on_disk_raises_its_own_error():
    values = BYTES.astype("float32")
    values[11, 1, 2, 0] = np.nan
    feed = Feed(
        OnDisk(values),
        None,
        batch_size=5,
        seed=0,
        check=lambda found, positions: check_values(found, positions, "training", (0.0, 1.0)),
    )
    with pytest.raises(vaereg.DataError):
        fed(feed, 0, [4])
    assert isinstance(feed.fault, vaereg.DataError)
    assert "training example 11" in str(feed.fault)


def test_an_exception_of_a_split_is_raised_as_the_one_that_names_its_dataset():
    class Broken(OnDisk):
        def take(self, indices):
            raise SystemExit(0)

    named = vaereg.PluginError("the dataset")
    feed = Feed(Broken(BYTES), None, batch_size=5, seed=0, blamed=lambda error: named)
    with pytest.raises(vaereg.PluginError, match="the dataset"):
        feed.take(feed.train, np.arange(2))
    assert feed.fault is named


class Mirrored(vaereg.ArraySplit):
    """A split in memory that changes its examples when they are taken."""

    def take(self, indices):
        return super().take(indices)[:, :, ::-1]


def test_what_take_of_a_subclass_gives_is_trained_and_validated_on():
    values = BYTES.astype("float32") / 255
    split = Mirrored(values)
    feed = Feed(split, split, batch_size=5, seed=1)
    batches = fed(feed, 0, [2, 2])
    order = epoch_order(1, 0, 20, 5)

    assert np.array_equal(np.concatenate(batches), values[np.concatenate(order)][:, :, ::-1])
    model = KeepingModel()
    model.evaluate(feed.validation(), verbose=0)
    seen = np.concatenate([np.asarray(each) for each in model.seen])
    assert np.array_equal(seen, values[:, :, ::-1])
