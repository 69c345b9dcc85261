"""What the samples of a model lack, and why, in one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

import attrs
import numpy as np

from vaereg.comparison.figures import figure
from vaereg.comparison.headline_scores import (
    COLLAPSED,
    HOLES,
    INFORMATION,
    RECONSTRUCTED_VARIANCE,
    SHARPNESS,
    SHARPNESS_RECONSTRUCTED,
)
from vaereg.comparison.measured_run import MeasuredRun

NOTABLE = 1.0
"""A gap to real data at high frequencies is reported from this many dB on: about 26 %."""

HALF = 0.5
"""If reconstructions have at least this share of the samples' gap, the decoder causes it."""

MANY_HOLES = 0.03
"""Holes are reported from this rate on; draws from the aggregate posterior would have 1 %."""

MANY_COLLAPSED = 0.5
"""Unused dimensions are reported from this share of the latent dimensions on."""

LITTLE_INFORMATION = 0.1
"""The posterior has collapsed if the latent carries less information about an example, in nats"""

LITTLE_VARIANCE = 0.01
"""or if reconstructions vary less than this share of the data."""


CauseKind: TypeAlias = Literal["decoder", "texture", "prior", "collapse"]
"""What a defect of samples is due to. A component with the tag `remedy:decoder` removes such a
defect."""


@attrs.frozen
class Cause:
    """Why samples are defective.

    Args:
        kind: what the defect is due to.
        text: the defect and its cause with numbers, as a clause.
    """

    kind: CauseKind
    text: str


def cause(runs: Sequence[MeasuredRun], label: str) -> str:
    """The sentence on one side.

    Args:
        runs: the evaluated runs of the side; the sentence reports means over them.
        label: the name of the side.
    """
    found = causes(runs)
    if found:
        return f"{label}: {'; '.join(each.text for each in found)}."
    if _mean_score(runs, SHARPNESS) is None and _mean_score(runs, HOLES) is None:
        return f"{label}: the cause is unknown: neither spectra nor latents were measured."
    return f"{label}: no single cause stands out."


def causes(runs: Sequence[MeasuredRun]) -> tuple[Cause, ...]:
    """The causes of defects, from scores of samples, reconstructions and latents.

    Reconstructions come from latents that the decoder was trained on, samples from latents of the
    sampler. A defect of both is therefore due to the decoder, and a defect of samples alone is due
    to where they are drawn (Dai and Wipf 2019, arXiv:1903.05789).

    Args:
        runs: the evaluated runs of one side, of whose scores means are taken.
    """
    found = (_spectrum_cause(runs), _holes_cause(runs), _collapse_cause(runs))
    return tuple(each for each in found if each is not None)


def _spectrum_cause(runs: Sequence[MeasuredRun]) -> Cause | None:
    gap = _above_reference(runs, SHARPNESS)
    reconstructed = _above_reference(runs, SHARPNESS_RECONSTRUCTED)
    if gap is None or abs(gap) < NOTABLE:
        return None
    kind: CauseKind = "decoder" if gap < 0 else "texture"
    what = "blurred" if gap < 0 else "rough (noise or checkerboards)"
    samples = f"samples are {what}, {gap:+.1f} dB at high frequencies relative to real data"
    if reconstructed is None:
        return Cause(kind, samples)
    if reconstructed / gap >= HALF:
        return Cause(
            kind,
            f"{samples}, and reconstructions {reconstructed:+.1f} dB, which points to the decoder",
        )
    return Cause(
        "prior",
        f"{samples}, but reconstructions {reconstructed:+.1f} dB, which points to where samples "
        "are drawn rather than to the decoder",
    )


def _holes_cause(runs: Sequence[MeasuredRun]) -> Cause | None:
    rate = _mean_score(runs, HOLES)
    if rate is None or rate < MANY_HOLES:
        return None
    return Cause(
        "prior",
        f"{figure(rate, share=True)} of samples are drawn where the decoder saw almost no data "
        "(holes in the prior; without holes it would be 1 %)",
    )


def _collapse_cause(runs: Sequence[MeasuredRun]) -> Cause | None:
    information = _mean_score(runs, INFORMATION)
    variance = _mean_score(runs, RECONSTRUCTED_VARIANCE)
    if _is_below(information, LITTLE_INFORMATION) or _is_below(variance, LITTLE_VARIANCE):
        signs = []
        if information is not None:
            signs.append(f"the latent carries {figure(information, unit='nats')} about an example")
        if variance is not None:
            signs.append(
                f"reconstructions have {figure(variance, share=True)} of the variance of the data"
            )
        return Cause("collapse", f"the posterior has collapsed: {' and '.join(signs)}")
    share = _mean_score(runs, COLLAPSED)
    if share is None or share < MANY_COLLAPSED:
        return None
    return Cause(
        "collapse", f"{figure(share, share=True)} of the latent dimensions carry no information"
    )


def _is_below(value: float | None, limit: float) -> bool:
    return value is not None and value < limit


def _mean_score(runs: Sequence[MeasuredRun], name: str) -> float | None:
    if not all(name in run.scores for run in runs):
        return None
    return float(np.mean([run.scores[name].value for run in runs]))


def _above_reference(runs: Sequence[MeasuredRun], name: str) -> float | None:
    value = _mean_score(runs, name)
    return None if value is None else value - (runs[0].scores[name].reference or 0.0)
