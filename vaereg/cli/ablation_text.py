"""An ablation as text: the verdicts with their reasons, and the files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vaereg.cli.comparison_text import STYLES
from vaereg.cli.score_groups import HEADINGS
from vaereg.cli.terminal import Terminal

if TYPE_CHECKING:
    from vaereg.reporting.ablation import AblationResult


def print_ablation(
    ablation: AblationResult,
    compare: str,
    terminal: Terminal,
    *,
    quiet: bool = False,
) -> None:
    """Prints the verdicts, the notes and the files.

    Args:
        ablation: the result.
        compare: the command that shows every score.
        terminal: where the text is printed.
        quiet: leave out the notes.
    """
    from vaereg.comparison.statistics.method_effect import LEAST_SEEDS

    found = ablation.comparison
    question = f"Does the {ablation.offer.kind} {ablation.offer.name} help {ablation.model}?"
    terminal.print(terminal.style(question, "bold"))
    for each in found.verdicts:
        styled = terminal.style(each.verdict, STYLES.get(each.verdict, ""))
        terminal.print(f"\n  {HEADINGS[each.question]}  {styled}")
        terminal.print_wrapped(each.sentence)
    if found.warnings and not quiet:
        terminal.print()
        for warning in found.warnings:
            terminal.print(f"{terminal.style('note', 'yellow')}: {warning}")
    terminal.print("\nfor the README of the plugin:")
    for path in ablation.files:
        terminal.print(f"  {path}")
    terminal.print(f"every score: {compare}")
    if len(found.seeds) < LEAST_SEEDS:
        terminal.print(
            f"next, for a decision: the same command with --seeds {LEAST_SEEDS}; finished "
            "trainings are used again"
        )
