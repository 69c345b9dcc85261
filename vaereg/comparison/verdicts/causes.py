"""What the samples of a model lack, and why, in words."""

from __future__ import annotations

from collections.abc import Sequence

from vaereg.comparison.figures import figure
from vaereg.comparison.headline_scores import (
    COLLAPSED,
    GUARDS,
    HOLES,
    INFORMATION,
    RECONSTRUCTED_VARIANCE,
    SHARPNESS,
    SHARPNESS_RECONSTRUCTED,
)
from vaereg.comparison.measured_run import MeasuredRun
from vaereg.comparison.verdicts.cause_kind import Cause, CauseKind
from vaereg.comparison.verdicts.copying import copy_measures, is_copying
from vaereg.comparison.verdicts.distance_causes import (
    HALF,
    classes_cause,
    colour_cause,
    distance_causes,
    parts_by_space,
    repeats_cause,
    variety_causes,
)
from vaereg.comparison.verdicts.limits import is_beyond_limit
from vaereg.comparison.verdicts.mean_scores import above_reference, mean_score

NOTABLE = 1.0
"""A gap to real data at high frequencies is reported from this many dB on: about 26 %."""

MANY_HOLES = 0.03
"""Holes are reported from this rate on; draws from the aggregate posterior would have 1 %."""

MANY_COLLAPSED = 0.5
"""Unused dimensions are reported from this share of the latent dimensions on."""

LITTLE_INFORMATION = 0.1
"""The posterior has collapsed if the latent carries less information about an example, in nats"""

LITTLE_VARIANCE = 0.01
"""or if reconstructions vary less than this share of the data."""


def cause(runs: Sequence[MeasuredRun], label: str) -> str:
    """The sentence on one side.

    Args:
        runs: the evaluated runs of the side; the sentence reports means over them.
        label: the name of the side.
    """
    found = causes(runs)
    if found:
        return f"{label}: {'; '.join(each.text for each in found)}."
    known = any(mean_score(runs, name) is not None for name in (SHARPNESS, HOLES))
    if not known and not parts_by_space(runs):
        return f"{label}: the cause is unknown: neither spectra nor latents were measured."
    return f"{label}: no single cause stands out."


def causes(runs: Sequence[MeasuredRun]) -> tuple[Cause, ...]:
    """The causes of defects, from scores of samples, reconstructions and latents.

    Reconstructions come from latents that the decoder was trained on, samples from latents of the
    sampler. A defect of both is therefore due to the decoder, and a defect of samples alone is due
    to where they are drawn (Dai and Wipf 2019, arXiv:1903.05789). In each feature space, both parts
    of the kernel distance are stated if they are more than noise. If the posterior has collapsed,
    neither is blamed: no decoder and no prior can help before the latent is used.

    Args:
        runs: the evaluated runs of one side, of whose scores means are taken.
    """
    collapse = _collapse_cause(runs)
    found = (
        collapse,
        *distance_causes(runs),
        *variety_causes(runs),
        classes_cause(runs),
        colour_cause(runs),
        _spectrum_cause(runs),
        _pattern_cause(runs),
        _holes_cause(runs),
        repeats_cause(runs),
        _copies_cause(runs),
    )
    hidden = {"decoder", "prior"} if has_collapsed(runs) else set()
    return tuple(each for each in found if each is not None and each.kind not in hidden)


def _spectrum_cause(runs: Sequence[MeasuredRun]) -> Cause | None:
    gap = above_reference(runs, SHARPNESS)
    reconstructed = above_reference(runs, SHARPNESS_RECONSTRUCTED)
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
    rate = mean_score(runs, HOLES)
    if rate is None or rate < MANY_HOLES:
        return None
    return Cause(
        "prior",
        f"{figure(rate, share=True)} of samples are drawn where the decoder saw almost no data "
        "(holes in the prior; without holes it would be 1 %)",
    )


def _pattern_cause(runs: Sequence[MeasuredRun]) -> Cause | None:
    """A periodic pattern that the guard of sharpness sees."""
    seen = [name for name in GUARDS["sharp"] if is_beyond_limit(runs, name)]
    if not seen:
        return None
    first = runs[0].scores[seen[0]]
    value = figure(mean_score(runs, first.name), share=first.share, unit=first.unit)
    limit = figure(first.limit, share=first.share, unit=first.unit)
    details = dict.fromkeys(run.scores[first.name].detail for run in runs)
    where = "".join(f", {each}" for each in details if each)
    return Cause(
        "texture",
        f"samples show a periodic pattern{where} ({first.name} {value}; real data stays below "
        f"{limit})",
    )


def _copies_cause(runs: Sequence[MeasuredRun]) -> Cause | None:
    """Copies of training examples, by values and by features, or by a score with a limit."""
    measures = copy_measures(runs)
    copied = [name for name in measures if is_copying([run.scores[name] for run in runs])]
    exact = [name for name in GUARDS["true"] if is_beyond_limit(runs, name)]
    if not exact and (not copied or len(copied) < len(measures)):
        return None
    shares = [
        f"{figure(mean_score(runs, name), share=True)} by {name}"
        + (f" (real data {figure(reference, share=True)})" if reference is not None else "")
        for name in (*exact, *copied)
        for reference in (runs[0].scores[name].reference,)
    ]
    return Cause("copies", f"samples copy training examples: {' and '.join(shares)}")


def has_collapsed(runs: Sequence[MeasuredRun]) -> bool:
    """Whether the latent carries almost no information about an example."""
    return _is_below(mean_score(runs, INFORMATION), LITTLE_INFORMATION) or _is_below(
        mean_score(runs, RECONSTRUCTED_VARIANCE), LITTLE_VARIANCE
    )


def _collapse_cause(runs: Sequence[MeasuredRun]) -> Cause | None:
    if has_collapsed(runs):
        information = mean_score(runs, INFORMATION)
        variance = mean_score(runs, RECONSTRUCTED_VARIANCE)
        signs = []
        if information is not None:
            signs.append(f"the latent carries {figure(information, unit='nats')} about an example")
        if variance is not None:
            signs.append(
                f"reconstructions have {figure(variance, share=True)} of the variance of the data"
                + (", so they are nearly equal" if variance < LITTLE_VARIANCE else "")
            )
        return Cause("collapse", f"the posterior has collapsed: {' and '.join(signs)}")
    share = mean_score(runs, COLLAPSED)
    if share is None or share < MANY_COLLAPSED:
        return None
    return Cause(
        "collapse", f"{figure(share, share=True)} of the latent dimensions carry no information"
    )


def _is_below(value: float | None, limit: float) -> bool:
    return value is not None and value < limit
