"""Parts are told what they ask for, and nothing else."""

import pytest

import vaereg
from vaereg.assembly.told import Asking, told


class Part:
    deterministic = True

    def __call__(self, x, given=None):
        return x, given

    def sample(self, n, seed, given=None):
        return n, seed, given

    def state(self):
        return "state"


def test_a_part_that_asks_for_nothing_is_itself():
    part = Part()
    assert told(part, (), {"label": [1]}, "prior") is part


def test_a_part_hears_only_what_it_asks_for():
    part = told(Part(), ("label",), {"label": [1], "angle": [2]}, "prior")
    assert part(5) == (5, {"label": [1]})
    assert part.sample(3, 0) == (3, 0, {"label": [1]})
    assert part.state() == "state" and part.deterministic


def test_a_part_that_is_not_told_says_so_when_it_is_used():
    part = told(Part(), ("label",), {}, "prior")
    assert not hasattr(part, "kl") and part.deterministic
    for use in (lambda: part(1), lambda: part.sample(1, 0)):
        with pytest.raises(vaereg.UsageError, match="the prior asks for label and is not told"):
            use()


def test_a_part_in_a_context_may_be_told_more_than_it_asks_for():
    everything = {"label": [1], "angle": [2]}
    assert Asking(Part(), ("angle",), "prior").sample(1, 0, given=everything)[2] == {"angle": [2]}
    assert Asking(Part(), (), "prior").sample(1, 0, given=everything) == (1, 0, None)
    with pytest.raises(vaereg.UsageError, match="angle"):
        Asking(Part(), ("angle",), "prior").sample(1, 0)
