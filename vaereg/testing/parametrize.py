"""The decorator that plugin authors use: one pytest case for each law of each component."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vaereg.discovery.catalog import Catalog
from vaereg.discovery.discover import discover
from vaereg.discovery.entry_points import normalized
from vaereg.errors import PluginError
from vaereg.testing.component_under_test import ComponentUnderTest, Values
from vaereg.testing.laws import LAWS, checks_for
from vaereg.testing.outcome import check_reasons, reason_for
from vaereg.wording import did_you_mean


def components_under_test(
    distribution: str | None = None,
    *,
    params: Mapping[str, Values] | None = None,
    catalog: Catalog | None = None,
) -> list[ComponentUnderTest]:
    """The components of one distribution, or of all installed ones, ready for the laws.

    Args:
        distribution: the distribution's name; None for all that are installed.
        params: parameters by `kind/name`, as a mapping or a function of an empty folder; also of
            companions of other distributions, which `goes_with` names.
        catalog: the catalog to search; None for the installed components.

    Raises:
        PluginError: if the distribution is not installed, is broken, or offers nothing.
        ValueError: if `params` names a component that does not exist.
    """
    found = discover() if catalog is None else catalog
    distribution = normalized(distribution) if distribution else None
    records = [r for r in found.records if distribution in (None, r.distribution)]
    broken = [f"{r.label} is {r.explanation}" for r in records if r.status not in ("ok", "empty")]
    if broken:
        raise PluginError("\n".join(broken))
    modules = {(r.distribution, r.entry): r.value for r in records}
    given = dict(params or {})
    components = [
        ComponentUnderTest(
            offer=offer,
            values=given.pop(f"{offer.kind}/{offer.name}", {}),
            module=modules[offer.distribution, offer.entry],
            source=found,
            others=dict(params or {}),
        )
        for offer in found.offers()
        if distribution in (None, offer.distribution)
    ]
    if not components:
        installed = ", ".join(sorted({r.distribution for r in found.records})) or "nothing"
        raise PluginError(f"`{distribution}` offers no component; installed: {installed}")
    companions = {
        f"{kind}/{name}"
        for each in components
        for kind, names in each.offer.component.goes_with.items()
        for name in names
    }
    given = {key: values for key, values in given.items() if key not in companions}
    if given:
        names = [f"{each.kind}/{each.offer.name}" for each in components]
        key = sorted(given)[0]
        raise ValueError(f"params: no component {key!r}. {did_you_mean(key, names)}")
    return components


def parametrize_with_checks(
    distribution: str | None = None,
    *,
    expected_failures: Mapping[str, str] | None = None,
    params: Mapping[str, Values] | None = None,
    catalog: Catalog | None = None,
    minimum: int = 0,
    fast: bool = False,
) -> Any:  # pytest imports its type only in tests
    """A pytest decorator that runs every law on every component of a distribution.

        @parametrize_with_checks("vaereg-plugin-frequency")
        def test_contract(component, check):
            check(component)

    Each pair has an id such as `regularizer/focal_frequency-outputs-are-finite`.

    Args:
        distribution: the distribution whose components are checked; None for all installed ones.
        expected_failures: why a law is broken, by the law's id or by `kind/name:id`. Strict: once
            the law is kept, the test fails.
        params: parameters by `kind/name`, as a mapping or a function of an empty folder; needed
            for components with required parameters.
        catalog: the catalog to search; None for the installed components.
        minimum: the smallest number of checks allowed, so that the test does not pass because a
            component got lost.
        fast: whether to leave out the laws that take longest, as `check-plugin --fast` does.
            Expected failures may name them all the same.

    Raises:
        PluginError: if there are no components, fewer checks than the minimum, or the plugin is
            broken.
        ValueError: if an expected failure names no check, or gives no reason.
    """
    import pytest

    components = components_under_test(distribution, params=params, catalog=catalog)
    reasons = dict(expected_failures or {})
    pairs = [
        (component, check) for component in components for check in checks_for(component.offer)
    ]
    check_reasons(reasons, pairs, [each.id for each in LAWS])
    pairs = [pair for pair in pairs if not (fast and pair[1].slow)]
    if len(pairs) < minimum:
        raise PluginError(
            f"only {len(pairs)} checks of {len(components)} components would run, but "
            f"minimum={minimum}"
        )
    cases = []
    for component, check in pairs:
        reason = reason_for(component, check, reasons)
        cases.append(
            pytest.param(
                component,
                check,
                id=f"{component.kind}/{component.offer.name}-{check.id}",
                marks=[pytest.mark.xfail(reason=reason, strict=True)] if reason else [],
            )
        )
    return pytest.mark.parametrize(("component", "check"), cases)
