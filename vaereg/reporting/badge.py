"""The three verdicts as a badge: a small self-contained SVG, or the address of one."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from vaereg.comparison.comparison import Verdict
from vaereg.wording import escaped

MARK = "<!-- Written by `vaereg ablate`, which writes it anew. -->"
"""Marks the badge and the ablation's Markdown; a file without it is never overwritten."""

ASKED = {"sharp": "sharp", "varied": "varied", "true": "true to the data"}
"""The questions, as written before a verdict."""

GOOD, BAD, EVEN, OPEN, NONE, LABEL = (
    "#14602f",
    "#951f1c",
    "#3d4656",
    "#6b4d00",
    "#5b5f67",
    "#26282c",
)
"""All colours are dark enough for white letters: a contrast of at least 6 to 1."""

COLOURS = {
    "better": GOOD,
    "worse": BAD,
    "vetoed": BAD,
    "equivalent": EVEN,
    "contested": OPEN,
    "undecided": OPEN,
    "exploratory": OPEN,
    "not measured": NONE,
}

HEIGHT = 20
PADDING = 6
SIZE = 11
"""The font size in pixels, as of other badges."""

NARROW, WIDE = frozenset("fijlrt.,:;'|()[] "), frozenset("mwMW")
"""Characters that are narrower or wider than others in a sans serif font."""


def badge_svg(name: str, verdicts: Sequence[Verdict], title: str) -> str:
    """The badge as an SVG document: the component, then a field for each question.

    Args:
        name: the name of the component.
        verdicts: the verdicts, from left to right.
        title: the text for screen readers and for the tooltip.
    """
    fields = [(name, LABEL)]
    fields += [
        (f"{ASKED[each.question]}: {each.verdict}", COLOURS[each.verdict]) for each in verdicts
    ]
    drawn, x = [], 0
    for text, colour in fields:
        width = text_width(text)
        whole = width + 2 * PADDING
        drawn.append(f'<rect x="{x}" width="{whole}" height="{HEIGHT}" fill="{colour}"/>')
        if x:  # a line, because two fields of one colour would look like one
            drawn.append(f'<rect x="{x}" width="1" height="{HEIGHT}" fill-opacity=".4"/>')
        # The font of the browser is unknown, so the text is fitted to the field.
        drawn.append(
            f'<text x="{x + PADDING}" y="14" textLength="{width}" '
            f'lengthAdjust="spacingAndGlyphs">{escape(text)}</text>'
        )
        x += whole
    svg = "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{x}" height="{HEIGHT}" '
            f'viewBox="0 0 {x} {HEIGHT}" role="img" aria-label={quoteattr(title)}>',
            MARK,
            f"<title>{escape(title)}</title>",
            f'<clipPath id="r"><rect width="{x}" height="{HEIGHT}" rx="3"/></clipPath>',
            '<g clip-path="url(#r)" fill="#fff" font-size="'
            f'{SIZE}" font-family="Verdana,Geneva,DejaVu Sans,sans-serif">',
            *drawn,
            "</g>",
            "</svg>",
            "",
        ]
    )
    return escaped(svg)


def text_width(text: str) -> int:
    """The approximate width of a text in Verdana at 11 pixels."""
    widths = (
        4.2 if character in NARROW else 10.0 if character in WIDE else 6.9 for character in text
    )
    return round(sum(widths))


def badge_url(name: str, verdicts: Sequence[Verdict]) -> str:
    """The address of a static badge of shields.io with the same text."""
    message = ", ".join(f"{each.question} {each.verdict}" for each in verdicts)
    return (
        f"https://img.shields.io/badge/{_escaped_for_shields(name)}-{_escaped_for_shields(message)}-"
        f"{overall_colour(verdicts).removeprefix('#')}"
    )


def overall_colour(verdicts: Sequence[Verdict]) -> str:
    """One colour for all verdicts: "worse" is never hidden behind "better"."""
    found = [COLOURS[each.verdict] for each in verdicts]
    for colour in (BAD, GOOD, OPEN, EVEN):
        if colour in found:
            return colour
    return NONE


def _escaped_for_shields(text: str) -> str:
    """The text as shields.io expects it: `-` and `_` doubled, blanks as `_`."""
    return quote(text.replace("-", "--").replace("_", "__").replace(" ", "_"), safe="")
