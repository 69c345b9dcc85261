"""What the samples of a model lack and where that comes from, in one sentence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vaereg.comparison.figures import figure
from vaereg.comparison.measured_run import MeasuredRun

NOTABLE = 1.0
"""From how many dB off real data on a lack or surplus of high frequencies is told: about 26 %."""

HALF = 0.5
"""Where reconstructions show so much of what is wrong with samples, the decoder is to blame."""

HOLES = 0.03
"""From which hole rate on holes are told; draws of the aggregate posterior would have 1 %."""

UNUSED = 0.5
"""From which share of latent dimensions without information on that is told."""


def cause(runs: Sequence[MeasuredRun], label: str) -> str:
    """The sentence on one side.

    Reconstructions come from latents that the decoder was trained on, samples from the sampler's.
    So what both lack the decoder lacks, and what only samples lack comes from where they are drawn
    (Dai and Wipf 2019, arXiv:1903.05789).

    Args:
        runs: the evaluated runs of the side; means over them are told.
        label: how the side is called.
    """
    parts = [each for each in (_sharpness(runs), _holes(runs), _unused(runs)) if each]
    if not parts:
        if _mean(runs, "hf_gap") is None and _mean(runs, "hole_rate") is None:
            return f"{label}: neither spectra nor latents were measured, so no cause can be told."
        return f"{label}: no single cause stands out."
    return f"{label}: {'; '.join(parts)}."


def _sharpness(runs: Sequence[MeasuredRun]) -> str:
    gap, reconstructed = (
        _above_reference(runs, "hf_gap"),
        _above_reference(runs, "hf_gap_reconstructed"),
    )
    if gap is None or abs(gap) < NOTABLE:
        return ""
    what = "blurred" if gap < 0 else "rough (noise or checkerboards)"
    told = f"samples are {what}, {_decibel(gap)} at high frequencies against real data"
    if reconstructed is None:
        return told
    also = f"reconstructions are at {_decibel(reconstructed)}"
    if reconstructed / gap >= HALF:
        return f"{told}, and {also}: it is the decoder"
    return f"{told}, while {also}: it is not the decoder but where samples are drawn"


def _holes(runs: Sequence[MeasuredRun]) -> str:
    rate = _mean(runs, "hole_rate")
    if rate is None or rate < HOLES:
        return ""
    return (
        f"{figure(rate, share=True)} of samples are drawn where the decoder saw next to no data "
        "(holes of the prior; 1 % would be none)"
    )


def _unused(runs: Sequence[MeasuredRun]) -> str:
    share = _mean(runs, "collapsed_share")
    if share is None or share < UNUSED:
        return ""
    return f"{figure(share, share=True)} of the latent dimensions carry nothing (collapse)"


def _mean(runs: Sequence[MeasuredRun], name: str) -> float | None:
    if not all(name in run.scores for run in runs):
        return None
    return float(np.mean([run.scores[name].value for run in runs]))


def _above_reference(runs: Sequence[MeasuredRun], name: str) -> float | None:
    value = _mean(runs, name)
    return None if value is None else value - (runs[0].scores[name].reference or 0.0)


def _decibel(value: float) -> str:
    return f"{value:+.1f} dB"
