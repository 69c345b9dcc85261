"""Frozen classes that are made quickly behave as those of attrs."""

from __future__ import annotations

import copy
import pickle

import attrs
import pytest

from vaereg.frozen import frozen


@frozen(kw_only=True)
class Quick:
    size: int = 3
    names: tuple[str, ...] = ()
    place: str = attrs.field(default="", eq=False)
    secret: str = attrs.field(default="", repr=False)


@frozen(eq=False)
class Single:
    size: int


def test_equal_fields_make_equal_instances_with_equal_hashes() -> None:
    assert Quick(size=1, place="a") == Quick(size=1, place="b")
    assert hash(Quick(size=1, place="a")) == hash(Quick(size=1, place="b"))
    assert Quick(size=1) != Quick(size=2)
    assert Quick() != Single(3)


def test_the_repr_is_that_of_attrs() -> None:
    @attrs.frozen(kw_only=True)
    class Slow:
        size: int = 3
        names: tuple[str, ...] = ()
        place: str = attrs.field(default="", eq=False)
        secret: str = attrs.field(default="", repr=False)

    assert repr(Quick(names=("a",))) == repr(Slow(names=("a",))).replace("Slow", "Quick")


def test_with_eq_off_an_instance_equals_only_itself() -> None:
    one = Single(1)

    assert one == one
    assert one != Single(1)


def test_an_instance_cannot_be_changed() -> None:
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        Quick().size = 4  # type: ignore[misc]  # that is the test


def test_an_instance_is_copied_pickled_and_evolved() -> None:
    one = Quick(size=5)

    assert copy.deepcopy(one) == pickle.loads(pickle.dumps(one)) == one
    assert attrs.evolve(one, size=6) == Quick(size=6)


def test_a_method_of_the_class_is_kept() -> None:
    @frozen
    class Own:
        size: int

        def __repr__(self) -> str:
            return "own"

    assert repr(Own(1)) == "own"
