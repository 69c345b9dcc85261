"""Is it sharp? Reconstructions, spectra and edges."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vaereg.comparison.figures import figure
from vaereg.evaluation.evaluation import Score
from vaereg.reporting.content import Facts, Figure, Key, Section, Strip
from vaereg.reporting.figures.chart import Axis, Chart
from vaereg.reporting.figures.distribution import histograms
from vaereg.reporting.figures.drawing import draw
from vaereg.reporting.figures.marks import Band, Line, Mark, Outline
from vaereg.reporting.figures.scale import Linear, Logarithmic, linear
from vaereg.reporting.panels import ACROSS, REAL, exhibit, key, named
from vaereg.reporting.reported_run import ReportedRun
from vaereg.reporting.sheets import SMALL, sheet

PAIRS = 32

NUMBERS = {
    "spectrum_distance": "Distance of samples from real images",
    "spectrum_distance_reconstructed": "Distance of reconstructions",
    "periodic_artifacts": "Largest regular pattern in samples",
    "periodic_artifacts_reconstructed": "Largest regular pattern in reconstructions",
}
"""The scores of whole spectra, and their names for readers."""


def sharp(runs: Sequence[ReportedRun]) -> Section | None:
    """Whether samples have the detail of real images, and whether the decoder can produce it."""
    blocks = [
        exhibit(
            runs,
            _reconstructions,
            title="Reconstructions",
            caption="In each group of three rows: real examples, their reconstructions, and the "
            "difference (black where equal). Blur in reconstructions comes from the decoder; "
            "samples cannot be sharper.",
        ),
        in_numbers(runs),
        spectra(runs),
        edges(runs),
    ]
    blocks = [each for each in blocks if each is not None]
    if not blocks:
        return None
    return Section(
        key="sharp",
        name="Sharp?",
        title="Is it sharp?",
        lead="Blur is a lack of power at high frequencies. An excess over the data is noise or a "
        "regular pattern, which is no better.",
        blocks=blocks,
    )


def _reconstructions(run: ReportedRun) -> list[Strip]:
    real = run.pictures("exhibits/real")
    made = run.pictures("exhibits/reconstructed")
    if real is None or made is None or real.shape[1:] != made.shape[1:]:
        return []
    across = ACROSS if max(real.shape[1:3]) <= SMALL else ACROSS // 2
    count = min(len(real), len(made), PAIRS)
    images = run.array("exhibits/real")
    are_images = images is not None and images.dtype == np.uint8
    strips = []
    for start in range(0, count, across):
        part = slice(start, min(start + across, count))
        rows = [real[part], made[part]]
        if are_images:  # a difference of two bar charts means nothing
            rows.append(np.abs(real[part].astype(np.int16) - made[part]).astype(np.uint8))
        alt = f"Real examples {start + 1} to {part.stop}, below them their reconstructions" + (
            ", below those the differences" if are_images else ""
        )
        strips.append(Strip(sheet=sheet(rows, alt)))
    return strips


def in_numbers(runs: Sequence[ReportedRun]) -> Facts | None:
    """The distance of the whole spectrum, and the largest peak of a regular pattern."""
    rows = []
    for base, name in NUMBERS.items():
        found = [run.evaluation.scores.get(base) for run in runs]
        if any(found):
            rows.append((name, tuple(_number(each) for each in found)))
    if not rows:
        return None
    return Facts(
        title="Spectra in numbers",
        rows=tuple(rows),
        columns=tuple(map(named, runs)) if len(runs) > 1 else (),
    )


def _number(score: Score | None) -> str:
    """A score with what it is measured by: real data against real data, or a limit."""
    if score is None:
        return ""
    value = figure(score.value, unit=score.unit)
    if score.limit is not None:
        above = "above" if score.value > score.limit else "below"
        told = f"{value}, {above} the limit of {figure(score.limit, unit=score.unit)}"
        return f"{told}: {score.detail}" if score.detail else told
    if score.reference is not None:
        return f"{value} (real data {figure(score.reference, unit=score.unit)})"
    return value


def spectra(runs: Sequence[ReportedRun]) -> Figure | None:
    """Mean power by frequency of data, samples and reconstructions."""
    needed = ("curves/frequency", "curves/spectrum_generated")
    having = [run for run in runs if all(run.array(path) is not None for path in needed)]
    if not having:
        return None
    marks: list[Mark] = []
    shown: list[np.ndarray] = []
    for run in having:
        frequency = run.arrays["curves/frequency"]
        low = run.array("curves/spectrum_generated_low")
        high = run.array("curves/spectrum_generated_high")
        if low is not None and high is not None and len(having) == 1:
            marks.append(Band(x=frequency, low=low, high=high, series=run.series))
            shown += [high, np.maximum(low, run.arrays["curves/spectrum_generated"] - 20)]
    for run in having:
        frequency = run.arrays["curves/frequency"]
        made = run.array("curves/spectrum_reconstructed")
        if made is not None:
            marks.append(Line(x=frequency, y=made, series=run.series, faint=True))
            shown.append(made)
        marks.append(
            Line(x=frequency, y=run.arrays["curves/spectrum_generated"], series=run.series)
        )
        shown.append(run.arrays["curves/spectrum_generated"])
    real = having[0].array("curves/spectrum_real")
    if real is not None:
        marks.append(Line(x=having[0].arrays["curves/frequency"], y=real, series="real"))
        shown.append(real)
    summary = "Power by spatial frequency. " + " ".join(
        f"{run.label}: {_spectrum_gap(run)}."
        for run in having
        if run.array("curves/spectrum_real") is not None
    )
    chart = Chart(
        title="",
        summary=summary,
        x=Axis(label="spatial frequency (share of Nyquist)", scale=Linear(0.0, 1.0)),
        y=Axis(label="power (dB)", scale=linear(shown)),
        marks=tuple(marks),
    )
    legend = [REAL]
    for run in having:
        legend.append(key(run, runs, "samples"))
        if run.array("curves/spectrum_reconstructed") is not None:
            legend.append(key(run, runs, "reconstructions", faint=True))
    if len(having) == 1 and any(isinstance(mark, Band) for mark in marks):
        legend.append(Key(series=having[0].series, words="90 % of samples", kind="area"))
    return Figure(
        title="Spectrum",
        caption="Mean power of images by frequency. Good: the samples' line coincides with that of "
        "the data. Below it on the right is blur; above it, noise or a checkerboard.",
        legend=tuple(legend),
        drawings=(draw(chart),),
    )


def _spectrum_gap(run: ReportedRun) -> str:
    """The gap between samples and data in the upper half of the frequencies, as a sentence."""
    upper = run.arrays["curves/frequency"] >= 0.5
    gap = run.arrays["curves/spectrum_generated"] - run.arrays["curves/spectrum_real"]
    mean = float(np.mean(gap[upper])) if upper.any() else float(np.mean(gap))
    return f"samples have {abs(mean):.1f} dB {'less' if mean < 0 else 'more'} at high frequencies"


def edges(runs: Sequence[ReportedRun]) -> Figure | None:
    """The distribution of the sharpness of single images."""
    path = "sharpness_ratio/values"
    having = [run for run in runs if run.array(f"scores/{path}") is not None]
    if not having:
        return None
    real = having[0].array(f"references/{path}")
    sets = [run.arrays[f"scores/{path}"] for run in having]
    bins, shares = histograms([*([real] if real is not None else []), *sets], logarithmic=True)
    marks: list[Mark] = []
    if real is not None:
        marks.append(Outline(edges=bins, shares=100 * shares[0], series="real"))
    for run, share in zip(having, shares[len(shares) - len(having) :], strict=True):
        marks.append(Outline(edges=bins, shares=100 * share, series=run.series))
    top = max(float(each.max()) for each in shares) * 100
    chart = Chart(
        title="",
        summary="Histogram of the sharpness of single images. "
        + " ".join(
            f"{run.label}: median {np.median(s):.3g}." for run, s in zip(having, sets, strict=True)
        )
        + (f" Real images: median {np.median(real):.3g}." if real is not None else ""),
        x=Axis(
            label="variance of the Laplacian of an image (no unit)",
            scale=Logarithmic(float(bins[0]), float(bins[-1])),
        ),
        y=Axis(label="share of images (%)", scale=linear([np.array([0.0, top])])),
        marks=tuple(marks),
    )
    legend = ([REAL] if real is not None else []) + [key(run, runs, "samples") for run in having]
    return Figure(
        title="Sharpness of single images",
        caption="Good: both distributions coincide. Samples further left have softer edges than "
        "the data, or only plain shapes; samples further right are noisy.",
        legend=tuple(legend),
        drawings=(draw(chart),),
    )
