"""Chunks and validation batches in the forms that TensorFlow's `fit` takes fastest."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import vaereg

if keras.backend.backend() != "tensorflow":
    pytest.skip("feeds TensorFlow alone", allow_module_level=True)

import tensorflow as tf

from vaereg.model.backends.tensorflow.feeding import TensorChunks, validation_dataset

VALUES = np.arange(40, dtype=np.uint8).reshape(10, 4)
BATCHES = [np.arange(0, 4), np.arange(4, 8), np.arange(8, 10)]


class TwoChunks:
    num_batches = 2

    def __getitem__(self, index):
        return np.full((3, 2), index, np.int32), np.array([index + 1], np.int32)


class OnDisk:
    """A split that is not in memory."""

    def __len__(self):
        return len(VALUES)

    def take(self, indices):
        return VALUES[indices].astype("float32")

    def labels(self, indices):
        return None


def test_chunks_come_as_tensors_in_their_order():
    chunks = TensorChunks(TwoChunks())

    got = list(chunks.get_tf_dataset())

    assert all(isinstance(tensor, tf.Tensor) for chunk in got for tensor in chunk)
    assert [int(count[0]) for _, count in got] == [1, 2]
    assert [batches.numpy()[0, 0] for batches, _ in got] == [0, 1]
    assert chunks.num_batches == 2


def test_validation_in_memory_is_gathered_as_the_split_takes_it():
    split = vaereg.ArraySplit(VALUES)

    dataset = validation_dataset(None, split, BATCHES)

    for (batch,), positions in zip(dataset, BATCHES, strict=True):
        np.testing.assert_allclose(batch.numpy(), split.take(positions), rtol=1e-6)


def test_validation_on_disk_is_read_by_the_function_that_keeps_its_faults():
    read = []

    def take(split, positions):
        read.append(positions.tolist())
        return split.take(positions)

    dataset = validation_dataset(take, OnDisk(), BATCHES)

    for (batch,), positions in zip(dataset, BATCHES, strict=True):
        np.testing.assert_array_equal(batch.numpy(), VALUES[positions])
    assert read == [batch.tolist() for batch in BATCHES]


def test_the_number_of_validation_batches_is_known():
    assert validation_dataset(None, vaereg.ArraySplit(VALUES), BATCHES).cardinality() == 3
