"""What vaereg needs, as its own metadata says, against what is installed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import attrs
from packaging.requirements import Requirement
from packaging.version import InvalidVersion

from vaereg.discovery.entry_points import normalized, requirements_of, version_of

EXTRA = re.compile(r"""extra\s*==\s*['"]([^'"]+)['"]""")


@attrs.frozen(kw_only=True)
class Dependency:
    """One distribution.

    Args:
        name: of the distribution.
        asked: the versions that will do, such as ">=3.15"; empty for any.
        version: the installed one, or empty.
        problem: what is wrong with it, or an empty string.
    """

    name: str
    asked: str
    version: str
    problem: str = ""


@attrs.frozen(kw_only=True)
class Extra:
    """One of `vaereg[extra]`.

    Args:
        name: of the extra.
        missing: what it needs and is not installed, or not in a version that will do; empty if
            the extra can be used.
    """

    name: str
    missing: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Installed:
    """What is installed, as its metadata says.

    Args:
        version_of: distribution -> its version, or an empty string.
        requirements_of: distribution -> what it needs (PEP 508).
    """

    version_of: Callable[[str], str] = version_of
    requirements_of: Callable[[str], Sequence[str]] = requirements_of


HERE = Installed()


def dependencies(installed: Installed = HERE, of: str = "vaereg") -> tuple[Dependency, ...]:
    """Those that a distribution cannot do without, in its own order."""
    every = map(Requirement, installed.requirements_of(of))
    return tuple(_looked_up(each, installed) for each in every if _asked_by(each, ""))


def extras(installed: Installed = HERE, of: str = "vaereg") -> tuple[Extra, ...]:
    """What is optional, by the extra that brings it."""
    every = [Requirement(each) for each in installed.requirements_of(of)]
    names = {name for each in every for name in EXTRA.findall(str(each.marker or ""))}
    return tuple(
        Extra(
            name=name,
            missing=tuple(
                str(each).partition(";")[0].strip()
                for each in every
                if _asked_by(each, name) and _looked_up(each, installed).problem
            ),
        )
        for name in sorted(names)
    )


def _asked_by(requirement: Requirement, extra: str) -> bool:
    """Whether this extra and nothing less brings the requirement; "" for those of no extra."""
    marker = requirement.marker
    always = marker is None or marker.evaluate({"extra": ""})
    if not extra:
        return always
    return not always and marker is not None and marker.evaluate({"extra": extra})


def _looked_up(requirement: Requirement, installed: Installed) -> Dependency:
    name, asked = normalized(requirement.name), str(requirement.specifier)
    version = installed.version_of(name)
    problem = ""
    if not version:
        problem = "it is not installed"
    elif not _contains(requirement, version):
        problem = f"version {version} is installed, and {asked} is needed"
    else:
        lacking = [
            each.name
            for extra in sorted(requirement.extras)
            for each in map(Requirement, installed.requirements_of(name))
            if _asked_by(each, extra) and not installed.version_of(normalized(each.name))
        ]
        if lacking:
            problem = f"its extra lacks {', '.join(lacking)}"
    if problem:
        problem += f'; run `python -m pip install "{str(requirement).partition(";")[0].strip()}"`'
    return Dependency(name=name, asked=asked, version=version, problem=problem)


def _contains(requirement: Requirement, version: str) -> bool:
    try:
        return requirement.specifier.contains(version, prereleases=True)
    except InvalidVersion:
        return False
