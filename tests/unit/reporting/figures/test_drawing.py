from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest

from vaereg.reporting.figures.chart import Axis, Chart
from vaereg.reporting.figures.drawing import LETTER, Drawing, draw
from vaereg.reporting.figures.marks import Band, Bars, Line, Mark, Outline, Points, Rule
from vaereg.reporting.figures.scale import Linear, Scale


def drawn(
    *marks: Mark,
    x: Scale | None = None,
    y: Scale | None = None,
    named: tuple[tuple[float, str], ...] = (),
    width: int = 380,
) -> Drawing:
    return draw(
        Chart(
            title="t",
            summary="s",
            x=Axis(label="x", scale=x or Linear(0.0, 10.0), named=named),
            y=Axis(label="y", scale=y or Linear(0.0, 1.0)),
            marks=marks,
            width=width,
        )
    )


def points(d: str) -> list[tuple[float, float]]:
    return [(float(a), float(b)) for a, b in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", d)]


def test_a_line_runs_from_corner_to_corner_of_the_frame() -> None:
    drawing = drawn(Line(x=np.array([0.0, 10.0]), y=np.array([0.0, 1.0]), series="a"))

    (path,) = drawing.paths
    assert path.classes == "line a"
    assert points(path.d) == [
        (0.0, pytest.approx(drawing.inner_height)),
        (pytest.approx(drawing.inner_width), 0.0),
    ]


def test_a_line_is_interrupted_where_there_is_no_value() -> None:
    y = np.array([0.1, np.nan, 0.3, 0.4])
    (path,) = drawn(Line(x=np.arange(4.0), y=y, series="a")).paths

    assert path.d.count("M") == 2
    assert path.d.count("L") == 1
    assert "nan" not in path.d


def test_bars_stand_on_zero() -> None:
    drawing = drawn(Bars(x=np.array([5.0]), y=np.array([0.5]), width=2.0, series="a"))

    left, bottom = points(drawing.paths[0].d)[0]
    assert bottom == pytest.approx(drawing.inner_height)
    assert left == pytest.approx(0.4 * drawing.inner_width, abs=0.1)
    assert f"V{drawing.inner_height / 2:.1f}".removesuffix(".0") in drawing.paths[0].d


def test_an_outline_encloses_the_histogram_and_nothing_else() -> None:
    mark = Outline(edges=np.array([0.0, 5.0, 10.0]), shares=np.array([1.0, 0.5]), series="real")
    drawing = drawn(mark)
    area = drawing.paths[0]

    corners = np.array(points(area.d))
    x, y = corners[:, 0], corners[:, 1]
    enclosed = abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2
    assert area.d.endswith("Z")
    assert enclosed == pytest.approx(0.75 * drawing.inner_width * drawing.inner_height, rel=1e-2)


def test_the_outline_of_a_band_runs_along_the_top_and_back_along_the_bottom() -> None:
    x = np.array([0.0, 10.0])
    drawing = drawn(Band(x=x, low=np.zeros(2), high=np.ones(2), series="a"))

    ys = [y for _, y in points(drawing.paths[0].d)]
    assert ys == pytest.approx([0.0, 0.0, drawing.inner_height, drawing.inner_height])


def test_dots_are_as_many_as_finite_points() -> None:
    x = np.array([1.0, np.inf, 3.0])
    drawing = drawn(Points(x=x, y=np.full(3, 0.5), series="a"))

    assert drawing.paths[0].d.count("h0") == 2


def test_a_rule_lies_level_over_the_whole_frame() -> None:
    drawing = drawn(Rule(y=0.5))

    start, end = drawing.paths[0].d.removeprefix("M0 ").split("H")
    assert float(start) == pytest.approx(drawing.inner_height / 2, abs=0.1)
    assert float(end) == pytest.approx(drawing.inner_width)


def test_values_far_outside_stay_numbers_that_svg_can_read() -> None:
    (path,) = drawn(Line(x=np.array([0.0, 1e300]), y=np.array([-1e300, 1.0]), series="a")).paths

    assert "e" not in path.d
    assert "inf" not in path.d


@pytest.mark.parametrize("width", [220, 300, 380])
@pytest.mark.parametrize("high", [1.0, 100.0, 123_456.0, 0.0004])
def test_labels_never_touch_and_never_leave_the_paper(width: int, high: float) -> None:
    drawing = drawn(x=Linear(0.0, high), y=Linear(-high, high), width=width)

    spans = [
        (tick.at - len(tick.label) * LETTER / 2, tick.at + len(tick.label) * LETTER / 2)
        for tick in drawing.x_ticks
    ]
    assert len(spans) >= 2
    assert all(end < start for (_, end), (start, _) in pairwise(spans))
    assert spans[0][0] + drawing.left >= 0
    assert spans[-1][1] + drawing.left <= width
    assert all(len(tick.label) * LETTER + 8 <= drawing.left for tick in drawing.y_ticks)
    heights = sorted(tick.at for tick in drawing.y_ticks)
    assert min(np.diff(heights)) > 14


def test_named_ticks_without_room_are_thinned_out() -> None:
    named = tuple((each / 10, f"{each:,} samples") for each in range(100))

    drawing = drawn(named=named)

    assert 2 <= len(drawing.x_ticks) < 6
