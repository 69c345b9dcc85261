"""Evaluated runs in pairs -> a comparison: every score, three verdicts, and their causes."""

from __future__ import annotations

from collections.abc import Sequence

from vaereg.comparison.comparable import cautions, check_comparable
from vaereg.comparison.comparison import PAIRED_SEEDS, Comparison, Design, Side
from vaereg.comparison.figures import short_percent
from vaereg.comparison.headline_scores import BOUNDS, PRIMARY
from vaereg.comparison.measured_run import MeasuredRun, read_measured
from vaereg.comparison.pairing import Pairing
from vaereg.comparison.spaces import deciding_spaces
from vaereg.comparison.statistics.effect import ScoreEffects
from vaereg.comparison.statistics.method_effect import LEAST_SEEDS, method_effect
from vaereg.comparison.statistics.weights_effect import weights_effect
from vaereg.comparison.verdicts.causes import cause
from vaereg.comparison.verdicts.verdicts import ALPHA, ROPE, rope_of, verdicts
from vaereg.comparison.verdicts.vetoes import find_defects
from vaereg.evaluation.evaluation import LEVEL, Evaluation
from vaereg.runs.atomic import read_json
from vaereg.runs.layout import RunFolder


def compare_runs(
    pairing: Pairing, of_a: Sequence[Evaluation], of_b: Sequence[Evaluation]
) -> Comparison:
    """Compares evaluated runs.

    Args:
        pairing: the runs to compare.
        of_a, of_b: their evaluations, in the order of the pairs.

    Raises:
        RunError: if they cannot be compared, with everything that differs, or if the arrays of an
            evaluation are missing or damaged.
    """
    runs_a = [read_measured(*each, found) for each, found in zip(pairing.a, of_a, strict=True)]
    runs_b = [read_measured(*each, found) for each, found in zip(pairing.b, of_b, strict=True)]
    folders = [folder for folder, _ in (*pairing.a, *pairing.b)]
    likelihoods = list(dict.fromkeys(map(_likelihood_of, folders)))
    notes = list(pairing.notes)
    without: tuple[str, ...] = ()
    if len(likelihoods) > 1:
        without = BOUNDS
        notes.append(
            "bounds on log p(x) are not compared: "
            f"{' and '.join(likelihoods)} measure them on different scales"
        )
    return compare_measured(pairing, runs_a, runs_b, without=without, notes=notes)


def _likelihood_of(folder: RunFolder) -> str:
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
    """Compares runs whose scores and influences are in memory; see `compare_runs`.

    Args:
        pairing: the design, the seeds, and the names of the sides.
        runs_a, runs_b: the runs, in the order of the pairs.
        without: scores that cannot be compared between these runs.
        notes: warnings that come first.
    """
    check_comparable([*runs_a, *runs_b])
    spaces = deciding_spaces([*runs_a, *runs_b])
    effects = _effects(pairing.design, runs_a, runs_b, without)
    differences = {name: each.overall.at(LEVEL) for name, each in effects.items()}
    ropes = {name: rope_of(each.overall) for name, each in effects.items()}
    defects, warnings = find_defects(
        runs_a, runs_b, effects, ropes, spaces, 1 - ALPHA / len(PRIMARY)
    )
    labels = pairing.label_a, pairing.label_b
    return Comparison(
        design=pairing.design,
        a=_side_of(pairing.label_a, runs_a),
        b=_side_of(pairing.label_b, runs_b),
        seeds=pairing.seeds,
        spaces=spaces.names,
        verdicts=verdicts(pairing.design, effects, spaces, defects, labels),
        scores=tuple(differences.values()),
        procedure=procedure(pairing.design, len(pairing.seeds), spaces.names),
        preset=runs_a[0].evaluation.preset,
        warnings=(*notes, *warnings, *cautions(runs_a, runs_b)),
    )


def _effects(
    design: Design,
    runs_a: Sequence[MeasuredRun],
    runs_b: Sequence[MeasuredRun],
    without: Sequence[str],
) -> dict[str, ScoreEffects]:
    """The effects in each score that all runs have."""
    runs = [*runs_a, *runs_b]
    found = {}
    for name, score in runs_a[0].scores.items():
        same = all(
            name in run.scores and run.scores[name].metric == score.metric for run in runs
        )  # two plugins may offer scores of the same name
        if not same or score.base in without:
            continue
        pairs = [weights_effect(a, b, name) for a, b in zip(runs_a, runs_b, strict=True)]
        overall = method_effect(pairs) if design == PAIRED_SEEDS else pairs[0]
        found[name] = ScoreEffects(overall=overall, by_pair=tuple(pairs))
    return found


def _side_of(label: str, runs: Sequence[MeasuredRun]) -> Side:
    first = runs[0].evaluation
    return Side(
        label=label,
        model=first.model,
        runs=tuple(run.run for run in runs),
        sampler=first.sampler,
        sampling_seed=first.sampling_seed,
        cause=cause(runs, label),
    )


def procedure(design: Design, seeds: int, spaces: Sequence[str] = ()) -> str:
    """How the verdicts are reached, in words."""
    both = (
        "; a question that is measured in features is contested unless "
        f"{' and '.join(spaces)} give the same answer"
        if len(spaces) > 1
        else ""
    )
    rule = (
        f"better or worse if the interval lies beyond {short_percent(ROPE)} of A's distance from "
        "real data, equivalent if it lies within; the intervals are simultaneous at "
        f"{short_percent(1 - ALPHA)} over the questions (Holm){both}"
    )
    if design == PAIRED_SEEDS and seeds < LEAST_SEEDS:
        return (
            f"Is the method better? {seeds} training seeds, in pairs: fewer than {LEAST_SEEDS} "
            "seeds decide nothing, so there is no verdict. For each score: how many pairs agree, "
            "the median of the differences, and their range."
        )
    if design == PAIRED_SEEDS:
        return (
            f"Is the method better? {seeds} training seeds, in pairs; Student's interval over the "
            f"seeds; {rule}; the exact sign-flip test must also give p < {ALPHA:g}."
        )
    return (
        "Are these trained weights better? One pair; the interval covers the noise of the samples "
        "and of the held-out examples, which both sides share, but not that of training; "
        f"{rule}."
    )
