"""One sentence of a contract, and the check that it holds."""

from __future__ import annotations

import inspect
import unittest
import warnings
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import attrs

from vaereg.component import DATA_FORMS
from vaereg.discovery.blame import place
from vaereg.errors import ContractError
from vaereg.testing.groundwork import depth

if TYPE_CHECKING:
    from vaereg.testing.subject import Subject


LEVELS = {
    "static": "looks at what is declared; builds nothing",
    "build": "builds the component and calls it, by itself",
    "law": "what the kind promises: its mathematics, data or measurements",
    "training": "a few steps of a tiny model that contains it",
}
"""How deep a check goes, the shallowest first."""


class NotHere(unittest.SkipTest):
    """A law cannot be tried on this machine, say because a file of weights is not there.

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
        id: a stable name such as `equal-seeds-equal-draws`; expected failures are told by it.
        sentence: what must hold.
        kinds: the kinds it binds.
        check: raises ContractError, or anything, where the sentence does not hold.
        level: one of LEVELS.
    """

    id: str
    sentence: str
    kinds: frozenset[str]
    check: Callable[[Subject], None]
    level: str = attrs.field(default="law", validator=attrs.validators.in_(LEVELS))

    @property
    def explanation(self) -> str:
        """Why the law is there, how it is tried and, where it needs saying, what to do."""
        return " ".join((inspect.getdoc(self.check) or "").split())

    def __call__(self, subject: Subject) -> None:
        """Checks one component.

        Raises:
            LawBroken: naming the law, the component, what was found and what to do.
            NotHere: if it cannot be tried on this machine, or rests on a law that is broken.
        """
        try:
            self._owe_groundwork(subject)
            with warnings.catch_warnings():
                # Keras asks NumPy for an array in a way that TensorFlow and PyTorch do not know
                # yet, which is no fault of the component.
                warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)
                self.check(subject)
        except NotHere as absence:
            raise NotHere(f"{subject.label}, law `{self.id}`: {absence}") from absence
        except Exception as fault:
            found = str(fault) if isinstance(fault, ContractError) else told(fault, subject)
            raise LawBroken(
                f"{subject.label} breaks the law `{self.id}`: {self.sentence}\n"
                f"  found: {found}\n  help: {self.explanation}",
                found,
            ) from fault

    def _owe_groundwork(self, subject: Subject) -> None:
        if self.level == "static" or subject.obstacle is None:
            return
        law_id, found = subject.obstacle
        if depth(self.id) > depth(law_id):
            raise NotHere(f"not tried, since `{law_id}` is broken: {found}")


def law(
    id: str,  # noqa: A002  # it is the law's own word
    sentence: str,
    *kinds: str,
    level: str = "law",
) -> Callable[[Callable[[Subject], None]], Law]:
    """Makes a Law of the function below it, whose docstring is the explanation."""

    def made(check: Callable[[Subject], None]) -> Law:
        return Law(id=id, sentence=sentence, kinds=frozenset(kinds), check=check, level=level)

    return made


def owe(holds: object, found: str) -> None:
    """Says what was found where a law does not hold.

    Raises:
        ContractError: unless `holds` is true.
    """
    if not bool(holds):
        raise ContractError(found)


def forms_in_order(forms: Iterable[str]) -> list[str]:
    """Forms of data in the order in which they are tried."""
    return [
        form for form in ("image", "vector", "sequence") if form in forms and form in DATA_FORMS
    ]


def told(fault: Exception, subject: Subject) -> str:
    """An exception in a few lines, with the line of the component and where it was tried."""
    lines = str(fault).strip().splitlines() or [""]
    text = f"{type(fault).__name__}: " + "\n  ".join(lines[:6])
    line = place(fault, subject.offer.component.factory.partition(".")[0])
    where = [f"at {line}"] * bool(line) + list(getattr(fault, "__notes__", ()))
    return text + (f"\n  {', '.join(where)}" if where else "")
