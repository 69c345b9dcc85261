"""All scores by question, each with its reference: real data against real data."""

from __future__ import annotations

import math
from collections.abc import Sequence

import attrs

from vaereg.evaluation.evaluation import Score
from vaereg.reporting.content import Owner, Section
from vaereg.reporting.figures import written
from vaereg.reporting.panels import named
from vaereg.reporting.reported_run import ReportedRun

QUESTIONS = {
    "sharp": "Is it sharp?",
    "varied": "Is it varied?",
    "true": "Is it true to the data?",
    "health": "Is the VAE healthy?",
}


@attrs.frozen(kw_only=True)
class Cell:
    """A value and its interval, as text; empty if it was not measured."""

    series: str
    value: str = ""
    interval: str = ""


@attrs.frozen(kw_only=True)
class Mark:
    """A dot and its interval on the small axis of a row, in percent of its length."""

    series: str
    at: float
    low: float
    high: float


@attrs.frozen(kw_only=True)
class Row:
    """A score.

    Args:
        name: the name in evaluation.json.
        meaning: the meaning of the score, in one sentence.
        cells: one for each run.
        reference: real data against real data.
        best: the good values, in a word.
        marks: on the small axis; empty if there is nothing to compare.
        ideal: the position of the ideal on the small axis, or None.
    """

    name: str
    meaning: str
    cells: tuple[Cell, ...]
    reference: Cell
    best: str
    marks: tuple[Mark, ...]
    ideal: float | None


@attrs.frozen(kw_only=True)
class ScoreTable:
    """The scores of one question."""

    template = "scores.html.j2"

    title: str
    caption: str
    owners: tuple[Owner, ...]
    several: bool
    rows: tuple[Row, ...]


TWINS = "Reconstructions, measured as samples are, and what sampling adds"
"""The title of the scores that tell the decoder's fault from that of the prior."""


def scores(runs: Sequence[ReportedRun]) -> Section:
    """A table for each question, and one for reconstructions."""
    measured = {name: each for run in runs for name, each in run.evaluation.scores.items()}
    groups = {
        title: [n for n, each in measured.items() if each.question == key and not each.is_twin]
        for key, title in QUESTIONS.items()
    }
    groups[TWINS] = [name for name, each in measured.items() if each.is_twin]
    tables = [
        ScoreTable(
            title=title,
            caption="",
            owners=tuple(named(run) for run in runs),
            several=len(runs) > 1,
            rows=tuple(row(runs, name) for name in names),
        )
        for title, names in groups.items()
        if names
    ]
    return Section(
        key="scores",
        name="Scores",
        title="Scores",
        lead="Real data is the reference: the same score for other real examples against the "
        "held-out ones. No model can be better, except by chance or by copying. Intervals have "
        "95\u00a0% confidence and cover the noise of sampling, not that of training. On the small "
        "axis, real data is a diamond and the ideal a dotted line.",
        blocks=tables,
    )


def row(runs: Sequence[ReportedRun], name: str) -> Row:
    """One score of all runs."""
    found = [run.evaluation.scores.get(name) for run in runs]
    one = next(each for each in found if each is not None)
    measured = [(run, each) for run, each in zip(runs, found, strict=True) if each is not None]
    cells = tuple(
        Cell(series=run.series)
        if each is None
        else Cell(
            series=run.series,
            value=_value_text(each.value, each),
            interval=_interval_text(each.low, each.high, each),
        )
        for run, each in zip(runs, found, strict=True)
    )
    reference = Cell(series="real")
    if one.reference is not None:
        reference = Cell(
            series="real",
            value=_value_text(one.reference, one),
            interval=_interval_text(one.reference_low, one.reference_high, one),
        )
    marks, ideal = _score_axis(measured, one)
    return Row(
        name=name,
        meaning=one.meaning,
        cells=cells,
        reference=reference,
        best=_best_value(one),
        marks=marks,
        ideal=ideal,
    )


def _value_text(value: float, score: Score) -> str:
    return written.value_of(value, share=score.share, unit=score.unit)


def _interval_text(low: float | None, high: float | None, score: Score) -> str:
    if low is None or high is None:
        return ""
    ends = (written.value_of(each, share=score.share) for each in (low, high))
    return " to ".join(ends)


def _best_value(score: Score) -> str:
    if score.direction:
        return "higher" if score.direction > 0 else "lower"
    return "" if score.ideal is None else _value_text(score.ideal, score)


def _score_axis(
    measured: Sequence[tuple[ReportedRun, Score]], one: Score
) -> tuple[tuple[Mark, ...], float | None]:
    """The positions of the values, of the reference and of the ideal.

    The axis includes all of them. An axis of shares extends to 0 if they are small, to 1 if large.
    """
    spots = [(run.series, each.value, each.low, each.high) for run, each in measured]
    if one.reference is not None:
        spots.insert(0, ("real", one.reference, one.reference_low, one.reference_high))
    ideal = one.ideal if one.direction == 0 else None
    if len(spots) + (ideal is not None) < 2:
        return (), None
    ends = [x for _, *values in spots for x in values if x is not None and math.isfinite(x)]
    low, high = min(ends), max(ends)
    if one.share:
        low, high = (0.0 if low < 0.5 else low), (1.0 if high > 0.5 else high)
    if ideal is not None:
        low, high = min(low, ideal), max(high, ideal)
    if not high > low:
        return (), None

    def place(value: float) -> float:
        return round(4 + 92 * min(max((value - low) / (high - low), 0.0), 1.0), 2)

    marks = tuple(
        Mark(
            series=series,
            at=place(value),
            low=place(value if below is None else below),
            high=place(value if above is None else above),
        )
        for series, value, below, above in spots
        if math.isfinite(value)
    )
    return marks, None if ideal is None else place(ideal)
