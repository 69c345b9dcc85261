"""The error for a component that does not go with the data or the other parts."""

from __future__ import annotations

from tests.helpers.tiny_factories import LINE, declared_in
from vaereg.assembly.does_not_fit import does_not_fit


def test_it_is_placed_at_the_slot_and_says_what_to_do() -> None:
    slot = declared_in(__name__).prior

    (problem,) = does_not_fit(slot, "it is too wide", "make it narrow").problems

    assert (problem.code, problem.path, problem.place.line) == ("does-not-fit", slot.key, LINE)
    assert (problem.message, problem.hint) == ("it is too wide", "make it narrow")


def test_a_key_below_the_slot_may_be_named() -> None:
    error = does_not_fit(declared_in(__name__).sampler, "no", "yes", path="sampler.train")

    assert error.problems[0].path == "sampler.train"
