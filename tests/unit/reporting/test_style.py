"""Colours of the page have enough contrast with its background, in light and in dark."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

STYLE = (files("vaereg.reporting") / "templates" / "style.css").read_text(encoding="utf-8")
TEXT, LINES = 4.5, 3.0
"""WCAG 2.2, 1.4.3 (AA) for text and 1.4.11 for the marks of a figure."""


def palettes() -> dict[str, dict[str, str]]:
    """The colours of both modes, by name."""
    light, dark = [
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))
        for block in re.findall(r":root \{(.*?)\}", STYLE, re.S)
    ]
    return {"light": light, "dark": dark}


def luminance(colour: str) -> float:
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in shares
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_of_black_on_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        *((ink, paper) for ink in ("ink", "muted", "link") for paper in ("paper", "raised")),
        *(("paper", series) for series in ("real", "a", "b", "c", "d")),
        *((light, f"{light}-paper") for light in ("good", "bad", "even", "open")),
        *(
            (ink, f"{light}-paper")
            for ink in ("ink", "muted")
            for light in ("good", "bad", "even", "open")
        ),
    ],
)
def test_text_has_enough_contrast_with_its_background(mode: str, ink: str, paper: str) -> None:
    colours = palettes()[mode]

    assert contrast(colours[ink], colours[paper]) >= TEXT


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_both_modes_know_the_same_colours(mode: str) -> None:
    both = palettes()

    assert both[mode].keys() == both["light"].keys()
    assert len(both[mode]) > 15


def test_every_colour_that_is_used_is_known() -> None:
    used = set(re.findall(r"var\(--([\w-]+)", STYLE))
    set_there = set(re.findall(r"--([\w-]+):", STYLE))

    assert used - set_there <= {"wide", "narrow", "w", "n"}  # which the templates set
