"""The primary scores of every training seed, in pairs."""

from __future__ import annotations

from collections.abc import Mapping

import attrs
import numpy as np

from vaereg.comparison.comparison import PAIRED_SEEDS, Comparison, Difference
from vaereg.evaluation.evaluation import Evaluation, Score
from vaereg.reporting.content import Figure, Key, Section
from vaereg.reporting.figures import written
from vaereg.reporting.figures.chart import Axis, Chart
from vaereg.reporting.figures.drawing import Drawing, draw
from vaereg.reporting.figures.marks import Line, Mark, Points, Rule
from vaereg.reporting.figures.scale import Linear, linear
from vaereg.reporting.sections.scores import QUESTIONS


@attrs.frozen(kw_only=True)
class Compared:
    """A comparison and its evaluations.

    Args:
        comparison: the result.
        a, b: the evaluations of both sides, in the order of `Comparison.seeds`.
    """

    comparison: Comparison
    a: tuple[Evaluation, ...]
    b: tuple[Evaluation, ...]


def seeds(compared: Compared) -> Section | None:
    """A chart for each primary score; None if one pair of runs was compared."""
    comparison = compared.comparison
    if comparison.design != PAIRED_SEEDS or len(comparison.seeds) < 2:
        return None
    drawings = [
        chart
        for verdict in comparison.verdicts
        for answer in verdict.answers
        if (chart := _pairs(compared, answer.score, verdict.question)) is not None
    ]
    if not drawings:
        return None
    return Section(
        key="seeds",
        name="Seeds",
        title="Seed by seed",
        lead=f"Both models were trained with the same {len(comparison.seeds)} seeds; a line joins "
        "the two runs of each seed.",
        blocks=[
            Figure(
                title="Primary scores of every training",
                caption="If the method has an effect, all lines go in the same direction. Crossing "
                "lines show chance.",
                legend=(
                    Key(series="a", words=f"A {comparison.a.label}", kind="dot"),
                    Key(series="b", words=f"B {comparison.b.label}", kind="dot"),
                    Key(series="real", words="real data", kind="rule"),
                ),
                drawings=tuple(drawings),
                wide=True,
            )
        ],
    )


def _pairs(compared: Compared, score: Difference, question: str) -> Drawing | None:
    values = [
        [_score_value(each.scores, score.name) for each in side]
        for side in (compared.a, compared.b)
    ]
    paired = np.array([pair for pair in zip(*values, strict=True) if None not in pair], np.float64)
    if not len(paired):
        return None
    factor = 100.0 if score.share else 1.0
    paired = paired * factor
    marks: list[Mark] = [
        Line(x=np.array([0.0, 1.0]), y=pair, series="pair", faint=True) for pair in paired
    ]
    for place, series in enumerate(("a", "b")):
        x = np.full(len(paired), float(place))
        marks.append(Points(x=x, y=paired[:, place], series=f"{series} large"))
    include = []
    if score.reference is not None:
        include.append(score.reference * factor)
        marks.append(Rule(y=score.reference * factor))
    means = [written.significant(float(each)) for each in paired.mean(axis=0)]
    unit = "%" if score.share else score.unit
    return draw(
        Chart(
            title=QUESTIONS.get(question, question),
            summary=f"{score.name} of {len(paired)} training seeds: mean {means[0]} for A, "
            f"{means[1]} for B.",
            x=Axis(label="", scale=Linear(-0.35, 1.35), named=((0.0, "A"), (1.0, "B"))),
            y=Axis(
                label=f"{score.name} ({unit})" if unit else score.name,
                scale=linear([paired], include=include),
            ),
            marks=tuple(marks),
            width=300,
            height=250,
        )
    )


def _score_value(scores: Mapping[str, Score], name: str) -> float | None:
    found = scores.get(name)
    return None if found is None else found.value
