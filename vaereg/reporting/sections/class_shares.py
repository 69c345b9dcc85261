"""How often each class occurs among real examples and samples."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np

from vaereg.reporting.content import Key
from vaereg.reporting.figures import written
from vaereg.reporting.panels import REAL, key
from vaereg.reporting.reported_run import ReportedRun

MOST = 20
"""The largest number of classes to show: those whose shares differ most."""


@attrs.frozen(kw_only=True)
class Share:
    """A bar: its owner, its length (0 to 100, relative to the longest), and the share as text."""

    series: str
    whose: str
    length: float
    words: str


@attrs.frozen(kw_only=True)
class Shares:
    """Horizontal bars in groups. Labels are above the bars, so that names fit on a phone.

    Args:
        title, caption: see `Figure`.
        legend: the meaning of the colours.
        groups: a name, and its bars.
    """

    template = "shares.html.j2"

    title: str
    caption: str
    legend: tuple[Key, ...]
    groups: tuple[tuple[str, tuple[Share, ...]], ...]


def class_shares(runs: Sequence[ReportedRun]) -> Shares | None:
    """The histogram of classes of real examples and of every run's samples."""
    having = [run for run in runs if run.array("curves/class_share_generated") is not None]
    if not having or having[0].array("curves/class_share_real") is None:
        return None
    real = having[0].arrays["curves/class_share_real"]
    having = [run for run in having if len(run.arrays["curves/class_share_generated"]) == len(real)]
    ours = np.array([run.arrays["curves/class_share_generated"] for run in having])
    names = having[0].evaluation.evaluated_on.class_names
    shown = np.arange(len(real))
    caption = (
        "The share of each class, according to a classifier trained on the data. Good: the bars "
        "of each class have equal lengths. A class without samples is a lost mode."
    )
    if len(real) > MOST:
        shown = np.argsort(-np.abs(ours - real).max(axis=0), kind="stable")[:MOST]
        caption += f" The {MOST} of {len(real)} classes that differ most."
    longest = max(float(real.max()), float(ours.max()), 1e-12)

    def bar(series: str, whose: str, share: float) -> Share:
        return Share(
            series=series,
            whose=whose,
            length=round(100 * share / longest, 2),
            words=written.percent(share),
        )

    groups = tuple(
        (
            names[index] if len(names) == len(real) else f"class {index}",
            (
                bar("real", "real", float(real[index])),
                *(
                    bar(run.series, run.letter if len(runs) > 1 else "samples", float(row[index]))
                    for run, row in zip(having, ours, strict=True)
                ),
            ),
        )
        for index in shown.tolist()
    )
    legend = (
        attrs.evolve(REAL, kind="area"),
        *(attrs.evolve(key(run, runs, "samples"), kind="area") for run in having),
    )
    return Shares(title="Classes", caption=caption, legend=legend, groups=groups)
