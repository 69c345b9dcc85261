from __future__ import annotations

import pytest

from tests.benchmarks.timing.rounds import Timed, ratio
from tests.benchmarks.timing.trains import NotTheSame, require_the_same


def timed(name: str, processor: list[float], examples: int = 100) -> Timed:
    return Timed(name, 10, examples, 10, 0.0, processor, processor, [3.0, 2.0, 1.0])


def test_a_ratio_is_of_examples_a_second_round_by_round():
    ours, theirs = timed("ours", [1.0, 2.0, 4.0]), timed("theirs", [2.0, 2.0, 2.0])
    found = ratio(ours, theirs)

    assert (found.median, found.least, found.most) == (1.0, 0.5, 2.0)


def test_a_side_that_trains_fewer_examples_in_the_same_time_is_slower():
    ours, theirs = timed("ours", [1.0]), timed("theirs", [1.0], examples=50)

    assert ratio(ours, theirs).median == 2.0


def test_a_step_is_timed_by_the_median_of_the_rounds():
    assert timed("ours", [9.0, 1.0, 2.0]).step_microseconds == pytest.approx(2e5)


def test_sides_that_do_the_same_pass():
    require_the_same({"a": timed("a", [1.0]), "b": timed("b", [1.0])}, within=0.01)


def test_a_side_with_another_number_of_weights_is_refused():
    other = timed("b", [1.0])
    other.weights = 11

    with pytest.raises(NotTheSame, match="different numbers of weights"):
        require_the_same({"a": timed("a", [1.0]), "b": other}, within=0.1)


def test_a_side_whose_loss_does_not_fall_is_refused():
    other = timed("b", [1.0])
    other.losses = [3.0, 3.0, 3.0]

    with pytest.raises(NotTheSame, match="b: the loss does not fall"):
        require_the_same({"a": timed("a", [1.0]), "b": other}, within=10.0)


def test_a_loss_that_is_not_finite_is_refused():
    other = timed("b", [1.0])
    other.losses = [3.0, float("nan"), 1.0]

    with pytest.raises(NotTheSame, match="not finite"):
        require_the_same({"a": timed("a", [1.0]), "b": other}, within=10.0)


def test_losses_that_part_are_refused():
    other = timed("b", [1.0])
    other.losses = [3.0, 2.5, 1.0]

    with pytest.raises(NotTheSame, match=r"loss 2 of a is 2, of b 2\.5"):
        require_the_same({"a": timed("a", [1.0]), "b": other}, within=0.1)


def test_critics_that_part_are_refused():
    one, other = timed("a", [1.0]), timed("b", [1.0])
    one.also, other.also = [{"critic": 1.0}], [{"critic": 2.0}]

    with pytest.raises(NotTheSame, match="critic 1 of a is 1, of b 2"):
        require_the_same({"a": one, "b": other}, within=0.1)
