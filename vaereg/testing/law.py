"""One sentence of a contract, and the check that it holds."""

from __future__ import annotations

import inspect
import unittest
import warnings
from collections.abc import Callable
from functools import partial

import attrs

from vaereg.discovery.blame import cause, place
from vaereg.errors import ContractError
from vaereg.renamed import renamed_in
from vaereg.testing.component_under_test import ComponentUnderTest, ParametersMissing

LEVELS = {
    "static": "inspects the declaration; builds nothing",
    "build": "builds the component and calls it, on its own",
    "law": "what the kind promises: its mathematics, data or measurements",
    "training": "a few training steps of a tiny model that contains it",
}
"""How deep a check goes, the shallowest first."""

LAST = 9
"""The `order` of a law on which no other rests."""

Check = Callable[[ComponentUnderTest], object]
"""Raises ContractError, or anything, where something does not hold for a component."""


class NotHere(unittest.SkipTest):
    """A law cannot be tried on this machine, for example because a file of weights is missing.

    pytest and unittest report it as a skipped test with its reason.
    """


class LawBroken(ContractError):
    """A component does not keep a law.

    Args:
        message: all of it.
        found: what was found, in one line or a few.
    """

    def __init__(self, message: str, found: str) -> None:
        super().__init__(message)
        self.found = found


@attrs.frozen(kw_only=True, eq=False)
class Law:
    """A sentence that every component of some kinds must keep.

    Args:
        id: a stable name such as `equal-seeds-equal-draws`; expected failures refer to it.
        sentence: what must hold.
        kinds: the kinds that it binds.
        check: raises ContractError, or anything, where the sentence does not hold.
        level: one of LEVELS.
        order: when it is tried; LAST, or less for a law on which others rest.
        groundwork: the part of the check on which other laws rest: without it they have nothing
            to examine. None for a law of order LAST.
        foundations: the laws on which this one rests, in their order; see `laws.LAWS`.
    """

    id: str
    sentence: str
    kinds: frozenset[str]
    check: Check
    level: str = attrs.field(default="law", validator=attrs.validators.in_(LEVELS))
    order: int = LAST
    groundwork: Check | None = None
    foundations: tuple[Law, ...] = ()

    @property
    def explanation(self) -> str:
        """Why the law exists, how it is tried and, where it is not obvious, what to do."""
        return " ".join((inspect.getdoc(self.check) or "").split())

    def __call__(self, component: ComponentUnderTest) -> None:
        """Checks one component.

        Raises:
            LawBroken: naming the law, the component, what was found and what to do.
            NotHere: if it cannot be tried on this machine, or rests on a law that is broken.
        """
        try:
            self._require_foundations(component)
            with warnings.catch_warnings():
                # Keras asks NumPy for an array in a way that TensorFlow and PyTorch do not know
                # yet, which is no fault of the component.
                warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)
                self.check(component)
        except NotHere as absence:
            raise NotHere(f"{component.label}, law `{self.id}`: {absence}") from absence
        except Exception as fault:
            found = str(fault) if isinstance(fault, ContractError) else told(fault, component)
            raise LawBroken(
                f"{component.label} breaks the law `{self.id}`: {self.sentence}\n"
                f"  found: {found}\n  help: {self.explanation}",
                found,
            ) from fault

    def _require_foundations(self, component: ComponentUnderTest) -> None:
        if self.level == "static":
            return
        for each in self.foundations:
            if component.kind not in each.kinds or each.groundwork is None:
                continue
            found = component.shared(("groundwork", each.id), partial(each.fault, component))
            if found is None:  # what the machine or the test lacks, the laws report themselves
                return
            if found:
                raise NotHere(f"not tried, since `{each.id}` is broken: {found}")

    def fault(self, component: ComponentUnderTest) -> str | None:
        """What is wrong with the groundwork, in a line; empty where it holds, None if not here."""
        try:
            if self.groundwork is not None:
                self.groundwork(component)
        except (NotHere, ParametersMissing):
            return None
        except ContractError as fault:
            return (str(fault).strip().splitlines() or ["it is broken"])[0]
        except Exception as fault:  # noqa: BLE001  # whatever a component raises
            return cause(fault)
        return ""


def law(
    id: str,  # noqa: A002  # it is the law's own word
    sentence: str,
    *kinds: str,
    level: str = "law",
    order: int = LAST,
    groundwork: Check | None = None,
) -> Callable[[Check], Law]:
    """Makes a Law of the function below it, whose docstring is the explanation."""

    def made(check: Check) -> Law:
        return Law(
            id=id,
            sentence=sentence,
            kinds=frozenset(kinds),
            check=check,
            level=level,
            order=order,
            groundwork=groundwork,
        )

    return made


def require(holds: object, found: str) -> None:
    """Reports what was found where a law does not hold.

    Raises:
        ContractError: unless `holds` is true.
    """
    if not bool(holds):
        raise ContractError(found)


def told(fault: Exception, component: ComponentUnderTest) -> str:
    """An exception in a few lines, with the line of the component and the test case."""
    lines = str(fault).strip().splitlines() or [""]
    text = f"{type(fault).__name__}: " + "\n  ".join(lines[:6])
    line = place(fault, component.offer.component.factory.partition(".")[0])
    new_name = renamed_in(fault)
    text += f"\n  {new_name}" * bool(new_name)
    where = [f"at {line}"] * bool(line) + list(getattr(fault, "__notes__", ()))
    return text + (f"\n  {', '.join(where)}" if where else "")
