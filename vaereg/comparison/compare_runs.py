"""Evaluated runs in pairs -> a comparison: every score, three verdicts, and the causes."""

from __future__ import annotations

from collections.abc import Sequence

from vaereg.comparison.comparable import cautions, check_comparable, common_extractors
from vaereg.comparison.comparison import METHOD, Comparison, Side
from vaereg.comparison.figures import percent
from vaereg.comparison.measured_run import MeasuredRun, read_measured
from vaereg.comparison.pairing import Pairing
from vaereg.comparison.statistics.effect import Effect
from vaereg.comparison.statistics.method_effect import LEAST_SEEDS, method_effect
from vaereg.comparison.statistics.weights_effect import weights_effect
from vaereg.comparison.verdicts.causes import cause
from vaereg.comparison.verdicts.verdicts import ALPHA, ROPE, rope_of, verdicts
from vaereg.comparison.verdicts.vetoes import find_vetoes
from vaereg.evaluation.evaluation import LEVEL, Evaluation
from vaereg.runs.atomic import read_json
from vaereg.runs.layout import RunFolder

BOUNDS = ("elbo", "iwae", "inference_gap")
"""Scores in units of the likelihood, which those of another have no common scale with."""


def compare_runs(
    pairing: Pairing, of_a: Sequence[Evaluation], of_b: Sequence[Evaluation]
) -> Comparison:
    """Compares runs that are evaluated.

    Args:
        pairing: which runs.
        of_a, of_b: their evaluations, in the order of the pairs.

    Raises:
        RunError: if they cannot be compared, with everything that differs, or the arrays beside an
            evaluation are missing or damaged.
    """
    runs_a = [read_measured(*each, found) for each, found in zip(pairing.a, of_a, strict=True)]
    runs_b = [read_measured(*each, found) for each, found in zip(pairing.b, of_b, strict=True)]
    folders = [folder for folder, _ in (*pairing.a, *pairing.b)]
    likelihoods = list(dict.fromkeys(map(_likelihood, folders)))
    notes = list(pairing.notes)
    without: tuple[str, ...] = ()
    if len(likelihoods) > 1:
        without = BOUNDS
        notes.append(
            f"bounds on log p(x) are not compared: those of {' and '.join(likelihoods)} are no "
            "common scale"
        )
    return compare_measured(pairing, runs_a, runs_b, without=without, notes=notes)


def _likelihood(folder: RunFolder) -> str:
    slot = read_json(folder.lock)["components"].get("likelihood", {})
    return str(slot.get("component", "an unknown likelihood"))


def compare_measured(
    pairing: Pairing,
    runs_a: Sequence[MeasuredRun],
    runs_b: Sequence[MeasuredRun],
    *,
    without: Sequence[str] = (),
    notes: Sequence[str] = (),
) -> Comparison:
    """Compares runs whose scores and influences are at hand; see `compare_runs`.

    Args:
        pairing: which question is asked, the seeds, and how the sides are called.
        runs_a, runs_b: the runs, in the order of the pairs.
        without: scores that are no common scale for them.
        notes: warnings to begin with.
    """
    check_comparable([*runs_a, *runs_b])
    extractor = next(iter(common_extractors([*runs_a, *runs_b])), "")
    effects = _effects(pairing.question, runs_a, runs_b, without)
    differences = {name: effect.at(LEVEL) for name, (effect, _) in effects.items()}
    ropes = {name: rope_of(effect) for name, (effect, _) in effects.items()}
    vetoes, warnings = find_vetoes(runs_a, runs_b, differences, ropes, extractor)
    labels = pairing.label_a, pairing.label_b
    return Comparison(
        question=pairing.question,
        a=_side(pairing.label_a, runs_a),
        b=_side(pairing.label_b, runs_b),
        seeds=pairing.seeds,
        verdicts=verdicts(pairing.question, effects, extractor, vetoes, labels),
        scores=tuple(differences.values()),
        procedure=procedure(pairing.question, len(pairing.seeds)),
        preset=runs_a[0].evaluation.preset,
        warnings=(*notes, *warnings, *cautions(runs_a, runs_b)),
    )


def _effects(
    question: str,
    runs_a: Sequence[MeasuredRun],
    runs_b: Sequence[MeasuredRun],
    without: Sequence[str],
) -> dict[str, tuple[Effect, list[Effect]]]:
    """By score, the effect and those of the pairs; only of scores that all runs have."""
    runs = [*runs_a, *runs_b]
    found = {}
    for name, score in runs_a[0].scores.items():
        same = all(
            name in run.scores and run.scores[name].metric == score.metric for run in runs
        )  # two plugins may offer one name
        if not same or score.base in without:
            continue
        pairs = [weights_effect(a, b, name) for a, b in zip(runs_a, runs_b, strict=True)]
        found[name] = (method_effect(pairs) if question == METHOD else pairs[0], pairs)
    return found


def _side(label: str, runs: Sequence[MeasuredRun]) -> Side:
    first = runs[0].evaluation
    return Side(
        label=label,
        model=first.model,
        runs=tuple(run.run for run in runs),
        sampler=first.sampler,
        sampling_seed=first.sampling_seed,
        cause=cause(runs, label),
    )


def procedure(question: str, seeds: int) -> str:
    """How it was decided, in words."""
    rule = (
        f"better or worse where the interval lies beyond {percent(ROPE)} of A's distance from real "
        f"data, equivalent where it lies within; intervals hold together at {percent(1 - ALPHA)} "
        "over the questions (Holm)"
    )
    if question == METHOD:
        least = (
            f"fewer than {LEAST_SEEDS} seeds decide nothing"
            if seeds < LEAST_SEEDS
            else f"and the exact sign-flip test must give p < {ALPHA:g}"
        )
        return (
            f"Is the method better? {seeds} training seeds, in pairs; the interval is Student's, "
            f"over the seeds; {rule}; {least}."
        )
    return (
        "Are these trained weights better? One pair; the interval covers the noise of samples and "
        f"held-out examples, which both share, not that of training; {rule}."
    )
