from __future__ import annotations

import attrs
import numpy as np
import pytest

import vaereg
from vaereg.basics.datasets.splits.content_digest import content_digest
from vaereg.basics.datasets.splits.deal import Dealing, deal, deal_groups, shuffled

SEED = Dealing(seed=0, validation=0.1, test=0.1)
"""The shares are given to `deal` by each test."""


def test_a_shuffle_never_changes() -> None:
    assert SEED.order(10).tolist() == [3, 2, 5, 4, 0, 9, 1, 8, 7, 6]
    assert attrs.evolve(SEED, seed=1).order(10).tolist() == [4, 3, 6, 5, 7, 0, 8, 2, 1, 9]
    assert shuffled(10, 0).tolist() == [3, 2, 1, 8, 6, 0, 7, 4, 5, 9]
    assert shuffled(10, 1).tolist() == [9, 2, 4, 7, 5, 0, 8, 6, 3, 1]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("first", [0, 1, 400], ids=lambda first: f"after {first} draws")
def test_an_order_is_not_that_of_draws_with_the_same_seed(seed: int, first: int) -> None:
    order = attrs.evolve(SEED, seed=seed).order(400)
    for source in (seed, [seed, 0], np.random.SeedSequence(seed).spawn(1)[0]):
        rng = np.random.default_rng(source)
        rng.random(first)
        for drawn in (rng.random(400), rng.normal(size=400), rng.permutation(400)):
            assert abs(np.corrcoef(drawn[order], np.arange(400))[0, 1]) < 0.25


def test_groups_are_not_dealt_by_draws_with_the_same_seed() -> None:
    groups = [f"patient {number:02}" for number in range(100)]
    least = {*np.random.default_rng(0).random(100).argsort()[:20].tolist()}
    before, now = (
        {*deal_groups(groups, {"test": 0.2}, dealing, "here")["test"].tolist()}
        for dealing in (attrs.evolve(SEED, earlier=True), SEED)
    )
    assert before == least
    assert len(now & least) < 10


def test_the_recipe_of_a_run_of_an_earlier_version_is_what_it_was() -> None:
    earlier = attrs.evolve(SEED, earlier=True)
    assert earlier.recipe == {"shares": [0.1, 0.1, 0]}
    assert earlier.recipe.items() < SEED.recipe.items()
    assert np.array_equal(earlier.order(10), shuffled(10, 0))


def test_every_position_is_dealt_once() -> None:
    dealt = deal(
        103, {"test": 0.25, "validation": 0.1}, dealing=attrs.evolve(SEED, seed=3), source="here"
    )

    assert {name: len(positions) for name, positions in dealt.items()} == {
        "train": 67,
        "test": 26,
        "validation": 10,
    }
    assert sorted(np.concatenate(list(dealt.values())).tolist()) == list(range(103))


def test_a_share_gets_at_least_one_example_and_no_share_has_no_split() -> None:
    dealt = deal(3, {"test": 0.001, "validation": 0.0}, dealing=SEED, source="here")
    assert {name: len(positions) for name, positions in dealt.items()} == {"train": 2, "test": 1}


def test_the_test_split_does_not_depend_on_the_share_for_validation() -> None:
    one = deal(50, {"test": 0.2, "validation": 0.1}, dealing=SEED, source="here")
    other = deal(50, {"test": 0.2, "validation": 0.4}, dealing=SEED, source="here")
    assert np.array_equal(one["test"], other["test"])


@pytest.mark.parametrize("count", [0, 1, 2])
def test_nothing_left_for_training_is_an_error(count: int) -> None:
    with pytest.raises(vaereg.DataError, match=rf"here: {count} example.* leave none"):
        deal(count, {"test": 0.1, "validation": 0.1}, dealing=SEED, source="here")


def test_a_digest_tells_content_and_recipe_apart() -> None:
    digests = {
        content_digest("a", seed=0),
        content_digest("b", seed=0),
        content_digest("a", seed=1),
        content_digest("a", shape=(0,)),
    }
    assert len(digests) == 4
    assert content_digest("a", x=1, y=(2, 3)) == content_digest("a", y=[2, 3], x=1)
