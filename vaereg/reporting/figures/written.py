"""Writes numbers for reports: with true minus signs, and narrow spaces before units.

Plain text for terminals and Markdown is in `vaereg.comparison.figures`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

MINUS = "\u2212"
ABSENT = "\u2013"
"""Shown if there is no value."""

NARROW = "\u202f"
"""A narrow no-break space, between a number and its unit."""


def significant(value: float, digits: int = 3) -> str:
    """A number with that many significant digits and separators, without an exponent if possible.

    `significant(1234.5)` is 1,234 or 1,235; `significant(0.00012)` is 1.2e-4.
    """
    if not math.isfinite(value):
        return ABSENT
    if value == 0:
        return "0"
    power = math.floor(math.log10(abs(value)))
    if not -4 < power < 7:
        mantissa, exponent = f"{value:.{max(digits - 1, 0)}e}".split("e")
        return signed(f"{mantissa}e{int(exponent)}")
    return signed(f"{value:,.{max(0, digits - 1 - power)}f}")


def percent(share: float, digits: int = 1) -> str:
    """A share in percent."""
    return signed(f"{100 * share:.{digits}f}{NARROW}%") if math.isfinite(share) else ABSENT


def value_of(value: float, *, share: bool, unit: str = "") -> str:
    """A value of a score: a share in percent, otherwise three digits and the unit."""
    if share:
        return percent(value)
    return significant(value) + (f"{NARROW}{unit}" if unit else "")


def ticks(values: Sequence[float]) -> list[str]:
    """The labels of ticks, all with enough decimals to distinguish the closest two.

    Very large and very small ones are written as powers of ten.
    """
    if not values:
        return []
    gaps = [abs(b - a) for a, b in pairwise(values) if a != b]
    least = min(gaps, default=abs(values[0]) or 1.0)
    largest = max(map(abs, values))
    if largest >= 1e7 or least < 1e-4:
        return alone(values)
    decimals = max(0, -math.floor(math.log10(least) + 1e-9))
    return [signed(f"{value + 0.0:,.{decimals}f}") for value in values]


def alone(values: Sequence[float]) -> list[str]:
    """The labels of ticks over many powers of ten, each with as many decimals as it needs."""
    return [_single_value(value) for value in values]


def _single_value(value: float) -> str:
    power = math.floor(math.log10(abs(value)) + 1e-9) if value else 0
    if -3 <= power < 6:
        return signed(f"{value:,.{max(0, -power)}f}")
    mantissa = round(value / 10.0**power, 1)
    raised = "".join("⁻" if each == "-" else "⁰¹²³⁴⁵⁶⁷⁸⁹"[int(each)] for each in str(power))
    return f"10{raised}" if mantissa == 1 else f"{mantissa:g}·10{raised}"


def signed(text: str) -> str:
    """A number with a true minus sign, and without a sign if it is zero."""
    if not text.startswith("-"):
        return text
    return MINUS + text[1:] if any(each in "123456789" for each in text) else text[1:]
