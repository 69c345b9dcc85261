"""Pictures of several runs side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from vaereg.reporting.content import Exhibit, Key, Owner, Panel, Strip
from vaereg.reporting.reported_run import ReportedRun
from vaereg.reporting.sheets import SMALL, sheet

ACROSS = 8
"""Pictures in a row of a sheet: two sheets fit side by side on a screen, one on a phone."""

DOWN = 4
"""Rows of a sheet."""

LARGE = 8
"""How many pictures are shown if they have more than `SMALL` pixels per side."""


def owner(run: ReportedRun, runs: Sequence[ReportedRun]) -> Owner | None:
    """The owner of a panel; None if there is only one run."""
    return named(run) if len(runs) > 1 else None


def named(run: ReportedRun) -> Owner:
    """The run's name in headings."""
    return Owner(letter=run.letter, label=run.label, series=run.series)


def key(run: ReportedRun, runs: Sequence[ReportedRun], words: str, *, faint: bool = False) -> Key:
    """An entry of a legend: the words, with the run's letter if there are several runs."""
    text = f"{run.letter} {run.label}: {words}" if len(runs) > 1 else words
    return Key(series=run.series, words=text, faint=faint)


REAL = Key(series="real", words="real, held out")


def exhibit(
    runs: Sequence[ReportedRun],
    strips: Callable[[ReportedRun], Sequence[Strip]],
    *,
    title: str,
    caption: str,
    flowing: bool = True,
    otherwise: str = "This run has no such pictures.",
) -> Exhibit | None:
    """An exhibit with the strips of each run; None if no run has any.

    Args:
        runs: the runs of the report.
        strips: returns the pictures of a run; empty if it has none.
        title, caption, flowing: see `Exhibit`.
        otherwise: the note for a run without pictures.
    """
    panels = []
    for run in runs:
        found = tuple(strips(run))
        note = "" if found else otherwise
        panels.append(Panel(owner=owner(run, runs), strips=found, note=note))
    if not any(panel.strips for panel in panels):
        return None
    return Exhibit(title=title, caption=caption, panels=tuple(panels), flowing=flowing)


def grid(pictures: np.ndarray | None, what: str, most: int) -> list[Strip]:
    """Pictures (n, h, w, c) as sheets of ACROSS by DOWN; fewer if they are large.

    Args:
        pictures: the pictures to show, or None.
        what: their name, for the alternative text.
        most: the largest number of pictures to show.
    """
    if pictures is None:
        return []
    shown = pictures[: most if max(pictures.shape[1:3]) <= SMALL else min(most, LARGE)]
    across = ACROSS if max(pictures.shape[1:3]) <= SMALL else ACROSS // 2
    sheets = []
    for start in range(0, len(shown), across * DOWN):
        part = shown[start : start + across * DOWN]
        rows = [part[at : at + across] for at in range(0, len(part), across)]
        span = f"{start + 1} to {start + len(part)}" if len(shown) > 1 else "1"
        sheets.append(Strip(sheet=sheet(rows, f"{what} {span} of {len(shown)}, row by row")))
    return sheets
