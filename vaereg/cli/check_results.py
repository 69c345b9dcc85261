"""What `vaereg check-plugin` prints of the checks: a line as each component is done, and counts."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from vaereg.cli.output import print_json
from vaereg.cli.terminal import Terminal

if TYPE_CHECKING:
    from vaereg.component import Offer
    from vaereg.testing import Outcome, Subject

WORDS = {
    "kept": "kept",
    "broken": "broken",
    "expected": "expected to fail",
    "skipped": "skipped",
}
STYLES = {"broken": "red", "expected": "yellow", "skipped": "yellow"}


class Results:
    """Tells of checks while they run.

    Args:
        args: the options of the command.
        offer: a component of the distribution that is checked.
        backend: the Keras backend.
    """

    def __init__(self, args: argparse.Namespace, offer: Offer, backend: str) -> None:
        self.args = args
        self.offer = offer
        self.backend = backend
        self.terminal = Terminal(sys.stdout, args.color)
        self.outcomes: list[Outcome] = []
        if not args.json:
            self._print(f"{offer.distribution} {offer.version} on {backend}".replace("  ", " "))

    def tell(self, subject: Subject, outcomes: Sequence[Outcome]) -> None:
        """Prints a component's line, and one for each law that is not simply kept."""
        self.outcomes += outcomes
        if self.args.json or not outcomes:
            return
        self._print(f"{subject.kind}/{subject.offer.name}: {self._counts(outcomes)}")
        for each in outcomes:
            if each.status == "broken":
                self._row(each, f"`{each.law.id}`: {each.law.sentence}")
                self._more("found", each.found)
                self._more("help", each.law.explanation)
            if each.status == "expected":
                self._row(each, f"`{each.law.id}`: {each.reason}")
        why: dict[str, list[Outcome]] = {}
        for each in outcomes:
            if each.status == "skipped":
                why.setdefault(each.found, []).append(each)
        for found, skipped in why.items():
            names = ", ".join(f"`{each.law.id}`" for each in skipped)
            many = names if len(skipped) <= 3 else f"{len(skipped)} checks"
            self._row(skipped[0], f"{many}: {found}")

    def end(self) -> bool:
        """Prints the counts; returns whether every law was kept and enough checks ran."""
        from vaereg.testing.outcome import counted

        counts = counted(self.outcomes)
        enough = counts["ran"] >= self.args.minimum
        kept = counts["broken"] == 0 and enough
        if self.args.json:
            print_json(
                {
                    "distribution": self.offer.distribution,
                    "version": self.offer.version,
                    "backend": self.backend,
                    "kept": kept,
                    "counts": counts,
                    "minimum": self.args.minimum,
                    "checks": [each.as_dict() for each in self.outcomes],
                }
            )
            return kept
        self._print()
        self._print(f"{counts['ran']} checks ran: {self._counts(self.outcomes)}")
        if not enough:
            self._print(self._styled("broken", f"fewer than --minimum={self.args.minimum}"))
        return kept

    def _counts(self, outcomes: Sequence[Outcome]) -> str:
        told = []
        for status, word in WORDS.items():
            count = sum(each.status == status for each in outcomes)
            if count or status in ("kept", "broken"):
                text = f"{count} {word}"
                told.append(self._styled(status, text) if count else text)
        return ", ".join(told)

    def _row(self, outcome: Outcome, text: str) -> None:
        first, *others = text.splitlines()
        self._print(f"  {self._styled(outcome.status, outcome.status)} {first}")
        for line in others:
            self._print(f"    {line.strip()}")

    def _more(self, label: str, text: str) -> None:
        first, *others = text.splitlines() or [""]
        self._print(f"    {label}: {first}")
        for line in others:
            self._print(f"      {line.strip()}")

    def _styled(self, status: str, text: str) -> str:
        return self.terminal.style(text, STYLES.get(status, ""))

    def _print(self, text: str = "") -> None:
        self.terminal.print(text)
        self.terminal.stream.flush()  # a component is done, though a pipe may wait for more
