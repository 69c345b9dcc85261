"""Is it true to the data? Nearest training images, memorisation, and distances by sample size."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from vaereg.reporting.content import Figure, Section
from vaereg.reporting.figures import written
from vaereg.reporting.figures.chart import Axis, Chart
from vaereg.reporting.figures.distribution import ecdf
from vaereg.reporting.figures.drawing import draw
from vaereg.reporting.figures.marks import Line, Mark
from vaereg.reporting.figures.scale import Linear, linear
from vaereg.reporting.panels import REAL, exhibit, grid, key
from vaereg.reporting.reported_run import ReportedRun
from vaereg.reporting.sections.varied import paired

EXTREMES = 16

INFINITY = "scores/frechet_distance_infinity_"
"""The path of each extractor's curve; its name follows."""

NEIGHBOURS = (
    (
        "closest",
        "Closest to a training example",
        "Above, the samples closest to a training example, value by value; below, that example; "
        "the number is their distance. Good: similar, but not identical.",
    ),
    (
        "closest_features",
        "Closest in features",
        "The same in features of the extractor, which ignore small shifts and brightness.",
    ),
    (
        "random",
        "Other samples and their nearest training examples",
        "The same for the first samples drawn, to show what is usual.",
    ),
)


def true(runs: Sequence[ReportedRun]) -> Section | None:
    """Whether samples follow the data without repeating the training examples."""
    blocks: list[object | None] = [
        exhibit(
            runs,
            lambda run, name=name: paired(  # type: ignore[misc]
                run,
                f"exhibits/{name}/generated",
                f"exhibits/{name}/train",
                f"exhibits/{name}/distance",
                "Samples, and below each its nearest training example",
            ),
            title=title,
            caption=caption,
        )
        for name, title, caption in NEIGHBOURS
    ]
    blocks += [memorisation(runs), *frechet(runs)]
    blocks.append(
        exhibit(
            runs,
            lambda run: grid(run.pictures("exhibits/worst"), "Distant samples", EXTREMES),
            title="Far from the data",
            caption="The samples farthest from any real example, worst first. Good: unusual, but "
            "plausible for this data.",
        )
    )
    found = [each for each in blocks if each is not None]
    if not found:
        return None
    return Section(
        key="true",
        name="True?",
        title="Is it true to the data?",
        lead="Samples should follow the distribution of the data without repeating training "
        "examples.",
        blocks=found,
    )


def memorisation(runs: Sequence[ReportedRun]) -> Figure | None:
    """How near samples and unseen real examples are to training examples."""
    having = [run for run in runs if run.array("curves/nearest_train_generated") is not None]
    if not having:
        return None
    marks: list[Mark] = []
    shown = []
    told = []
    for run in having:
        x, share = ecdf(run.arrays["curves/nearest_train_generated"])
        marks.append(Line(x=x, y=100 * share, series=run.series))
        shown.append(x)
        told.append(f"{run.label}: median {written.significant(float(np.median(x)))}.")
    real = having[0].array("curves/nearest_train_real")
    if real is not None:
        x, share = ecdf(real)
        marks.append(Line(x=x, y=100 * share, series="real"))
        shown.append(x)
        told.append(f"Real, held out: median {written.significant(float(np.median(x)))}.")
    chart = Chart(
        title="",
        summary="Cumulative distribution of distances to the nearest training example. "
        + " ".join(told),
        x=Axis(
            label="Euclidean distance to the nearest training example",
            scale=linear(shown, include=[0.0]),
        ),
        y=Axis(label="share of examples within that distance (%)", scale=Linear(0.0, 100.0)),
        marks=tuple(marks),
    )
    return Figure(
        title="Memorisation",
        caption="If samples copy training examples, their line starts at 0, far to the left of "
        "that of unseen real examples. A line slightly to the left everywhere means smoothness, "
        "not memorisation: plain images are near everything.",
        legend=((REAL,) if real is not None else ())
        + tuple(key(r, runs, "samples") for r in having),
        drawings=(draw(chart),),
    )


def frechet(runs: Sequence[ReportedRun]) -> list[Figure]:
    """The Fréchet distance against one over the sample size, for each extractor."""
    names = dict.fromkeys(
        path.removeprefix(INFINITY).removesuffix("/curve")
        for run in runs
        for path in run.arrays
        if path.startswith(INFINITY) and path.endswith("/curve")
    )
    return [figure for name in names if (figure := _frechet(runs, name)) is not None]


def _frechet(runs: Sequence[ReportedRun], extractor: str) -> Figure | None:
    marks: list[Mark] = []
    shown, told, having, sizes_shown = [], [], [], np.zeros(0)
    for run in runs:
        curve = run.array(f"{INFINITY}{extractor}/curve")
        if curve is None or curve.shape[1] < 2:
            continue
        sizes, values = curve
        inverse = 1.0 / np.asarray(sizes, np.float64)
        slope, limit = np.polyfit(inverse, values, 1)
        ends = np.array([0.0, inverse.max()])
        marks.append(Line(x=ends, y=limit + slope * ends, series=run.series, faint=True))
        marks.append(Line(x=inverse, y=values, series=run.series, dots=True))
        shown += [values, np.array([limit])]
        sizes_shown = np.asarray(sizes) if len(sizes) > len(sizes_shown) else sizes_shown
        told.append(
            f"{run.label}: {written.significant(float(limit))} for infinitely many samples."
        )
        having.append(run)
    if not having:
        return None
    widest = float(1.0 / sizes_shown.min())
    named = [(0.0, "∞"), *((1.0 / n, f"{n:,.0f}") for n in _spread_sizes(sizes_shown))]
    chart = Chart(
        title="",
        summary="Fréchet distance by the number of samples. " + " ".join(told),
        x=Axis(
            label="samples (spaced by 1 / number)",
            scale=Linear(0.0, widest * 1.04),
            named=tuple(named),
        ),
        y=Axis(label=f"Fréchet distance ({extractor} features)", scale=linear(shown)),
        marks=tuple(marks),
    )
    return Figure(
        title=f"Fréchet distance by sample size, {extractor}",
        caption="With few samples the distance is too large, by an amount that is inversely "
        "proportional to their number; the thin line extrapolates to infinitely many. Good: low at "
        "∞. A steep line means that a single value says little.",
        legend=tuple(key(run, runs, "samples") for run in having),
        drawings=(draw(chart),),
    )


def _spread_sizes(sizes: np.ndarray) -> list[float]:
    """Round sizes within those measured, spaced by their inverses, the largest first."""
    least, most = float(sizes.min()), float(sizes.max())
    powers = range(math.floor(math.log10(least)), math.ceil(math.log10(most)) + 1)
    round_ones = [leap * 10.0**power for power in powers for leap in (1, 2, 5)]
    among = [each for each in round_ones if least * 0.999 <= each <= most * 1.001]
    kept: list[float] = []
    for size in reversed(among or [least]):
        before = 1.0 / kept[-1] if kept else 0.0
        if 1.0 / size - before >= 0.12 / least:
            kept.append(size)
    return kept
