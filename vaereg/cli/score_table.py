"""The scores of one evaluation by question, and those of several runs side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from vaereg.cli.table import table
from vaereg.cli.terminal import Terminal
from vaereg.comparison.figures import figure

if TYPE_CHECKING:
    from vaereg.comparison.verdicts.causes import CauseKind
    from vaereg.evaluation.evaluation import Evaluation, Score
    from vaereg.reporting.run_table import RunTable

HEADINGS = {
    "sharp": "Sharp?",
    "varied": "Varied?",
    "true": "True to the data?",
    "health": "Is the VAE healthy?",
}
"""The questions in the order in which they are answered."""

AGAINST: dict[CauseKind, str] = {
    "decoder": "Installed against blur of the decoder",
    "texture": "Installed against artificial texture",
    "prior": "Installed against a gap between the prior and encoded data",
    "collapse": "Against posterior collapse",
    "copies": "Against copies of training examples",
}
"""What the remedies of each cause are for."""

SETTINGS: dict[CauseKind, tuple[str, ...]] = {
    "collapse": ("a kl.weight that is lower or grows from 0", "kl.free_bits"),
    "copies": ("more training examples", "train.early_stopping", "a higher kl.weight"),
}
"""Remedies that are settings of a model."""

COLUMNS = ("score", "value", "95 % interval", "real data", "best")


def print_scores(evaluation: Evaluation, label: str, terminal: Terminal) -> None:
    """Prints every score with its interval and its reference."""
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
    for question, heading in HEADINGS.items():
        scores = [each for each in evaluation.scores.values() if each.question == question]
        if not scores:
            continue
        primary = _primary_scores(question, evaluation)
        scores.sort(key=lambda each, first=primary: each.name not in first)  # type: ignore[misc]
        terminal.print()
        terminal.print(terminal.style(heading, "bold"))
        rows = [_score_row(each, each.name in primary) for each in scores]
        terminal.print(table(COLUMNS, rows, terminal, style=_cell_style))
    terminal.print()
    terminal.print(
        "* a score that decides in `vaereg compare`; real data: the same score for real examples"
    )


def _primary_scores(question: str, evaluation: Evaluation) -> list[str]:
    """The names of the scores that a verdict on the question would be based on."""
    from vaereg.comparison.headline_scores import PRIMARY, primary_names
    from vaereg.comparison.measured_run import MeasuredRun
    from vaereg.comparison.spaces import deciding_spaces

    spaces = deciding_spaces([MeasuredRun(run=evaluation.run, evaluation=evaluation)])
    return primary_names(question, spaces.names) if question in PRIMARY else []


def print_runs(runs: RunTable, terminal: Terminal) -> None:
    """Prints the deciding scores of several runs, a row for each, with what differs."""
    from vaereg.reporting.run_table import as_text_rows

    headers, rows = as_text_rows(runs, runs.primary_scores)
    terminal.print(table(headers, rows, terminal))
    terminal.print()
    if not runs.differences:
        terminal.print("The declarations of the runs are equal.")
    terminal.print(
        f"These scores decide in `vaereg compare`; all {len(runs.scores)} are in the evaluations "
        "of the runs, and in a file with --out."
    )


def print_causes(
    evaluations: Mapping[str, Evaluation],
    remedies: Callable[[CauseKind], Sequence[str]] | None,
    terminal: Terminal,
) -> None:
    """Prints what the samples of each run lack, why, and which components may help.

    Args:
        evaluations: the evaluations by the name of the run.
        remedies: names the components against a cause; None to print no remedies.
        terminal: where to print them.
    """
    from vaereg.comparison.measured_run import MeasuredRun
    from vaereg.comparison.verdicts.causes import cause, causes

    terminal.print()
    terminal.print(terminal.style("Likely causes", "bold"))
    for label, evaluation in evaluations.items():
        runs = [MeasuredRun(run=evaluation.run, evaluation=evaluation)]
        terminal.print_wrapped(cause(runs, label))
        if remedies is None:
            continue
        for kind in dict.fromkeys(each.kind for each in causes(runs)):
            found = [*remedies(kind), *SETTINGS.get(kind, ())]
            if found:
                terminal.print_wrapped(f"{AGAINST[kind]}: {', '.join(found)}.")


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
        best(score),
    )


def best(score: Score) -> str:
    """The best value of a score, in words."""
    if score.direction:
        return "higher" if score.direction > 0 else "lower"
    return figure(score.ideal, share=score.share)


def _fact_text(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
