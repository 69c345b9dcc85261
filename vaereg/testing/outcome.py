"""Runs checks without pytest and reports the outcome of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from time import perf_counter
from traceback import format_exception

import attrs

from vaereg.contracts.plain_values import JsonObject
from vaereg.errors import ContractError
from vaereg.renamed import renamed_law
from vaereg.testing.component_under_test import ComponentUnderTest, ParametersMissing
from vaereg.testing.law import Law, LawBroken, NotHere
from vaereg.wording import did_you_mean, without_styles


@attrs.frozen(kw_only=True)
class Outcome:
    """The outcome of one check of one component.

    Args:
        component, law: the component and the law that was checked.
        status: "kept"; "broken"; "expected" if the law is broken as expected; "skipped" if it
            could not be checked.
        found: what was found if the law is broken, or why it was skipped.
        traceback: the traceback, if an exception of the component broke the law.
        reason: why a failure was expected.
        seconds: the duration of the check.
    """

    component: ComponentUnderTest
    law: Law
    status: str
    found: str = ""
    traceback: str = ""
    reason: str = ""
    seconds: float = 0.0

    def as_dict(self) -> JsonObject:
        """The outcome as a dictionary for `--json`."""
        return {
            "kind": self.component.kind,
            "component": self.component.offer.name,
            "check": self.law.id,
            "level": self.law.level,
            "law": self.law.sentence,
            "help": self.law.explanation,
            "status": self.status,
            "found": self.found,
            "traceback": self.traceback,
            "reason": self.reason,
            "seconds": round(self.seconds, 3),
        }


def keys_of(component: ComponentUnderTest, check: Law) -> tuple[str, str]:
    """The keys by which an expected failure can name the check, the more specific one first."""
    return f"{component.kind}/{component.offer.name}:{check.id}", check.id


def reason_for(component: ComponentUnderTest, check: Law, reasons: Mapping[str, str]) -> str:
    """Why the check is expected to fail, or an empty string."""
    return next((reasons[key] for key in keys_of(component, check) if key in reasons), "")


def check_reasons(
    reasons: Mapping[str, str],
    pairs: Sequence[tuple[ComponentUnderTest, Law]],
    known_laws: Iterable[str],
) -> None:
    """Checks that every expected failure names a check and gives a reason.

    Raises:
        ValueError: for the first one that does not.
    """
    known = {key for component, check in pairs for key in keys_of(component, check)}
    for key, reason in reasons.items():
        if key not in known:
            hint = (
                renamed_law(key.rpartition(":")[2])
                or did_you_mean(key, sorted(known))
                or f"laws: {', '.join(known_laws)}"
            )
            raise ValueError(f"expected_failures: no check {key!r}. {hint}")
        if not reason.strip():
            raise ValueError(f"expected_failures: {key!r} needs a reason")


def run_checks(
    component: ComponentUnderTest, laws: Iterable[Law], reasons: Mapping[str, str] | None = None
) -> Iterator[Outcome]:
    """Checks one component, law by law, and yields each outcome.

    Args:
        component: the component.
        laws: the laws of its kind.
        reasons: why failures are expected, by the law's id or by `kind/name:id`.
    """
    for law in laws:
        started = perf_counter()
        status, found, traceback = _result(component, law)
        reason = reason_for(component, law, reasons or {})
        if reason and status != "skipped":
            kept = f"the law is kept, although it was expected to be broken: {reason}"
            status, found = ("broken", kept) if status == "kept" else ("expected", found)
        yield Outcome(
            component=component,
            law=law,
            status=status,
            found=found,
            traceback=traceback,
            reason=reason,
            seconds=perf_counter() - started,
        )


def _result(component: ComponentUnderTest, law: Law) -> tuple[str, str, str]:
    """The status, what was found, and the traceback of an exception."""
    try:
        law(component)
    except NotHere as absence:
        return "skipped", str(absence.__cause__ or absence), ""
    except LawBroken as fault:
        cause = fault.__cause__
        if isinstance(cause, ParametersMissing):
            return "skipped", str(cause), ""
        raised = cause is not None and not isinstance(cause, ContractError)
        traceback = without_styles("".join(format_exception(cause))) if raised else ""
        return "broken", fault.found, traceback
    return "kept", "", ""
