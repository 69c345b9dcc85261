"""What every benchmark says besides its figures, and the file that it writes them to."""

from __future__ import annotations

import argparse
import datetime
import importlib.metadata
import json
import os
import platform
import shlex
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

PACKAGES = ("vaereg", "keras", "tensorflow", "jax", "optax", "torch", "pythae", "numpy")
"""Of whose versions figures depend; those that are not installed are left out."""


def add_json(parser: argparse.ArgumentParser) -> None:
    """Adds the option `--json FILE` that every benchmark has."""
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")


def surroundings(packages: Iterable[str] = PACKAGES) -> dict[str, Any]:
    """Date, machine and versions, for the table and the file."""
    versions = {}
    for package in packages:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "processor": processor(),
        "processors": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": versions,
    }


def processor() -> str:
    """The processor's name where the system tells it, else its kind."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def told(found: Mapping[str, Any]) -> str:
    """`surroundings` as a line or two."""
    versions = ", ".join(f"{name} {version}" for name, version in found["versions"].items())
    return (
        f"{found['date']}, {found['processors']} x {found['processor']}, load {found['load']:g}, "
        f"{found['system']}, Python {found['python']}\n{versions}"
    )


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, words: int = 1) -> str:
    """A Markdown table whose columns are as wide as they need be; the first `words` are words."""
    cells = [list(head), *[list(row) for row in rows]]
    widths = [max(3, *(len(row[i]) for row in cells)) for i in range(len(head))]

    def line(row: Sequence[str]) -> str:
        padded = [
            cell.ljust(width) if i < words else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        return "| " + " | ".join(padded) + " |"

    rule = ["-" * width if i < words else "-" * (width - 1) + ":" for i, width in enumerate(widths)]
    return "\n".join([line(cells[0]), line(rule), *map(line, cells[1:])])


def report(
    name: str, argv: Sequence[str], text: str, figures: Any, found: Mapping[str, Any]
) -> None:
    """Prints the table under what it was measured on, and writes the file that was asked for.

    Args:
        name: the benchmark's.
        argv: its options, as given.
        text: the table.
        figures: the same for machines, as JSON can hold it.
        found: `surroundings()`, taken when the measuring began.
    """
    parser = argparse.ArgumentParser(add_help=False)
    add_json(parser)
    wish, others = parser.parse_known_args(argv)
    command = " ".join(["python -m tests.benchmarks", name, shlex.join(others)]).strip()
    sys.stdout.write(f"{command}\n{told(found)}\n\n{text}\n")
    sys.stdout.flush()
    if wish.json:
        written = {"benchmark": name, "command": command, **found, "figures": figures}
        wish.json.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
