"""The text of `vaereg check-plugin --list`: every law, its sentence and the reason for it."""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from vaereg.cli.output import print_json
from vaereg.cli.terminal import Terminal
from vaereg.kinds import KINDS

if TYPE_CHECKING:
    from vaereg.testing import Law

WIDEST = 100


def print_list(laws: Sequence[Law], args: argparse.Namespace) -> None:
    """Prints the checks by level, the shallowest first."""
    from vaereg.testing import LEVELS

    if args.json:
        print_json({"levels": LEVELS, "checks": [_as_dict(each) for each in laws]})
        return
    terminal = Terminal(sys.stdout, args.color)
    width = min(terminal.width or WIDEST, WIDEST)
    for level, meaning in LEVELS.items():
        found = [each for each in laws if each.level == level]
        if not found:
            continue
        terminal.print(f"{terminal.style(level, 'bold')}: {meaning}")
        for each in found:
            terminal.print()
            not_fast = "; not with --fast" if each.slow else ""
            terminal.print(f"  {terminal.style(each.id, 'bold')} ({_kinds(each)}{not_fast})")
            for text in (each.sentence, each.explanation):
                terminal.print(textwrap.indent(textwrap.fill(text, width - 4), " " * 4))
        terminal.print()
    terminal.print(f"{len(laws)} checks")


def _kinds(law: Law) -> str:
    return "every kind" if law.kinds == set(KINDS) else ", ".join(_in_order(law))


def _in_order(law: Law) -> list[str]:
    return [kind for kind in KINDS if kind in law.kinds]


def _as_dict(law: Law) -> dict[str, object]:
    return {
        "id": law.id,
        "level": law.level,
        "law": law.sentence,
        "explanation": law.explanation,
        "kinds": _in_order(law),
        "fast": not law.slow,
    }
