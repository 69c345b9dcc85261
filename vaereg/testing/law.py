"""A law: one sentence of a kind's contract, and the check that a component keeps it."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable
from functools import partial

import attrs

from vaereg.discovery.blame import cause, place
from vaereg.errors import ContractError
from vaereg.renamed import renamed_in
from vaereg.testing.component_under_test import ComponentUnderTest, ParametersMissing
from vaereg.testing.suitable.not_here import NotHere as NotHere
from vaereg.wording import first_lines, without_styles

LEVELS = {
    "static": "inspects the declaration; builds nothing",
    "build": "builds the component and calls it, on its own",
    "law": "what the kind promises: its mathematics, data or measurements",
    "training": "a few training steps of a tiny model that contains the component",
}
"""How deep a check goes, the shallowest level first."""

LAST = 9
"""The `order` of a law that no other law depends on."""

Check = Callable[[ComponentUnderTest], object]
"""A function that raises ContractError, or any exception, for a component that breaks the law."""


class LawBroken(ContractError):
    """A component breaks a law.

    Args:
        message: the full message.
        found: what the check found, in one line or a few.
    """

    def __init__(self, message: str, found: str) -> None:
        super().__init__(message)
        self.found = found


@attrs.frozen(kw_only=True, eq=False)
class Law:
    """A sentence that every component of some kinds must keep.

    Args:
        id: a stable name such as `equal-seeds-equal-samples`; expected failures refer to it.
        sentence: what must hold.
        kinds: the kinds that the law applies to.
        check: raises ContractError, or any exception, if the sentence does not hold.
        level: one of LEVELS.
        slow: whether the fast mode leaves it out (`check-plugin --fast`).
        order: laws with a lower order are checked first; LAST if no other law depends on this one.
        groundwork: the part of the check that other laws depend on: if it fails, they have
            nothing to examine. None for a law of order LAST.
        foundations: the laws that this one depends on, in order; see `laws.LAWS`.
    """

    id: str
    sentence: str
    kinds: frozenset[str]
    check: Check
    level: str = attrs.field(default="law", validator=attrs.validators.in_(LEVELS))
    slow: bool = False
    order: int = LAST
    groundwork: Check | None = None
    foundations: tuple[Law, ...] = ()

    @property
    def explanation(self) -> str:
        """Why the law exists, how it is checked and, if not obvious, how to fix a component."""
        return " ".join((inspect.getdoc(self.check) or "").split())

    def __call__(self, component: ComponentUnderTest) -> None:
        """Checks one component.

        Raises:
            LawBroken: with the law, the component, what was found and how to fix it.
            NotHere: if the law cannot be checked here, or depends on a law that is broken.
        """
        try:
            self._require_foundations(component)
            with warnings.catch_warnings():
                # Keras converts to NumPy in a way that TensorFlow and PyTorch do not support yet,
                # which is not the component's fault.
                warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)
                self.check(component)
        except NotHere as absence:
            raise NotHere(f"{component.label}, law `{self.id}`: {absence}") from absence
        except Exception as fault:
            found = (
                without_styles(str(fault))
                if isinstance(fault, ContractError)
                else described(fault, component)
            )
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
            if found is None:  # the law itself reports which parameters the test lacks
                return
            if isinstance(found, NotHere):
                raise found
            if found:
                raise NotHere(f"not checked, because `{each.id}` is broken: {found}")

    def fault(self, component: ComponentUnderTest) -> str | NotHere | None:
        """The fault of the groundwork in one line; empty if the groundwork holds.

        NotHere if it cannot be checked here, and None if the test gives too few parameters.
        """
        try:
            if self.groundwork is not None:
                self.groundwork(component)
        except NotHere as absence:
            return absence
        except ParametersMissing:
            return None
        except ContractError as fault:
            return first_lines(fault) or "it is broken"
        except Exception as fault:  # noqa: BLE001  # whatever a component raises
            return cause(fault)
        return ""


def law(
    id: str,  # noqa: A002  # the name of the field of Law
    sentence: str,
    *kinds: str,
    level: str = "law",
    slow: bool = False,
    order: int = LAST,
    groundwork: Check | None = None,
) -> Callable[[Check], Law]:
    """A decorator that turns a check into a Law; the check's docstring is the explanation."""

    def made(check: Check) -> Law:
        return Law(
            id=id,
            sentence=sentence,
            kinds=frozenset(kinds),
            check=check,
            level=level,
            slow=slow,
            order=order,
            groundwork=groundwork,
        )

    return made


def require(holds: object, found: str) -> None:
    """Checks a condition of a law.

    Args:
        holds: the condition.
        found: what was found instead, for the message.

    Raises:
        ContractError: with the text `found`, unless `holds` is true.
    """
    if not bool(holds):
        raise ContractError(found)


def described(fault: Exception, component: ComponentUnderTest) -> str:
    """An exception in a few lines, with the line of the component's code and the test case."""
    lines = without_styles(str(fault)).strip().splitlines() or [""]
    text = f"{type(fault).__name__}: " + "\n  ".join(lines[:6])
    line = place(fault, component.offer.component.factory.partition(".")[0])
    new_name = renamed_in(fault)
    text += f"\n  {new_name}" * bool(new_name)
    where = [f"at {line}"] * bool(line) + list(getattr(fault, "__notes__", ()))
    return text + (f"\n  {', '.join(where)}" if where else "")
