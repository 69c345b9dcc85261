"""The differences between the declarations, whose effect the report shows."""

from __future__ import annotations

from collections.abc import Sequence

from vaereg.reporting.content import Facts, Section
from vaereg.reporting.differences import differing, settings_of
from vaereg.reporting.panels import named
from vaereg.reporting.reported_run import ReportedRun

MOST = 40
"""The largest number of keys to list."""


def changes(runs: Sequence[ReportedRun]) -> Section | None:
    """The keys of the declarations that differ between runs; None for a single run."""
    if len(runs) < 2:
        return None
    rows = differing([settings_of(run.declared, run.evaluation) for run in runs])
    nothing = "Nothing: all declarations are equal." if not rows else ""
    more = f" The first {MOST} of {len(rows)} keys." if len(rows) > MOST else ""
    return Section(
        key="changes",
        name="Changes",
        title="What was changed",
        lead=nothing or f"The keys of the declarations that differ; all others are equal.{more}",
        blocks=[Facts(title="", columns=tuple(map(named, runs)), rows=rows[:MOST])] if rows else [],
    )
