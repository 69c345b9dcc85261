from __future__ import annotations

import numpy as np
import pytest

import vaereg
from vaereg.basics.datasets.splits.content_digest import content_digest
from vaereg.basics.datasets.splits.deal import deal, shuffled


def test_a_shuffle_never_changes() -> None:
    assert shuffled(10, 0).tolist() == [3, 2, 1, 8, 6, 0, 7, 4, 5, 9]
    assert shuffled(10, 1).tolist() == [9, 2, 4, 7, 5, 0, 8, 6, 3, 1]


def test_every_position_is_dealt_once() -> None:
    dealt = deal(103, {"test": 0.25, "validation": 0.1}, seed=3, source="here")

    assert {name: len(positions) for name, positions in dealt.items()} == {
        "train": 67,
        "test": 26,
        "validation": 10,
    }
    assert sorted(np.concatenate(list(dealt.values())).tolist()) == list(range(103))


def test_a_share_gets_at_least_one_example_and_no_share_has_no_split() -> None:
    dealt = deal(3, {"test": 0.001, "validation": 0.0}, seed=0, source="here")
    assert {name: len(positions) for name, positions in dealt.items()} == {"train": 2, "test": 1}


def test_the_test_split_does_not_depend_on_the_share_for_validation() -> None:
    one = deal(50, {"test": 0.2, "validation": 0.1}, seed=0, source="here")
    other = deal(50, {"test": 0.2, "validation": 0.4}, seed=0, source="here")
    assert np.array_equal(one["test"], other["test"])


@pytest.mark.parametrize("count", [0, 1, 2])
def test_nothing_left_for_training_is_an_error(count: int) -> None:
    with pytest.raises(vaereg.DataError, match=rf"here: {count} example.* leave none"):
        deal(count, {"test": 0.1, "validation": 0.1}, seed=0, source="here")


def test_a_digest_tells_content_and_recipe_apart() -> None:
    digests = {
        content_digest("a", seed=0),
        content_digest("b", seed=0),
        content_digest("a", seed=1),
        content_digest("a", shape=(0,)),
    }
    assert len(digests) == 4
    assert content_digest("a", x=1, y=(2, 3)) == content_digest("a", y=[2, 3], x=1)
