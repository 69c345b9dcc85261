"""Writes the numbers of a comparison as plain text, for the terminal, sentences and Markdown.

Shares are written in percent, other values with three significant digits. Reports in HTML use
`vaereg.reporting.figures.written`, whose typography a terminal may not have.
"""

from __future__ import annotations

import math
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vaereg.comparison.comparison import Difference


def figure(value: float | None, *, share: bool = False, unit: str = "") -> str:
    """A value: "23.4 %", "-6.31 dB", "0.0123"; an empty string for None."""
    if value is None or not math.isfinite(value):
        return ""
    if share:
        return f"{100 * value:.1f} %"
    return f"{_three_digits(value)}{f' {unit}' if unit else ''}"


def value_of(difference: Difference, value: float | None) -> str:
    """A value of the score of a difference."""
    return figure(value, share=difference.share, unit=difference.unit)


def both_values(difference: Difference) -> str:
    """The score of B and of A: "coverage 85.5 % against 50.6 %"."""
    b, a = (value_of(difference, each) for each in (difference.value_b, difference.value_a))
    return f"{difference.name} {b} against {a}"


def change(difference: Difference) -> str:
    """An effect with its sign: "+52.0 points", "+2.15 dB"."""
    return _with_sign(difference.effect, difference) + _unit_suffix(difference)


def change_interval(difference: Difference) -> str:
    """The interval of an effect: "[+48.9, +55.1]"; empty if there is none."""
    if difference.low is None or difference.high is None:
        return ""
    return f"[{_with_sign(difference.low, difference)}, {_with_sign(difference.high, difference)}]"


def agreeing_pairs(difference: Difference) -> str:
    """How many pairs of seeds point the way of most pairs: "4 of 5"; 0 points neither way."""
    up = sum(each > 0 for each in difference.by_seed)
    down = sum(each < 0 for each in difference.by_seed)
    return f"{max(up, down)} of {len(difference.by_seed)}"


def median_change(difference: Difference) -> str:
    """The median of the effects of single seeds, with its sign: "+2.15 dB"."""
    return _with_sign(median(difference.by_seed), difference) + _unit_suffix(difference)


def range_of_changes(difference: Difference) -> str:
    """The smallest and the largest effect of single seeds: "+1.02 to +3.40"."""
    low, high = min(difference.by_seed), max(difference.by_seed)
    return f"{_with_sign(low, difference)} to {_with_sign(high, difference)}"


def change_at_level(difference: Difference) -> str:
    """An effect with its interval and confidence: "+2.15 dB [+2.03, +2.27] at 95 %"."""
    return (
        f"{change(difference)} {change_interval(difference)} at {short_percent(difference.level)}"
    )


def short_percent(share: float) -> str:
    """A share without a needless decimal, such as a confidence: "95 %", "98.3 %"."""
    return f"{round(100 * share, 1):g} %"


def _with_sign(value: float, difference: Difference) -> str:
    text = f"{100 * value:.1f}" if difference.share else _three_digits(value)
    return text if text.startswith("-") else f"+{text}"


def _unit_suffix(difference: Difference) -> str:
    if difference.share:
        return " points"
    if difference.in_logarithms:
        return " log ratio"
    return f" {difference.unit}" if difference.unit else ""


def _three_digits(value: float) -> str:
    size = abs(value)
    if size >= 1000:
        return f"{value:.0f}"
    if size == 0:
        return "0"
    if size < 0.001:
        return f"{value:.1e}"
    return f"{value:.{max(0, 2 - math.floor(math.log10(size)))}f}"
