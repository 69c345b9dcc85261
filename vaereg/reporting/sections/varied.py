"""Is it varied? Similar pairs, real examples far from every sample, shares of classes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vaereg.reporting.content import Section, Strip
from vaereg.reporting.figures import written
from vaereg.reporting.panels import exhibit, grid
from vaereg.reporting.reported_run import ReportedRun
from vaereg.reporting.sections.class_shares import class_shares
from vaereg.reporting.sheets import sheet

EXTREMES = 16
CLASSES = 24
"""The largest number of classes whose samples are shown."""


def varied(runs: Sequence[ReportedRun]) -> Section | None:
    """Whether samples differ from each other as real examples do, and cover all of them."""
    blocks = [
        exhibit(
            runs,
            _duplicates,
            title="The most similar samples",
            caption="The closest pairs among all samples, one above the other, with their "
            "Euclidean distance. Good: pairs differ as much as two similar real examples do.",
        ),
        exhibit(
            runs,
            lambda run: grid(run.pictures("exhibits/uncovered"), "Uncovered examples", EXTREMES),
            title="Missing",
            caption="Real examples far from every sample, worst first. If they share a property, "
            "the model does not generate it.",
        ),
        class_shares(runs),
        exhibit(
            runs,
            by_class,
            title="Samples by class",
            caption="The first samples of each class, according to a classifier trained on the "
            "data; next to its name, the share of the class among samples and real examples.",
        ),
    ]
    blocks = [each for each in blocks if each is not None]
    if not blocks:
        return None
    return Section(
        key="varied",
        name="Varied?",
        title="Is it varied?",
        lead="A model can generate good examples and still only few kinds of them.",
        blocks=blocks,
    )


def _duplicates(run: ReportedRun) -> list[Strip]:
    return paired(
        run,
        "exhibits/duplicates/first",
        "exhibits/duplicates/second",
        "exhibits/duplicates/distance",
        "The most similar pairs of samples",
    )


def paired(run: ReportedRun, above: str, below: str, distance: str, alt: str) -> list[Strip]:
    """Two rows of pictures with a distance below each column; empty if they are missing."""
    one, other, apart = run.pictures(above), run.pictures(below), run.array(distance)
    if one is None or other is None or one.shape != other.shape:
        return []
    under = () if apart is None else tuple(written.significant(float(each)) for each in apart)
    told = f"{alt}; distances {', '.join(under)}" if under else alt
    return [Strip(sheet=sheet([one, other], told), under=under)]


def by_class(run: ReportedRun) -> list[Strip]:
    """A row of samples for each class, with shares."""
    rows, present = run.rows("exhibits/by_class/samples"), run.array("exhibits/by_class/present")
    if rows is None or present is None:
        return []
    names = class_names(run, len(rows))
    ours, real = run.array("curves/class_share_generated"), run.array("curves/class_share_real")
    strips = []
    for index, name in enumerate(names[:CLASSES]):
        note = ""
        if ours is not None and real is not None:
            share, usual = written.percent(float(ours[index])), written.percent(float(real[index]))
            note = f"{share} (real {usual})"
        there = present[index].astype(bool)
        shown = np.where(there[:, None, None, None], rows[index], 0)
        alt = f"{int(there.sum())} samples of class {name}" if there.any() else f"No {name}"
        strips.append(Strip(sheet=sheet([shown], alt), name=name, note=note))
    return strips


def class_names(run: ReportedRun, count: int) -> list[str]:
    """The names of the classes, or their numbers."""
    names = run.evaluation.evaluated_on.class_names
    return list(names) if len(names) == count else [f"class {index}" for index in range(count)]
