"""The results of `vaereg check-plugin`: a line when a component is done, and the counts."""

from __future__ import annotations

import sys
import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence

from vaereg.cli.terminal import Terminal
from vaereg.contracts.plain_values import JsonObject, JsonValue

WORDS = {
    "kept": "kept",
    "broken": "broken",
    "expected": "expected to fail",
    "skipped": "skipped",
}
WIDEST = 100
STYLES = {"broken": "red", "expected": "yellow", "skipped": "yellow"}

Row = Mapping[str, JsonValue]
"""The outcome of one check, as `Outcome.as_dict` gives it."""


class Results:
    """Reports the checks while they run, or after they ran in another process.

    Args:
        color: whether to colour: "auto", "always" or "never", as --color.
        minimum: how many checks must run at least.
        distribution, version: the distribution that is checked.
        backend: the Keras backend.
        left_out: the laws that --fast leaves out; None without --fast.
        silent: print nothing, since JSON will be printed.
        verbose: print the tracebacks of components' exceptions.
    """

    def __init__(
        self,
        *,
        color: str,
        minimum: int,
        distribution: str,
        version: str,
        backend: str,
        left_out: Sequence[str] | None = None,
        silent: bool = False,
        verbose: bool = False,
    ) -> None:
        self.minimum = minimum
        self.about = {"distribution": distribution, "version": version, "backend": backend}
        self.left_out = left_out
        self.silent = silent
        self.verbose = verbose
        self.terminal = Terminal(sys.stdout, color)
        self.rows: list[Row] = []
        self._print(f"{distribution} {version} on {backend}".replace("  ", " "))

    def tell(self, rows: Sequence[Row]) -> None:
        """Prints a component's line, and one for each law that is not kept."""
        self.rows += rows
        if not rows:
            return
        self._print(f"{rows[0]['kind']}/{rows[0]['component']}: {self._counts_by_status(rows)}")
        for each in rows:
            if each["status"] == "broken":
                self._print_row(each, f"`{each['check']}`: {each['law']}")
                self._print_detail("found", each["found"])
                self._print_detail("help", each["help"])
                if self.verbose and each["traceback"]:
                    self._print(textwrap.indent(each["traceback"].rstrip(), " " * 6))
            if each["status"] == "expected":
                self._print_row(each, f"`{each['check']}`: {each['reason']}")
        why: dict[str, list[Row]] = {}
        for each in rows:
            if each["status"] == "skipped":
                why.setdefault(each["found"], []).append(each)
        for found, skipped in why.items():
            names = ", ".join(f"`{each['check']}`" for each in skipped)
            many = names if len(skipped) <= 3 else f"{len(skipped)} checks"
            self._print_row(skipped[0], f"{many}: {found}")

    def end(self) -> None:
        """Prints the counts."""
        self._print()
        self._print(self.summary)
        if self.left_out:
            names = ", ".join(f"`{each}`" for each in self.left_out)
            text = f"--fast left out {len(self.left_out)} laws: {names}"
            self._print(textwrap.fill(text, WIDEST, break_on_hyphens=False))
        if self.counts["ran"] < self.minimum:
            self._print(self._styled("broken", f"fewer than --minimum={self.minimum}"))

    @property
    def kept(self) -> bool:
        """Whether every law was kept and enough checks ran."""
        return self.counts["broken"] == 0 and self.counts["ran"] >= self.minimum

    @property
    def counts(self) -> dict[str, int]:
        """How many checks ran, and how many ended in each status."""
        found = Counter(each["status"] for each in self.rows)
        return {"ran": len(self.rows) - found["skipped"], **{word: found[word] for word in WORDS}}

    @property
    def summary(self) -> str:
        """The counts in words."""
        return f"{self.counts['ran']} checks ran: {self._counts_by_status(self.rows)}"

    def document(self) -> JsonObject:
        """The content for `--json`."""
        return {
            **self.about,
            "kept": self.kept,
            "counts": self.counts,
            "fast": self.left_out is not None,
            "left_out": [*(self.left_out or ())],
            "minimum": self.minimum,
            "checks": self.rows,
        }

    def _counts_by_status(self, rows: Sequence[Row]) -> str:
        told = []
        for status, word in WORDS.items():
            count = sum(each["status"] == status for each in rows)
            if count or status in ("kept", "broken"):
                text = f"{count} {word}"
                told.append(self._styled(status, text) if count else text)
        return ", ".join(told)

    def _print_row(self, row: Row, text: str) -> None:
        first, *others = text.splitlines()
        self._print(f"  {self._styled(row['status'], row['status'])} {first}")
        for line in others:
            self._print(f"    {line.strip()}")

    def _print_detail(self, label: str, text: str) -> None:
        first, *others = text.splitlines() or [""]
        self._print(f"    {label}: {first}")
        for line in others:
            self._print(f"      {line.strip()}")

    def _styled(self, status: str, text: str) -> str:
        return self.terminal.style(text, STYLES.get(status, ""))

    def _print(self, text: str = "") -> None:
        if not self.silent:
            self.terminal.print(text)
            self.terminal.stream.flush()  # a component is done, though a pipe may wait for more
