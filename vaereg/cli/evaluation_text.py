"""Evaluations as text: the scores of one run by question, several runs in a table, causes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from vaereg.cli.score_groups import HEADINGS, TWINS, folded_text, scores_of, twins_of
from vaereg.cli.table import table
from vaereg.cli.terminal import Terminal
from vaereg.comparison.figures import figure
from vaereg.comparison.headline_scores import PRIMARY

if TYPE_CHECKING:
    from vaereg.comparison.verdicts.cause_kind import CauseKind
    from vaereg.comparison.verdicts.explanations import Explanation
    from vaereg.evaluation.evaluation import Evaluation, Score
    from vaereg.reporting.run_table import RunTable

COLUMNS = ("score", "value", "95 % interval", "real data", "limit", "best", "usual cause")

Remedies = Callable[["CauseKind"], Sequence[str]]
"""Names what may help against a cause."""


def no_remedies(kind: CauseKind) -> Sequence[str]:
    """Names nothing."""
    del kind
    return ()


def print_evaluation(
    evaluation: Evaluation,
    label: str,
    place: str,
    terminal: Terminal,
    *,
    remedies: Remedies = no_remedies,
    everything: bool = False,
) -> None:
    """Prints the scores that decide, the causes of defects, and the scores of the model.

    Args:
        evaluation: the scores.
        label: the name of the run.
        place: its folder.
        terminal: where to print.
        remedies: names what may help against a cause.
        everything: print all scores.
    """
    from vaereg.comparison.verdicts.explanations import explanations

    _print_facts(evaluation, f"{label} ({place})", terminal)
    explained = explanations(evaluation)
    scores = list(evaluation.scores.values())
    shown: list[Score] = []
    for question, heading in HEADINGS.items():
        primary = _primary_scores(question, evaluation)
        found = scores_of(question, scores, primary, everything=everything)
        if question not in PRIMARY:
            _print_explanations(explained, remedies, terminal)
        _print_scores(heading, found, primary, explained, terminal)
        shown += found
    if everything:
        found = twins_of(scores)
        _print_scores(TWINS, found, (), (), terminal)
        shown += found
    terminal.print()
    terminal.print(
        "* a score that decides in `vaereg compare`; real data: the same score for real examples; "
        "limit: beyond it, the score shows a defect"
    )
    told = folded_text(scores, {each.name for each in shown})
    if told:
        terminal.print_wrapped(told)


def _print_facts(evaluation: Evaluation, label: str, terminal: Terminal) -> None:
    data = evaluation.evaluated_on
    sampler = evaluation.sampler.rpartition("/")[2]
    terminal.print(
        terminal.style(label, "bold")
        + f": {evaluation.generated:,} samples ({sampler}, seed {evaluation.sampling_seed}) "
        f"against {data.held_out:,} {data.split} examples of {data.name!r}, {evaluation.preset}"
    )
    for name, extractor in evaluation.extractors.items():
        facts = ", ".join(f"{key} {_fact_text(value)}" for key, value in extractor.facts.items())
        terminal.print(f"features: {name}@{extractor.identity}" + (f" ({facts})" if facts else ""))


def _print_explanations(
    explained: Sequence[Explanation], remedies: Remedies, terminal: Terminal
) -> None:
    terminal.print_heading("Likely causes")
    if not explained:
        terminal.print("No single cause stands out.")
    for each in explained:
        terminal.print_wrapped(f"{terminal.style(each.kind, 'bold')}: {each.text}")
        helpful = remedies(each.kind)
        if helpful:
            terminal.print_wrapped(f"  may help: {', '.join(helpful)}")


def _print_scores(
    heading: str,
    scores: Sequence[Score],
    primary: Sequence[str],
    explained: Sequence[Explanation],
    terminal: Terminal,
) -> None:
    if not scores:
        return
    terminal.print_heading(heading)
    causes = {
        score.name: ", ".join(each.kind for each in explained if score.name in each.scores)
        for score in scores
    }
    rows = [(*_score_row(each, each.name in primary), causes[each.name]) for each in scores]
    terminal.print(table(COLUMNS, rows, terminal, style=_cell_style))


def _primary_scores(question: str, evaluation: Evaluation) -> list[str]:
    """The names of the scores that a verdict on the question would be based on."""
    from vaereg.comparison.headline_scores import primary_names
    from vaereg.comparison.measured_run import MeasuredRun
    from vaereg.comparison.spaces import deciding_spaces

    spaces = deciding_spaces([MeasuredRun(run=evaluation.run, evaluation=evaluation)])
    return primary_names(question, spaces.names) if question in PRIMARY else []


def print_runs(runs: RunTable, terminal: Terminal, *, everything: bool = False) -> None:
    """Prints the deciding scores of several runs, a row for each, with what differs.

    Args:
        runs: the runs.
        terminal: where to print.
        everything: print all scores, a table for each question.
    """
    from vaereg.reporting.run_table import as_text_rows

    scores = [runs.score(name) for name in runs.scores]
    shown: list[Sequence[str]] = [runs.primary_scores]
    if everything:
        of_questions = [scores_of(each, scores, (), everything=True) for each in HEADINGS]
        groups = [[each.name for each in group] for group in (*of_questions, twins_of(scores))]
        shown += [[name for name in each if name not in runs.primary_scores] for each in groups]
    for heading, names in zip(("", *HEADINGS.values(), TWINS), shown, strict=False):
        if not names:
            continue
        if heading:
            terminal.print_heading(heading)
        terminal.print(table(*as_text_rows(runs, names), terminal))
    terminal.print()
    if not runs.differences:
        terminal.print("The declarations of the runs are equal.")
    told = folded_text(scores, {name for names in shown for name in names})
    if told:
        terminal.print_wrapped(
            f"These scores decide in `vaereg compare`. {told} --out writes all of them to a file."
        )


def print_causes(evaluations: Mapping[str, Evaluation], terminal: Terminal) -> None:
    """Prints what the samples of each run lack, and why.

    Args:
        evaluations: the evaluations by the name of the run.
        terminal: where to print them.
    """
    from vaereg.comparison.measured_run import MeasuredRun
    from vaereg.comparison.verdicts.causes import cause

    terminal.print_heading("Likely causes")
    for label, evaluation in evaluations.items():
        runs = [MeasuredRun(run=evaluation.run, evaluation=evaluation)]
        terminal.print_wrapped(cause(runs, label))


def print_warnings(evaluation: Evaluation, terminal: Terminal, label: str = "") -> None:
    """Prints the notes for a reader of the scores.

    Args:
        evaluation: holds the notes.
        terminal: where to print them.
        label: the name of the run, if several are shown.
    """
    if evaluation.warnings:
        terminal.print()
        for warning in evaluation.warnings:
            where = f" on {label}" if label else ""
            terminal.print(f"{terminal.style(f'note{where}', 'yellow')}: {warning}")


def _cell_style(column: int, cell: str) -> str:
    return "bold" if column == 0 and cell.endswith("*") else ""


def _score_row(score: Score, primary: bool) -> Sequence[str]:
    between = ""
    if score.low is not None and score.high is not None:
        between = (
            f"{figure(score.low, share=score.share)} to {figure(score.high, share=score.share)}"
        )
    return (
        f"{score.name} *" if primary else score.name,
        figure(score.value, share=score.share, unit=score.unit),
        between,
        figure(score.reference, share=score.share),
        figure(score.limit, share=score.share),
        best(score),
    )


def best(score: Score) -> str:
    """The best value of a score, in words."""
    if score.direction:
        return "higher" if score.direction > 0 else "lower"
    return figure(score.ideal, share=score.share)


def _fact_text(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
