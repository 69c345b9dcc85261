"""Checks that the requirements of [plugins] are installed and usable."""

from __future__ import annotations

from collections.abc import Sequence

from vaereg.discovery.entry_points import normalized
from vaereg.discovery.records import PluginRecord
from vaereg.wording import first_lines


def why_unmet(requirement: str, records: Sequence[PluginRecord]) -> str:
    """Why the requirement (PEP 508, such as `vaereg-plugin-x>=0.1,<2`) is not met, or ""."""
    # Imported here, since packaging takes longer to import than the rest of discovery, and few
    # projects have requirements.
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.version import InvalidVersion

    try:
        required = Requirement(requirement)
    except InvalidRequirement as fault:
        return (
            f"it is not a valid requirement ({first_lines(fault)}); an example is "
            '"vaereg-plugin-x>=0.1"'
        )
    if required.marker is not None and not required.marker.evaluate():
        return ""
    name = normalized(required.name)
    installed = [record for record in records if record.distribution == name]
    remedy = f'run `python -m pip install "{requirement}"`'
    if not installed:
        return f"it is not installed; {remedy}"
    faulty = [record for record in installed if record.status not in {"ok", "empty"}]
    if faulty:
        return f"{faulty[0].label} is {faulty[0].explanation}"
    try:
        met = required.specifier.contains(installed[0].version, prereleases=True)
    except InvalidVersion:
        met = False
    return "" if met else f"version {installed[0].version} is installed; {remedy}"
