"""Batches of examples with their names, labels and conditions."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

import vaereg
from tests.helpers.conditional_run import NAMES, registry_text, spot_data
from vaereg.discovery.declare import declare
from vaereg.trained.examples.example_batches import example_batches
from vaereg.trained.examples.read_examples import examples_of_split

DATA = spot_data(20)
SLOT = declare(registry_text()).data_slot


def gathered(examples: vaereg.Examples, given=None, size: int = 7):
    batches = [*example_batches(examples, DATA.spec, SLOT, DATA.spec.given, given or {}, size)]
    labels = np.concatenate([batch.given["label"] for batch in batches])
    return batches, labels


def test_all_examples_come_in_order_with_what_the_data_says_of_them() -> None:
    batches, told = gathered(examples_of_split(DATA, "train", "blobs"))
    assert [len(batch) for batch in batches] == [7, 7, 6]
    every = np.arange(20)
    together = np.concatenate([batch.examples for batch in batches])
    assert np.array_equal(together, DATA.train.take(every)) and together.dtype == np.float32
    assert np.array_equal(told, DATA.train.labels(every))
    assert batches[2].labels == [NAMES[each] for each in told[14:]]
    assert batches[1].names[0] == "train[7]"


def test_given_conditions_stand_before_those_of_the_data() -> None:
    examples = examples_of_split(DATA, "train", "blobs")
    assert (gathered(examples, {"label": "right"})[1] == 1).all()
    assert gathered(examples, {"label": ["0", "1"]})[1].tolist() == [0, 1] * 10
    with pytest.raises(vaereg.UsageError, match="'up' is no value of the condition 'label'"):
        gathered(examples, {"label": "up"})


def test_labels_that_the_run_does_not_know_are_named_with_those_it_does() -> None:
    examples = examples_of_split(DATA, "train", "blobs")
    other = attrs.evolve(examples, class_names=("left", "up"))
    with pytest.raises(vaereg.DataError, match=r"train\[\d+\]: .*'up'.* trained on left, right"):
        gathered(other)
    assert (gathered(other, {"label": 0})[1] == 0).all()  # whatever their labels are
    with pytest.raises(vaereg.DataError, match=r"has no label.*--given"):
        gathered(attrs.evolve(examples, class_names=()))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.zeros((9, 8, 7, 1)), r"train\[0\]: .*\(8, 7, 1\); the run was trained on images"),
        (np.full((9, 8, 8, 1), 1.5), "values from 1.5 to 1.5 where the model takes 0 to 1"),
        (np.full((9, 8, 8, 1), np.inf), r"train\[0\]: .*NaN or infinite"),
    ],
    ids=["shape", "range", "infinite"],
)
def test_a_dataset_that_gives_other_examples_is_told(values: np.ndarray, words: str) -> None:
    split = vaereg.ArraySplit(values.astype(np.float32), np.zeros(9, np.int64))
    with pytest.raises(vaereg.DataError, match=words):
        gathered(attrs.evolve(examples_of_split(DATA, "train", "blobs"), split=split))
