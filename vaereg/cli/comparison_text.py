"""A comparison as text: the verdicts, then the scores behind each question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from vaereg.cli.score_groups import HEADINGS, TWINS, folded_text, scores_of, twins_of
from vaereg.cli.table import table
from vaereg.cli.terminal import Terminal

if TYPE_CHECKING:
    from vaereg.comparison.comparison import Comparison, Difference, Verdict

STYLES = {
    "better": "green",
    "worse": "red",
    "vetoed": "red",
    "contested": "yellow",
    "undecided": "yellow",
    "exploratory": "yellow",
}

LONGEST_HEAD = 24
"""Labels longer than this are replaced by A and B in the headings, so that figures have room."""

PRIMARY = "*"
"""Marks the score that a verdict is based on."""


def print_comparison(
    comparison: Comparison, terminal: Terminal, *, quiet: bool = False, everything: bool = False
) -> None:
    """Prints the verdicts with their reasons, the scores that decide, causes and procedure.

    Args:
        comparison: the result.
        terminal: where the text is printed.
        quiet: leave out the notes.
        everything: print all scores.
    """
    a, b = comparison.a.label, comparison.b.label
    terminal.print(terminal.style(f"Is {b} better than {a}?", "bold"))
    heads = (a, b) if max(len(a), len(b)) <= LONGEST_HEAD else ("A", "B")
    if heads != (a, b):
        terminal.print(f"A is {a}, B is {b}.")
    terminal.print_wrapped(comparison.procedure)
    terminal.print()
    width = max(len(HEADINGS[each.question]) for each in comparison.verdicts)
    for each in comparison.verdicts:
        styled = terminal.style(each.verdict, STYLES.get(each.verdict, ""))
        terminal.print(f"  {HEADINGS[each.question]:<{width}}  {styled}")
    shown = _print_questions(comparison, heads, terminal, everything=everything)
    if everything:
        twins = twins_of(comparison.scores)
        _print_table(TWINS, twins, (), heads, terminal)
        shown |= {each.name for each in twins}
    terminal.print()
    if any(each.answers for each in comparison.verdicts):
        terminal.print(f"{PRIMARY} the scores that the verdict is based on")
    told = folded_text(comparison.scores, shown)
    if told:
        terminal.print_wrapped(told)
    terminal.print_heading("Likely causes")
    for side in (comparison.a, comparison.b):
        terminal.print_wrapped(side.cause)
    if comparison.warnings and not quiet:
        terminal.print()
        for warning in comparison.warnings:
            terminal.print(f"{terminal.style('note', 'yellow')}: {warning}")
    terminal.print()
    terminal.print(_next_steps(comparison))


def _print_questions(
    comparison: Comparison, heads: tuple[str, str], terminal: Terminal, *, everything: bool
) -> set[str]:
    """Prints the sentence and the scores of each question; the names of those scores."""
    shown: set[str] = set()
    verdicts = {each.question: each for each in comparison.verdicts}
    for question, heading in HEADINGS.items():
        verdict = verdicts.get(question)
        primary = [] if verdict is None else [each.score.name for each in verdict.answers]
        scores = scores_of(question, comparison.scores, primary, everything=everything)
        if verdict is None and not everything:
            continue
        sentences = [] if verdict is None else [verdict.sentence, *_many_seeds(comparison, verdict)]
        _print_table(heading, scores, primary, heads, terminal, sentences)
        shown |= {each.name for each in scores}
    return shown


def _print_table(
    heading: str,
    scores: Sequence[Difference],
    primary: Sequence[str],
    heads: tuple[str, str],
    terminal: Terminal,
    sentences: Sequence[str] = (),
) -> None:
    """Prints a heading, sentences and scores; nothing without any of these."""
    if not scores and not sentences:
        return
    terminal.print_heading(heading)
    for each in sentences:
        terminal.print_wrapped(each)
    if scores:
        terminal.print(_score_table(scores, primary, heads, terminal))


def _score_table(
    scores: Sequence[Difference], primary: Sequence[str], heads: tuple[str, str], terminal: Terminal
) -> str:
    from vaereg.comparison.figures import change, change_interval, short_percent
    from vaereg.comparison.statistics.method_effect import LEAST_SEEDS

    if 1 < len(scores[0].by_seed) < LEAST_SEEDS:
        return _exploratory_table(scores, primary, heads, terminal)
    headers = (
        "score",
        heads[0],
        heads[1],
        "real data",
        "improvement" if any(each.directed for each in scores) else "change",
        f"{short_percent(scores[0].level)} interval",
        "p",
    )
    rows = [
        (
            *_values(each, primary),
            change(each) + ("" if each.directed else " (change)"),
            change_interval(each),
            "" if each.p is None else f"{each.p:.3f}" if each.p >= 0.001 else "< 0.001",
        )
        for each in scores
    ]
    return table(headers, rows, terminal)


def _exploratory_table(
    scores: Sequence[Difference], primary: Sequence[str], heads: tuple[str, str], terminal: Terminal
) -> str:
    """What too few seeds can show: how many agree, and how far they lie apart."""
    from vaereg.comparison.figures import (
        agreeing_pairs,
        median_change,
        range_of_changes,
    )

    effect = "improvement" if any(each.directed for each in scores) else "change"
    headers = ("score", *heads, "real data", "pairs that agree", f"median {effect}", "range")
    rows = [
        (
            *_values(each, primary),
            agreeing_pairs(each),
            median_change(each) + ("" if each.directed else " (change)"),
            range_of_changes(each),
        )
        for each in scores
    ]
    return table(headers, rows, terminal)


def _values(score: Difference, primary: Sequence[str]) -> tuple[str, str, str, str]:
    """The name of a score, and its values of A, of B and of real data."""
    from vaereg.comparison.figures import value_of

    return (
        score.name + (PRIMARY if score.name in primary else ""),
        value_of(score, score.value_a),
        value_of(score, score.value_b),
        value_of(score, score.reference),
    )


def _many_seeds(comparison: Comparison, verdict: Verdict) -> list[str]:
    """What many seeds tell beyond the verdict."""
    return [
        f"{each.score.name}: a training of {comparison.b.label} beats one of "
        f"{comparison.a.label} with probability {each.probability_better:.2f}; interquartile "
        f"mean of the improvements {each.interquartile_mean:+.3g}"
        for each in verdict.answers
        if each.probability_better is not None and each.interquartile_mean is not None
    ]


def _next_steps(comparison: Comparison) -> str:
    from vaereg.comparison.comparison import PAIRED_SEEDS
    from vaereg.comparison.statistics.method_effect import LEAST_SEEDS

    a, b = comparison.a, comparison.b
    enough = comparison.design == PAIRED_SEEDS and len(comparison.seeds) >= LEAST_SEEDS
    if enough or a.model == b.model:
        return f"next: vaereg report {a.label} {b.label} --compare"
    return (
        f"next, to evaluate the method (exploratory with {len(comparison.seeds)} of "
        f"{LEAST_SEEDS} seeds): vaereg train {a.model} {b.model} --seeds {LEAST_SEEDS}"
    )
