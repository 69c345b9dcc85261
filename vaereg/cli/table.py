"""Rows and columns that fit the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence

from vaereg.cli.terminal import Terminal
from vaereg.wording import brief

GAP = 2
LONGEST_WORD = 36
"""A column stays wide enough for its longest word, up to this length."""


def table(
    headers: Sequence[str],
    rows: Sequence[Sequence[str]],
    terminal: Terminal,
    *,
    style: Callable[[int, str], str] | None = None,
) -> str:
    """The rows under their headers, the widest columns wrapped until the table fits the terminal.

    Args:
        headers: one for each column; columns that are empty in every row are left out.
        rows: their cells.
        terminal: whose width and colours to use.
        style: (column, cell) -> the name of a style, or "".
    """
    rows = [[brief(cell) for cell in row] for row in rows]
    kept = [i for i in range(len(headers)) if any(row[i] for row in rows)] or [0]
    widths = {i: max(len(headers[i]), *(len(row[i]) for row in rows), 0) for i in kept}
    words = {i: [word for row in rows for word in [headers[i], *row[i].split()]] for i in kept}
    least = {i: min(LONGEST_WORD, max(map(len, words[i]), default=1)) for i in kept}
    widths = _narrowed_to_fit(widths, least, terminal.width)
    lines = [_table_line([(headers[i], widths[i], "bold") for i in kept], terminal)]
    rule = "─" if terminal.unicode else "-"
    lines.append((" " * GAP).join(rule * widths[i] for i in kept))
    for row in rows:
        wrapped = {i: textwrap.wrap(row[i], widths[i]) or [""] for i in kept}
        for depth in range(max(len(parts) for parts in wrapped.values())):
            cells = []
            for i in kept:
                text = wrapped[i][depth] if depth < len(wrapped[i]) else ""
                cells.append((text, widths[i], style(i, row[i]) if style else ""))
            lines.append(_table_line(cells, terminal))
    return "\n".join(lines)


def _narrowed_to_fit(
    widths: dict[int, int], least: dict[int, int], available: int
) -> dict[int, int]:
    """Narrows the widest column, one character at a time, until the table fits."""
    widths = dict(widths)
    room = available - GAP * (len(widths) - 1)
    while available and sum(widths.values()) > room:
        widest = max(widths, key=lambda i: (widths[i] > least[i], widths[i]))
        if widths[widest] <= least[widest]:
            break
        widths[widest] -= 1
    return widths


def _table_line(cells: list[tuple[str, int, str]], terminal: Terminal) -> str:
    padded = [
        terminal.style(text, style) + " " * (width - len(text)) for text, width, style in cells
    ]
    return (" " * GAP).join(padded).rstrip()
