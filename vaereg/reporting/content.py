"""The parts of sections; each has a template of the same name."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from vaereg.reporting.figures.drawing import Drawing
from vaereg.reporting.sheets import Sheet


@attrs.frozen(kw_only=True)
class Owner:
    """The run that a picture or a column belongs to: its letter, label and colour."""

    letter: str
    label: str
    series: str


@attrs.frozen(kw_only=True)
class Strip:
    """A sheet of pictures with its labels.

    Args:
        sheet: the pictures.
        name: a heading, such as a class.
        note: shown in small type after the name.
        under: a label below each column, such as a distance.
    """

    sheet: Sheet
    name: str = ""
    note: str = ""
    under: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Panel:
    """The strips of one run.

    Args:
        owner: the run; None if there is only one.
        strips: one below the other; side by side with `Exhibit.flowing`.
        note: a sentence below, such as why there are no pictures.
    """

    owner: Owner | None
    strips: tuple[Strip, ...]
    note: str = ""


@attrs.frozen(kw_only=True)
class Exhibit:
    """Pictures of every run, side by side.

    Args:
        title: the subject of the pictures.
        caption: what the pictures show, and which pictures are good.
        panels: one for each run.
        flowing: whether the strips of a panel may be side by side.
    """

    template = "exhibit.html.j2"

    title: str
    caption: str
    panels: tuple[Panel, ...]
    flowing: bool = True

    @property
    def wide(self) -> bool:
        """Whether it takes the whole width of the page, for several runs or several sheets."""
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
        title: the subject of the charts.
        caption: how to read the charts, and which results are good.
        legend: the meaning of the lines; may be empty.
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
        title: their subject.
        columns: a heading for each value; empty if there is one value.
        rows: the name and its values.
    """

    template = "facts.html.j2"

    title: str
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    caption: str = ""
    columns: tuple[Owner, ...] = ()


@attrs.frozen(kw_only=True)
class Listing:
    """A text in its original form, collapsed until opened."""

    template = "listing.html.j2"

    title: str
    text: str


@attrs.frozen(kw_only=True)
class Section:
    """A part of the page.

    Args:
        key: its anchor.
        name: its name in the list of sections, in a word or two.
        title: its heading.
        lead: the question that it answers, in a sentence or two.
        blocks: its parts, any of the values above or one with a `template` of its own.
    """

    key: str
    name: str
    title: str
    lead: str
    blocks: Sequence[object]
