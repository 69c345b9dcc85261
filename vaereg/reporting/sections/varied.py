"""Is it varied? Similar pairs, real examples far from every sample, shares of classes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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
            caption=_caption(runs),
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
    told = _values_by_class(run) if _is_told(run) else []
    strips = []
    for index, name in enumerate(names[:CLASSES]):
        note = ", ".join(value[index] for value in told if index in value)
        if not told and ours is not None and real is not None:
            share, usual = written.percent(float(ours[index])), written.percent(float(real[index]))
            note = f"{share} (real {usual})"
        there = present[index].astype(bool)
        shown = np.where(there[:, None, None, None], rows[index], 0)
        alt = f"{int(there.sum())} samples of class {name}" if there.any() else f"No {name}"
        strips.append(Strip(sheet=sheet([shown], alt), name=name, note=note))
    return strips


def _is_told(run: ReportedRun) -> bool:
    """Whether samples were drawn for a class each."""
    return run.array("exhibits/by_class/told") is not None


def _caption(runs: Sequence[ReportedRun]) -> str:
    if any(map(_is_told, runs)):
        return (
            "The first samples that were drawn for each class; next to its name, the share of them "
            "that a classifier assigns to the class, and the kernel distance of their features "
            "from the real examples of the class. A model that is told no class is shown by the "
            "classes of the classifier."
        )
    return (
        "The first samples of each class, according to a classifier trained on the "
        "data; next to its name, the share of the class among samples and real examples."
    )


def _values_by_class(run: ReportedRun) -> list[dict[int, str]]:
    """For each score by class, the values by the number of the class, as text."""
    forms: tuple[tuple[str, Callable[[float], str]], ...] = (
        ("label_accuracy", lambda value: f"{written.percent(value)} recognized"),
        ("kernel_distance_within_classes", lambda value: f"distance {written.significant(value)}"),
    )
    found = []
    for name, form in forms:
        curves = [run.array(f"scores/{name}_{each}/curve") for each in run.evaluation.extractors]
        first = next((curve for curve in curves if curve is not None), None)
        if first is not None:
            found.append({int(number): form(float(value)) for number, value in first.T})
    return found


def class_names(run: ReportedRun, count: int) -> list[str]:
    """The names of the classes, or their numbers."""
    names = run.evaluation.evaluated_on.class_names
    return list(names) if len(names) == count else [f"class {index}" for index in range(count)]
