"""What sections are made of; each value has a template of the same name."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from vaereg.reporting.figures.drawing import Drawing
from vaereg.reporting.sheets import Sheet


@attrs.frozen(kw_only=True)
class Owner:
    """Whose something is: a run, by letter, label and colour."""

    letter: str
    label: str
    series: str


@attrs.frozen(kw_only=True)
class Strip:
    """A sheet with words beside it.

    Args:
        sheet: the pictures.
        name: stands before it, such as a class.
        note: stands behind the name, in small.
        under: a word below each column, such as a distance.
    """

    sheet: Sheet
    name: str = ""
    note: str = ""
    under: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Panel:
    """The strips of one run.

    Args:
        owner: the run; None where there is only one.
        strips: one below the other, or beside, where `Exhibit.flowing`.
        note: a sentence below, such as why there is nothing to see.
    """

    owner: Owner | None
    strips: tuple[Strip, ...]
    note: str = ""


@attrs.frozen(kw_only=True)
class Exhibit:
    """Pictures of every run, side by side.

    Args:
        title: what they are.
        caption: what one sees, and what is good.
        panels: one for each run that has such pictures.
        flowing: whether the strips of a panel may stand beside each other.
    """

    template = "exhibit.html.j2"

    title: str
    caption: str
    panels: tuple[Panel, ...]
    flowing: bool = True

    @property
    def wide(self) -> bool:
        """Whether it takes the whole width of the page: for several runs, or several sheets."""
        return len(self.panels) > 1 or (self.flowing and len(self.panels[0].strips) > 1)


@attrs.frozen(kw_only=True)
class Key:
    """An entry of a legend; kind is "line", "area", "dot" or "rule"."""

    series: str
    words: str
    faint: bool = False
    kind: str = "line"


@attrs.frozen(kw_only=True)
class Figure:
    """One or more charts with one legend.

    Args:
        title: what they show.
        caption: what one sees, and what is good.
        legend: what the lines are; may be empty.
        drawings: the charts.
        wide: whether the figure takes the whole width of the page.
    """

    template = "figure.html.j2"

    title: str
    caption: str
    legend: tuple[Key, ...]
    drawings: tuple[Drawing, ...]
    wide: bool = False


@attrs.frozen(kw_only=True)
class Facts:
    """A list of names and values.

    Args:
        title: what they are about.
        columns: a heading for each value; empty where there is one value.
        rows: the name and its values.
    """

    template = "facts.html.j2"

    title: str
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    caption: str = ""
    columns: tuple[Owner, ...] = ()


@attrs.frozen(kw_only=True)
class Listing:
    """A text as it was written, folded away."""

    template = "listing.html.j2"

    title: str
    text: str


@attrs.frozen(kw_only=True)
class Section:
    """A part of the page.

    Args:
        key: its anchor.
        name: what the list of sections calls it, in a word or two.
        title: its heading.
        lead: what it answers, in a sentence or two.
        blocks: what it holds, any of the values above or one with a `template` of its own.
    """

    key: str
    name: str
    title: str
    lead: str
    blocks: Sequence[object]
