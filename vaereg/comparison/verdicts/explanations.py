"""The causes of the bad scores of one run: each kind in a sentence, with the scores it explains."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import attrs

from vaereg.comparison.headline_scores import (
    COLLAPSED,
    COPIES,
    FIDELITY,
    GUARDS,
    HOLES,
    INFORMATION,
    RECONSTRUCTED_VARIANCE,
    SHARPNESS,
)
from vaereg.comparison.measured_run import MeasuredRun
from vaereg.comparison.verdicts.cause_kind import CauseKind
from vaereg.comparison.verdicts.causes import (
    LITTLE_INFORMATION,
    LITTLE_VARIANCE,
    MANY_COLLAPSED,
    causes,
    has_collapsed,
)
from vaereg.comparison.verdicts.distance_causes import NOTABLE_SHARE
from vaereg.comparison.verdicts.faults import fault, is_bad
from vaereg.comparison.verdicts.limits import is_beyond_limit
from vaereg.evaluation.evaluation import Evaluation, Score

SIGNS_OF_COLLAPSE: dict[str, Callable[[float], bool]] = {
    INFORMATION: lambda nats: nats < LITTLE_INFORMATION,
    COLLAPSED: lambda share: share >= MANY_COLLAPSED,
    RECONSTRUCTED_VARIANCE: lambda share: share < LITTLE_VARIANCE,
}
"""Which values of the scores of the latent show a collapse."""

CERTAIN: dict[str, CauseKind] = {
    HOLES: "prior",
    **dict.fromkeys(FIDELITY, "decoder"),
    **dict.fromkeys(SIGNS_OF_COLLAPSE, "collapse"),
    **dict.fromkeys(GUARDS["sharp"], "texture"),
    **dict.fromkeys(GUARDS["true"], "copies"),
}
"""The scores that show a single cause, if it is there."""


@attrs.frozen(kw_only=True)
class Explanation:
    """One kind of cause.

    Args:
        kind: the kind.
        text: all that was found of it, as a sentence.
        scores: the names of the bad scores of samples that it explains.
    """

    kind: CauseKind
    text: str
    scores: tuple[str, ...]


def explanations(evaluation: Evaluation) -> tuple[Explanation, ...]:
    """The causes of an evaluation, those that were found first first."""
    runs = [MeasuredRun(run=evaluation.run, evaluation=evaluation)]
    found = causes(runs)
    of_scores = _kinds_of_scores(runs[0], {each.kind for each in found})
    told = []
    for kind in dict.fromkeys(each.kind for each in found):
        text = "; ".join(each.text for each in found if each.kind == kind)
        scores = tuple(name for name, kinds in of_scores.items() if kind in kinds)
        told.append(Explanation(kind=kind, text=f"{text[:1].upper()}{text[1:]}.", scores=scores))
    return tuple(told)


def _kinds_of_scores(
    run: MeasuredRun, found: set[CauseKind]
) -> Mapping[str, tuple[CauseKind, ...]]:
    """The kinds of cause that explain each bad score of samples."""
    kinds: dict[str, tuple[CauseKind, ...]] = {}
    unclear: list[Score] = []
    for name, score in run.scores.items():
        if score.is_twin:
            continue
        certain = CERTAIN.get(score.base)
        if score.base.startswith(COPIES):
            certain = "copies"
        if certain is not None:
            kinds[name] = (certain,) if certain in found and _is_sign(run, score) else ()
        elif is_bad(score) and _is_sign(run, score):
            kinds[name] = _kinds_of(run, score, found)
            if not kinds[name]:
                unclear.append(score)
    for score in unclear:  # as the other scores of its question
        same = (each for name, each in kinds.items() if run.scores[name].question == score.question)
        kinds[score.name] = tuple(dict.fromkeys(kind for each in same for kind in each))
    return {name: each for name, each in kinds.items() if each}


def _is_sign(run: MeasuredRun, score: Score) -> bool:
    """Whether a score that may show a cause shows one here."""
    if score.base in SIGNS_OF_COLLAPSE:
        return SIGNS_OF_COLLAPSE[score.base](score.value)
    return score.limit is None or is_beyond_limit([run], score.name)


def _kinds_of(run: MeasuredRun, score: Score, found: set[CauseKind]) -> tuple[CauseKind, ...]:
    """Whose fault a bad score is, the larger part first; empty if that is not known."""
    if has_collapsed([run]):
        return ("collapse",)
    rough = run.scores.get(SHARPNESS)
    if "texture" in found and score.question == "sharp" and rough is not None and rough.value > 0:
        return ("texture",)
    divided = fault(run.scores, score.name)
    if divided is None:
        return ()
    parts: list[tuple[float, CauseKind]] = []
    if divided.sure_of_decoder and divided.decoder >= NOTABLE_SHARE:
        parts.append((divided.decoder, "decoder"))
    if divided.sure_of_prior and divided.prior >= NOTABLE_SHARE:
        parts.append((divided.prior, "prior"))
    return tuple(kind for _, kind in sorted(parts, reverse=True) if kind in found)
