"""Compares the requirements in vaereg's metadata with the installed distributions."""

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
        name: the name of the distribution.
        asked: the required versions, such as ">=3.15"; empty for any.
        version: the installed version, or an empty string.
        problem: what is wrong with it, or an empty string.
    """

    name: str
    asked: str
    version: str
    problem: str = ""


@attrs.frozen(kw_only=True)
class Extra:
    """One extra of vaereg.

    Args:
        name: the name of the extra.
        missing: the distributions that it requires but that are not installed, or not in a
            suitable version; empty if the extra can be used.
    """

    name: str
    missing: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Installed:
    """Looks up installed distributions in their metadata.

    Args:
        version_of: distribution -> its version, or an empty string.
        requirements_of: distribution -> its requirements (PEP 508).
    """

    version_of: Callable[[str], str] = version_of
    requirements_of: Callable[[str], Sequence[str]] = requirements_of


HERE = Installed()


def dependencies(installed: Installed = HERE, of: str = "vaereg") -> tuple[Dependency, ...]:
    """The required dependencies of a distribution, in the order of its metadata."""
    every = map(Requirement, installed.requirements_of(of))
    return tuple(_looked_up(each, installed) for each in every if _asked_by(each, ""))


def extras(installed: Installed = HERE, of: str = "vaereg") -> tuple[Extra, ...]:
    """The extras of a distribution."""
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
    """Whether exactly this extra adds the requirement; "" means a requirement of no extra."""
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
    elif not _is_satisfied_by(requirement, version):
        problem = f"version {version} is installed, but {asked} is required"
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


def _is_satisfied_by(requirement: Requirement, version: str) -> bool:
    try:
        return requirement.specifier.contains(version, prereleases=True)
    except InvalidVersion:
        return False
