"""Hands conditions to the parts that ask for them; nobody else is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial, wraps
from typing import Any, NoReturn, TypeVar, cast

from vaereg.assembly.does_not_fit import does_not_fit
from vaereg.contracts.conditions import Condition, Given
from vaereg.contracts.data import DataSpec
from vaereg.declaration.declaration import Declaration, Slot
from vaereg.errors import UsageError
from vaereg.wording import listed

T = TypeVar("T")

METHODS = frozenset({"sample", "log_prob", "kl", "mean", "fit", "loss"})
"""The methods of priors, likelihoods and samplers that take `given`."""


class Told:
    """A part that is told the conditions of a batch, used as one that takes none.

    Args:
        part: the part.
        given: the conditions that it asks for.
    """

    def __init__(self, part: object, given: Given) -> None:
        self._part = part
        self._given = given

    def __call__(
        self,
        *args: Any,  # those of the part
        **kwargs: Any,  # likewise
    ) -> Any:  # its result
        return self._part(*args, given=self._given, **kwargs)  # type: ignore[operator]  # a layer

    def __getattr__(self, name: str) -> Any:  # an attribute of the part
        found = getattr(self._part, name)
        return partial(found, given=self._given) if name in METHODS else found


class NotTold(UsageError):
    """A part that asks for conditions is used without them."""


class Untold:
    """A part that asks for conditions and has not been told them: using it is an error.

    Args:
        part: the part.
        what: what it is, for messages.
        missing: the conditions that are missing.
    """

    def __init__(self, part: object, what: str, missing: Sequence[str]) -> None:
        self._part = part
        self._what = what
        self._missing = missing

    def __call__(
        self,
        *args: Any,  # those of the part
        **kwargs: Any,  # likewise
    ) -> NoReturn:
        self._refuse()

    def __getattr__(self, name: str) -> Any:  # an attribute of the part
        found = getattr(self._part, name)
        return self if name in METHODS else found

    def _refuse(self) -> NoReturn:
        entries = ", ".join(f"{name!r}: ..." for name in self._missing)
        raise NotTold(
            f"the {self._what} asks for {listed(self._missing)} and is not told; "
            f"pass given={{{entries}}}"
        )


class Asking:
    """A part that asks for conditions, used as one that may be told any.

    Its methods take `given`, and pass on only what the part asks for.

    Args:
        part: the part.
        names: the conditions that it asks for.
        what: what it is, for messages.
    """

    def __init__(self, part: object, names: Sequence[str], what: str) -> None:
        self._part = part
        self._names = names
        self._what = what

    def __getattr__(self, name: str) -> Any:  # an attribute of the part
        found = getattr(self._part, name)
        if name not in METHODS:
            return found

        @wraps(found)  # its signature tells whether it asks for a seed
        def call(
            *args: Any,  # those of the method
            given: Given | None = None,
            **kwargs: Any,  # likewise
        ) -> Any:  # its result
            heard = told(self._part, self._names, given or {}, self._what)
            return getattr(heard, name)(*args, **kwargs)

        return call


def told(part: T, names: Sequence[str], given: Given, what: str) -> T:
    """The part itself if it asks for nothing, else the part with the conditions of a batch.

    If a condition is missing, using the part raises a NotTold.

    Args:
        part: the part.
        names: the conditions that it asks for.
        given: the conditions of the batch.
        what: what the part is, for messages.
    """
    if not names:
        return part
    missing = [name for name in names if name not in given]
    if missing:
        return cast("T", Untold(part, what, missing))
    return cast("T", Told(part, {name: given[name] for name in names}))


def check_given(declaration: Declaration, data: DataSpec) -> None:
    """Refuses a declaration that hands out conditions that the data does not have.

    Raises:
        DeclarationError: placed at the dataset, or at a part that asks for what is not handed out.
    """
    slot = declaration.data_slot
    for part in declaration.model_slots():  # parts given to `vaereg.build` among them
        unheard = sorted(part.offer.component.given - set(slot.given))
        if unheard:
            names = ", ".join(f'"{each}"' for each in (*slot.given, *unheard))
            message = (
                f"{part.offer.label} asks for {listed(unheard)}, which the data `{slot.key}` does "
                "not give"
            )
            hint = f"write given = [{names}] in [data.{slot.key}]"
            raise does_not_fit(part, message, hint)
    missing = [name for name in slot.given if data.condition(name) is None]
    if not missing:
        return
    has = listed(each.name for each in data.given)
    hint = "give the dataset labels" if "label" in missing else f"it gives: {has}"
    if "label" in missing:
        hint += ", or use components that ask for none"
    message = f"`given` of [data.{slot.key}] names {listed(missing)}, which this data does not have"
    if "label" in missing:
        message += " (it has no labels)"
    raise does_not_fit(slot, message, hint, path=f"data.{slot.key}.given")


def handed_out(declaration: Declaration, data: DataSpec) -> tuple[Condition, ...]:
    """The conditions that `given` of the declared data names."""
    return data.conditions(declaration.data_slot.given)


@contextmanager
def placing_untold(slot: Slot) -> Iterator[None]:
    """Within, a component that uses another part without telling it is refused, at its place.

    Raises:
        DeclarationError: if it does so.
    """
    try:
        yield
    except NotTold as error:
        message = f"{slot.offer.label} does not fit these parts: {str(error).partition(';')[0]}"
        hint = f"use another {slot.kind}, or parts that ask for no conditions"
        raise does_not_fit(slot, message, hint) from error
