"""Frozen classes that are created quickly behave like those of attrs."""

from __future__ import annotations

import copy
import inspect
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import attrs
import pytest

from vaereg.frozen import fields_of, frozen, has_fields


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


def fresh() -> type[Any]:  # of any class, whose fields mypy does not know
    """A class that nobody has used yet."""

    @frozen(kw_only=True)
    class Fresh:
        size: int = attrs.field(default=3, validator=attrs.validators.ge(0))

    return Fresh


USES: dict[str, Callable[[type[Any]], bool]] = {
    "its fields": lambda cls: [each.name for each in attrs.fields(cls)] == ["size"],
    "whether it has fields": attrs.has,
    "its signature": lambda cls: str(inspect.signature(cls)).startswith("(*, size: "),
    "an instance": lambda cls: cls(size=4).size == 4,
    "a subclass": lambda cls: attrs.frozen(type("Sub", (cls,), {}))(size=5).size == 5,
    "a lazy subclass": lambda cls: frozen(type("Sub", (cls,), {}))(size=5).size == 5,
    "a subclass without attrs": lambda cls: type("Sub", (cls,), {})(size=5).size == 5,
}


@pytest.mark.parametrize("use", USES)
def test_a_class_is_complete_whatever_its_first_use(use: str) -> None:
    cls = fresh()

    assert has_fields(cls)
    assert USES[use](cls)
    assert attrs.evolve(cls(), size=2) == cls(size=2)
    with pytest.raises(ValueError, match="size"):
        cls(size=-1)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        cls().size = 1


@pytest.mark.parametrize("cls", [fresh(), Quick, Single, attrs.frozen(type("Sub", (Quick,), {}))])
def test_the_fields_of_a_class_are_those_of_attrs(cls: type[Any]) -> None:
    before = [(each.name, each.default, each.metadata) for each in fields_of(cls)]
    after = [(each.name, each.default, each.metadata) for each in attrs.fields(cls)]

    assert before == after
    assert len(before) > 0


def test_a_class_of_which_only_the_fields_are_read_is_not_completed() -> None:
    cls = fresh()
    first = cls.__init__

    assert [each.name for each in fields_of(cls)] == ["size"]
    assert cls.__init__ is first
    assert cls(size=2).size == 2
    assert cls.__init__ is not first


def test_a_class_without_fields_has_none() -> None:
    assert not has_fields(int)


def test_a_wrong_argument_is_an_error_on_the_first_call() -> None:
    with pytest.raises(TypeError, match="length"):
        fresh()(length=3)


def test_threads_may_make_the_first_instances() -> None:
    for _ in range(50):
        cls = fresh()
        with ThreadPoolExecutor(8) as pool:
            made = list(pool.map(lambda size, cls=cls: cls(size=size).size, range(16)))
        assert made == list(range(16))
