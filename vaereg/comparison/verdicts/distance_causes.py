"""The parts of the decoder and of the prior in what samples lack: distance, variety, colours."""

from __future__ import annotations

import math
from collections.abc import Sequence

import attrs
import numpy as np

from vaereg.comparison.figures import figure
from vaereg.comparison.headline_scores import (
    CLASS_DISTANCE,
    COLOURS,
    DISTANCE_ADDED,
    DISTANCE_RECONSTRUCTED,
    GUARDS,
    MISSING_CLASSES,
    NEVER_DECIDE,
    PRIMARY,
)
from vaereg.comparison.measured_run import MeasuredRun
from vaereg.comparison.verdicts.cause_kind import Cause, CauseKind
from vaereg.comparison.verdicts.copying import mean_lower_end
from vaereg.comparison.verdicts.faults import Fault, fault
from vaereg.comparison.verdicts.limits import is_beyond_limit
from vaereg.comparison.verdicts.mean_scores import above_reference, mean_score

NOTABLE_SHARE = 0.2
"""The decoder or the prior is blamed for a gap to real data from this share of it on."""

NOTABLE_LEVELS = 5.0
"""Colours are reported from this many grey levels of 255 on."""

HALF = 0.5
"""If reconstructions have at least this share of the samples' gap, the decoder causes it."""


@attrs.frozen(kw_only=True)
class _Parts:
    """The two parts of the distance of samples from real data in one feature space.

    Args:
        space: the name of the feature extractor.
        decoder: how much farther reconstructions are than real data.
        prior: how much farther samples are than reconstructions.
        sure_of_decoder, sure_of_prior: whether a part is more than noise.
    """

    space: str
    decoder: float
    prior: float
    sure_of_decoder: bool
    sure_of_prior: bool

    @property
    def whole(self) -> float:
        return self.decoder + self.prior


def distance_causes(runs: Sequence[MeasuredRun]) -> tuple[Cause, ...]:
    """How much of the distance to real data is due to the decoder, and how much to the prior."""
    parts = parts_by_space(runs)
    decoder = [
        _share_text(each, each.decoder)
        for each in parts
        if each.sure_of_decoder and each.decoder >= NOTABLE_SHARE * each.whole
    ]
    prior = [
        _share_text(each, each.prior)
        for each in parts
        if each.sure_of_prior and each.prior >= NOTABLE_SHARE * each.whole
    ]
    beyond = "of the kernel distance of samples beyond that of real data"
    found = []
    if decoder:
        shares = " and ".join(decoder)
        found.append(
            Cause("decoder", f"{beyond}, reconstructions have {shares}: the decoder's fault")
        )
    if prior:
        shares = " and ".join(prior)
        found.append(Cause("prior", f"{beyond}, sampling adds {shares}: the prior's fault"))
    return tuple(found)


def _share_text(parts: _Parts, part: float) -> str:
    return (
        f"{figure(part / parts.whole, share=True)} in {parts.space} "
        f"({figure(part)} of {figure(parts.whole)})"
    )


def parts_by_space(runs: Sequence[MeasuredRun]) -> list[_Parts]:
    """The parts in every space that all runs have, without spaces that say little."""
    found = []
    for score in runs[0].scores.values():
        space = score.extractor
        names = f"{DISTANCE_RECONSTRUCTED}_{space}", f"{DISTANCE_ADDED}_{space}"
        if score.name != names[0] or _says_little(runs, space):
            continue
        decoder, prior = (above_reference(runs, name) for name in names)
        if decoder is None or prior is None or max(decoder, prior) <= 0.0:
            continue
        found.append(
            _Parts(
                space=space,
                decoder=max(decoder, 0.0),
                prior=max(prior, 0.0),
                sure_of_decoder=_is_surely_above_reference(runs, names[0]),
                sure_of_prior=_is_surely_above_reference(runs, names[1]),
            )
        )
    return found


def _is_surely_above_reference(runs: Sequence[MeasuredRun], name: str) -> bool:
    scores = [run.scores[name] for run in runs]
    return mean_lower_end(scores) > float(np.mean([each.reference or 0.0 for each in scores]))


def variety_causes(runs: Sequence[MeasuredRun]) -> tuple[Cause, ...]:
    """How much of the missing variety is due to the decoder, and how much to the prior."""
    base = PRIMARY["varied"]
    lost: dict[CauseKind, list[str]] = {"decoder": [], "prior": []}
    for score in runs[0].scores.values():
        if score.base != base or _says_little(runs, score.extractor):
            continue
        found = _faults(runs, score.name)
        if not found:
            continue
        decoder, _ = _blame(found)
        parts: dict[CauseKind, tuple[float, bool]] = {
            "decoder": (decoder, all(each.sure_of_decoder for each in found)),
            "prior": (1.0 - decoder, all(each.sure_of_prior for each in found)),
        }
        for kind, (share, is_sure) in parts.items():
            if is_sure and share >= NOTABLE_SHARE:
                lost[kind].append(f"{figure(share, share=True)} in {score.extractor}")
    lack = f"of what samples lack in {base.replace('_', ' ')}"
    told: dict[CauseKind, str] = {
        "decoder": "reconstructions lack {}: the decoder's fault",
        "prior": "sampling loses {}: the prior's fault",
    }
    return tuple(
        Cause(kind, f"{lack}, {told[kind].format(' and '.join(shares))}")
        for kind, shares in lost.items()
        if shares
    )


def colour_cause(runs: Sequence[MeasuredRun]) -> Cause | None:
    """Colours that are off, in grey levels."""
    found = _faults(runs, COLOURS)
    if not found:
        return None
    levels = math.sqrt(float(np.mean([each.samples for each in found])))
    if levels < NOTABLE_LEVELS:
        return None
    decoder, kind = _blame(found)
    return Cause(
        kind,
        f"the colours of samples are off by about {levels:.0f} of 255 levels ({COLOURS} beyond "
        f"that of real data; reconstructions have {figure(decoder, share=True)} of it): the "
        f"{kind}'s fault",
    )


def classes_cause(runs: Sequence[MeasuredRun]) -> Cause | None:
    """Classes that are missing among samples."""
    for score in runs[0].scores.values():
        if score.base != MISSING_CLASSES:
            continue
        missing = mean_score(runs, score.name)
        found = _faults(runs, f"{CLASS_DISTANCE}_{score.extractor}")
        if missing is None or missing < 1.0 or not found:
            continue
        decoder, kind = _blame(found)
        return Cause(
            kind,
            f"samples lack {missing:.3g} of the classes ({score.name}), and reconstructions have "
            f"{figure(decoder, share=True)} of the shift of classes: the {kind}'s fault",
        )
    return None


def repeats_cause(runs: Sequence[MeasuredRun]) -> Cause | None:
    """Samples that repeat one another."""
    for name in GUARDS["varied"]:
        found = _faults(runs, name)
        if not is_beyond_limit(runs, name) or not found:
            continue
        decoder, kind = _blame(found)
        return Cause(
            kind,
            f"{figure(mean_score(runs, name), share=True)} of samples repeat another one ({name}), "
            f"and reconstructions have {figure(decoder, share=True)} of this: the {kind}'s fault",
        )
    return None


def _faults(runs: Sequence[MeasuredRun], name: str) -> list[Fault]:
    """Whose fault a score is in each run; empty unless it is bad in all of them."""
    found = [each for run in runs if (each := fault(run.scores, name)) is not None]
    return found if len(found) == len(runs) else []


def _blame(found: Sequence[Fault]) -> tuple[float, CauseKind]:
    """The decoder's share of the gap, on average over the runs, and who causes most of it."""
    decoder = float(np.mean([each.decoder for each in found]))
    return decoder, "decoder" if decoder >= HALF else "prior"


def _says_little(runs: Sequence[MeasuredRun], space: str) -> bool:
    return runs[0].evaluation.evaluated_on.form == "image" and space in NEVER_DECIDE
