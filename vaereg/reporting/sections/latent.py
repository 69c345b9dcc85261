"""The latent space: which dimensions are used, where latents lie, and decoded walks through it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vaereg.reporting.content import Figure, Key, Section, Strip
from vaereg.reporting.figures import written
from vaereg.reporting.figures.chart import WIDTH, Axis, Chart
from vaereg.reporting.figures.drawing import RIGHT, Drawing, draw
from vaereg.reporting.figures.marks import Bars, Line, Mark, Points, Rule
from vaereg.reporting.figures.scale import Linear, linear, logarithmic
from vaereg.reporting.panels import exhibit, grid
from vaereg.reporting.reported_run import ReportedRun
from vaereg.reporting.sheets import sheet

ACTIVE = 0.01
"""The variance of the posterior mean above which a dimension is active (Burda et al. 2016)."""

COLLAPSED = 0.01
"""The KL divergence in nats below which a dimension carries no information (Lucas et al. 2019)."""

BARS = 48
"""The largest number of bars that fit side by side; more dimensions become a line."""

DECODED = 32


def latent(runs: Sequence[ReportedRun]) -> Section | None:
    """How the latent is used, and whether the prior matches the latents of the data."""
    blocks = [
        by_dimension(
            runs,
            "curves/kl_per_dimension",
            title="KL divergence by dimension",
            caption="How much information each dimension carries about an example, sorted. The "
            "decoder ignores dimensions that carry none.",
            label="KL divergence from the prior (nats)",
            level=COLLAPSED,
            word="below it, collapsed",
        ),
        by_dimension(
            runs,
            "curves/active_variance",
            title="Activity by dimension",
            caption="How much the posterior mean of each dimension varies over the data, sorted.",
            label="variance of the posterior mean",
            level=ACTIVE,
            word="above it, active",
            logs=True,
        ),
        latents(runs),
        exhibit(
            runs,
            lambda run: grid(
                run.pictures("exhibits/posterior_samples"), "Posterior samples", DECODED
            ),
            title="Decoded latents of training data",
            caption="Decoded draws from the aggregate posterior of the training data. If these are "
            "better than the samples, the decoder is fine and the prior does not match the "
            "latents.",
        ),
        exhibit(
            runs,
            _traversals,
            title="Traversals",
            caption="One dimension varies at a time, the most informative first; the others stay "
            "at their median. Good: each row changes one aspect, smoothly.",
            flowing=False,
        ),
        exhibit(
            runs,
            _interpolations,
            title="Interpolations",
            caption="From one held-out example to another, along a great circle. Good: every step "
            "could be a real example. Two overlaid ghosts are a bad sign.",
            flowing=False,
        ),
    ]
    found = [each for each in blocks if each is not None]
    if not found:
        return None
    return Section(
        key="latent",
        name="Latent",
        title="The latent space",
        lead="How the latent space is used, and why a good decoder may still give bad samples.",
        blocks=found,
    )


def by_dimension(
    runs: Sequence[ReportedRun],
    path: str,
    *,
    title: str,
    caption: str,
    label: str,
    level: float,
    word: str,
    logs: bool = False,
) -> Figure | None:
    """A sorted value of each latent dimension, with a threshold."""
    having = [run for run in runs if run.array(path) is not None]
    if not having:
        return None
    values = [np.sort(run.arrays[path].ravel())[::-1] for run in having]
    most = max(map(len, values))
    marks: list[Mark] = []
    in_bars = most <= BARS and not logs
    for place, (run, each) in enumerate(zip(having, values, strict=True)):
        rank = np.arange(1, len(each) + 1, dtype=np.float64)
        if in_bars:
            width = 0.8 / len(having)
            x = rank + (place - (len(having) - 1) / 2) * width
            marks.append(Bars(x=x, y=each, width=width * 0.92, series=run.series))
        else:
            floored = np.maximum(each, level * 1e-3) if logs else each
            marks.append(Line(x=rank, y=floored, series=run.series, dots=most <= BARS))
    marks.append(Rule(y=level))
    scale = (
        logarithmic([np.maximum(each, level * 1e-3) for each in values], include=[level])
        if logs
        else linear(values, include=[0.0])
    )
    counts = " ".join(
        f"{f'{run.letter}: ' if len(runs) > 1 else ''}{int((each > level).sum())} of {len(each)} "
        f"above {level:g}."
        for run, each in zip(having, values, strict=True)
    )
    ranks = Linear(0.4, most + 0.6)
    step = max(1, round(most / 8))
    ranked = (1, *(at for at in range(step, most + 1, step) if at > 1))
    chart = Chart(
        title="",
        summary=f"{title}, sorted. {counts}",
        x=Axis(
            label="rank of the latent dimension",
            scale=ranks,
            named=tuple((float(at), str(at)) for at in ranked),
        ),
        y=Axis(label=label, scale=scale),
        marks=tuple(marks),
    )
    kind = "area" if in_bars else "line"
    legend = tuple(
        Key(series=run.series, words=f"{run.letter} {run.label}", kind=kind) for run in having
    )
    return Figure(
        title=title,
        caption=f"{caption} {counts}",
        legend=(
            *(legend if len(runs) > 1 else ()),
            Key(series="real", words=f"{level:g}: {word}", kind="rule"),
        ),
        drawings=(draw(chart),),
    )


def latents(runs: Sequence[ReportedRun]) -> Figure | None:
    """Latents of training data and draws from the prior in the plane where latents vary most."""
    drawings: list[Drawing] = []
    shown: list[ReportedRun] = []
    for run in runs:
        ours, prior = run.array("curves/codes"), run.array("curves/prior_codes")
        if ours is None or prior is None:
            continue
        drawings.append(draw(_plane(run, ours, prior, len(runs) > 1)))
        shown.append(run)
    if not drawings:
        return None
    return Figure(
        title="Latents and prior",
        caption="Draws from the aggregate posterior (colour) and from the prior (grey), in the two "
        "directions in which latents vary most. Good: the clouds coincide. Grey without colour is "
        "a hole: the decoder was never trained there.",
        legend=(
            *(
                Key(
                    series=run.series,
                    words="latents of training data" + (f", {run.letter}" if len(runs) > 1 else ""),
                    kind="dot",
                )
                for run in shown
            ),
            Key(series="real", words="draws from the prior", kind="dot"),
        ),
        drawings=tuple(drawings),
        wide=len(drawings) > 1,
    )


def _plane(run: ReportedRun, ours: np.ndarray, prior: np.ndarray, several: bool) -> Chart:
    reach = float(np.quantile(np.abs(np.concatenate([ours, prior])), 0.999)) * 1.08 or 1.0
    height = 300
    # A unit has the same length in both directions, so the x axis is longer by the frame's ratio.
    wider = (WIDTH - 45 - RIGHT) / (height - 68)
    return Chart(
        title=f"{run.letter} {run.label}" if several else "",
        summary=f"Scatter plot of latents and prior draws of {run.label}. Standard deviations "
        f"along the two axes: latents {_spreads(ours)}, prior {_spreads(prior)}.",
        x=Axis(label="first principal direction", scale=Linear(-reach * wider, reach * wider)),
        y=Axis(label="second principal direction", scale=Linear(-reach, reach)),
        marks=(
            Points(x=prior[:, 0], y=prior[:, 1], series="real"),
            Points(x=ours[:, 0], y=ours[:, 1], series=run.series),
        ),
        height=height,
    )


def _spreads(points: np.ndarray) -> str:
    return " and ".join(written.significant(float(each)) for each in points.std(axis=0))


def _traversals(run: ReportedRun) -> list[Strip]:
    rows = run.rows("exhibits/traversals")
    if rows is None:
        return []
    numbers, kl = run.array("exhibits/traversals/dimension"), run.array("exhibits/traversals/kl")
    strips = []
    for index, row in enumerate(rows):
        name = f"z{int(numbers[index])}" if numbers is not None else f"row {index + 1}"
        note = f"{written.significant(float(kl[index]), 2)} nats" if kl is not None else ""
        alt = f"{len(row)} steps along latent dimension {name}"
        strips.append(Strip(sheet=sheet([row], alt), name=name, note=note))
    return strips


def _interpolations(run: ReportedRun) -> list[Strip]:
    rows = run.rows("exhibits/interpolations")
    if rows is None:
        return []
    return [
        Strip(sheet=sheet([row], f"{len(row)} steps from one held-out example to another"))
        for row in rows
    ]
