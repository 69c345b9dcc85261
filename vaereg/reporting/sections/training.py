"""The course of training, term by term."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vaereg.reporting.content import Figure, Key, Section
from vaereg.reporting.figures import written
from vaereg.reporting.figures.chart import Axis, Chart
from vaereg.reporting.figures.drawing import Drawing, draw
from vaereg.reporting.figures.marks import Line, Mark
from vaereg.reporting.figures.scale import Linear, linear
from vaereg.reporting.reported_run import ReportedRun

VALIDATION = "val_"

NOT_TERMS = ("epoch", "step")

MOST = 18
"""The largest number of charts."""

SETTLED = 0.1
"""The y axis fits the values after this share of the epochs; earlier ones flatten the rest."""


def training(runs: Sequence[ReportedRun]) -> Section | None:
    """A chart for each logged term, with its validation values."""
    names = dict.fromkeys(
        name.removeprefix(VALIDATION)
        for run in runs
        for name in run.history
        if name not in NOT_TERMS
    )
    drawings = [
        chart for name in list(names)[:MOST] if (chart := _term_chart(runs, name)) is not None
    ]
    if not drawings:
        return None
    validated = any(name.startswith(VALIDATION) for run in runs for name in run.history)
    legend: list[Key] = []
    for run in runs:
        who = f"{run.letter} {run.label}: " if len(runs) > 1 else ""
        legend.append(Key(series=run.series, words=f"{who}training", faint=validated))
        if validated:
            legend.append(Key(series=run.series, words=f"{who}validation"))
    left_out = f" The first {MOST} of {len(names)} terms." if len(names) > MOST else ""
    return Section(
        key="training",
        name="Training",
        title="Training",
        lead="A loss that is still falling suggests more epochs; a validation loss that rises "
        "while the training loss falls shows overfitting.",
        blocks=[
            Figure(
                title="Terms by epoch",
                caption="From history.csv, each averaged over its epoch. The axes fit the values "
                "after the first tenth of the epochs. Terms of different likelihoods have "
                f"different units: compare their shapes, not their heights.{left_out}",
                legend=tuple(legend),
                drawings=tuple(drawings),
                wide=True,
            )
        ],
    )


def _term_chart(runs: Sequence[ReportedRun], name: str) -> Drawing | None:
    marks: list[Mark] = []
    shown, epochs, ends = [], [], []
    for run in runs:
        validated = f"{VALIDATION}{name}" in run.history
        for column, faint in ((name, validated), (f"{VALIDATION}{name}", False)):
            values = run.history.get(column)
            if values is None or not np.isfinite(values).any():
                continue
            there = np.isfinite(values)  # scores are measured only every few epochs
            x, y = run.history["epoch"][there], values[there]
            marks.append(Line(x=x, y=y, series=run.series, faint=faint, dots=len(x) == 1))
            settled = y[x > SETTLED * x.max()]
            shown.append(settled if settled.size else y)
            epochs.append(x)
            ends.append(
                f"{run.label}, {column}: {written.significant(float(y[-1]), 4)} at the end."
            )
    if not marks:
        return None
    last = max(float(each.max()) for each in epochs)
    first = min(float(each.min()) for each in epochs)
    x_scale = Linear(first, last) if last > first else Linear(first - 0.5, last + 0.5)
    return draw(
        Chart(
            title=name,
            summary=f"{name} by epoch. {' '.join(ends)}",
            x=Axis(label="epoch", scale=x_scale, named=_whole_epochs(first, last)),
            y=Axis(label="", scale=linear(shown)),
            marks=tuple(marks),
            width=300,
            height=190,
        )
    )


def _whole_epochs(first: float, last: float) -> tuple[tuple[float, str], ...]:
    """Ticks at whole epochs, the first and about five round ones."""
    if last == first:
        return ((first, f"{first:.0f}"),)
    ticks = [each for each in Linear(first, last).ticks(5) if each == int(each)]
    step = ticks[1] - ticks[0] if len(ticks) > 1 else last - first
    kept = [each for each in ticks if each - first >= step * 0.6]
    return tuple((each, f"{each:.0f}") for each in (first, *kept))
