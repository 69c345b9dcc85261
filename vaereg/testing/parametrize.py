"""The one line that a plugin author writes: every law for every component, an id each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vaereg.discovery.catalog import Catalog
from vaereg.discovery.discover import discover
from vaereg.errors import PluginError
from vaereg.spec.similar import did_you_mean
from vaereg.testing.law import Law
from vaereg.testing.laws import LAWS, checks_for
from vaereg.testing.subject import Subject, Values


def subjects_of(
    distribution: str | None = None,
    *,
    params: Mapping[str, Values] | None = None,
    catalog: Catalog | None = None,
) -> list[Subject]:
    """The components of a distribution, or of all that are installed, ready to be tried.

    Raises:
        PluginError: if the distribution is not installed, is broken, or offers nothing.
        ValueError: if `params` names a component that is not there.
    """
    found = discover() if catalog is None else catalog
    records = [r for r in found.records if distribution in (None, r.distribution)]
    broken = [f"{r.label} is {r.explanation}" for r in records if r.status not in ("ok", "empty")]
    if broken:
        raise PluginError("\n".join(broken))
    modules = {(r.distribution, r.entry): r.value for r in records}
    given = dict(params or {})
    subjects = [
        Subject(
            offer=offer,
            values=given.pop(f"{offer.kind}/{offer.name}", {}),
            module=modules[offer.distribution, offer.entry],
        )
        for offer in found.offers()
        if distribution in (None, offer.distribution)
    ]
    if not subjects:
        installed = ", ".join(sorted({r.distribution for r in found.records})) or "nothing"
        raise PluginError(f"`{distribution}` offers no component; installed: {installed}")
    if given:
        names = [f"{each.kind}/{each.offer.name}" for each in subjects]
        key = sorted(given)[0]
        raise ValueError(f"params: no component {key!r}. {did_you_mean(key, names)}")
    return subjects


def parametrize_with_checks(
    distribution: str | None = None,
    *,
    expected_failures: Mapping[str, str] | None = None,
    params: Mapping[str, Values] | None = None,
    catalog: Catalog | None = None,
) -> Any:
    """A pytest decorator that runs every law on every component of a distribution.

        @parametrize_with_checks("vaereg-plugin-frequency")
        def test_contract(component, check):
            check(component)

    Each pair has an id such as `regularizer/focal_frequency-outputs-are-finite`.

    Args:
        distribution: whose components; None for all that are installed.
        expected_failures: why a law is not kept, by its id or by `kind/name:id`. Strict: the test
            fails once the law is kept.
        params: parameters by `kind/name`, as a mapping or a function of an empty folder; needed
            where a component has required ones.
        catalog: the components to look among; None for those installed.

    Raises:
        PluginError: if there is nothing to check, or the plugin is broken.
        ValueError: for an expected failure that names no check, or gives no reason.
    """
    import pytest

    subjects = subjects_of(distribution, params=params, catalog=catalog)
    reasons = dict(expected_failures or {})
    cases = [
        pytest.param(
            subject,
            check,
            id=f"{subject.kind}/{subject.offer.name}-{check.id}",
            marks=_marks(pytest, subject, check, reasons),
        )
        for subject in subjects
        for check in checks_for(subject.offer)
    ]
    _check_reasons(reasons, subjects)
    return pytest.mark.parametrize(("component", "check"), cases)


def _keys(subject: Subject, check: Law) -> tuple[str, str]:
    return f"{subject.kind}/{subject.offer.name}:{check.id}", check.id


def _marks(pytest: Any, subject: Subject, check: Law, reasons: Mapping[str, str]) -> list[Any]:
    for key in _keys(subject, check):
        if key in reasons:
            return [pytest.mark.xfail(reason=reasons[key], strict=True)]
    return []


def _check_reasons(reasons: Mapping[str, str], subjects: Sequence[Subject]) -> None:
    known = {k for each in subjects for check in checks_for(each.offer) for k in _keys(each, check)}
    for key, reason in reasons.items():
        if key not in known:
            hint = did_you_mean(key, sorted(known)) or f"laws: {', '.join(e.id for e in LAWS)}"
            raise ValueError(f"expected_failures: no check {key!r}. {hint}")
        if not reason.strip():
            raise ValueError(f"expected_failures: {key!r} needs a reason")
