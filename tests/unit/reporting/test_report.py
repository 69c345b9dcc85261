"""The whole page: well formed, self-contained, safe, small and accessible."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.report_page import Page
from tests.helpers.reported_runs import compared, image_arrays, reported, vector_arrays
from vaereg.reporting.report import report_html


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of one run."""
    return report_html(reported(tmp_path_factory.mktemp("one"), "baseline"))


@pytest.fixture(scope="module")
def double(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of a comparison of two runs."""
    runs = reported(tmp_path_factory.mktemp("two"), "baseline", "sharp")
    return report_html(runs, compared())


@pytest.fixture(params=["single", "double"])
def html(request: pytest.FixtureRequest) -> str:
    """Either page."""
    return str(request.getfixturevalue(request.param))


def test_the_page_is_well_formed(html: str) -> None:
    page = Page(html)

    assert html.lstrip().startswith("<!doctype html>")
    assert [len(page.all(tag)) for tag in ("html", "head", "body", "main", "h1")] == [1] * 5


def test_every_drawing_is_well_formed_xml_with_numbers_only(html: str) -> None:
    drawings = re.findall(r'<svg class="drawing".*?</svg>\s*(?=</div>)', html, re.S)

    assert len(drawings) >= 8
    for drawing in drawings:
        ElementTree.fromstring(drawing)
        assert "nan" not in drawing.lower().replace("nannot", "")
        for d in re.findall(r' d="([^"]*)"', drawing):
            assert re.fullmatch(r"[MLHVhvZ0-9. -]*", d), d[:80]


def test_the_page_loads_nothing(html: str) -> None:
    page = Page(html)

    assert not page.all("script", "link", "iframe", "object", "embed", "base", "use")
    for element in page.elements:
        for name in ("src", "href", "srcset", "data", "action", "poster", "xlink:href"):
            value = element.attributes.get(name, "")
            assert value.startswith(("data:image/png;base64,", "#")) or not value, value[:60]
        assert not any(name.startswith("on") for name in element.attributes)
    without_pictures = re.sub(r"data:image/png;base64,[A-Za-z0-9+/=]+", "", html)
    assert "url(" not in without_pictures
    assert "@import" not in without_pictures
    assert "http://" not in without_pictures
    assert "https://" not in without_pictures
    (policy,) = [each for each in page.all("meta") if "http-equiv" in each.attributes]
    assert "default-src 'none'" in policy.attributes["content"]


def test_every_picture_and_drawing_says_what_it_shows(html: str) -> None:
    page = Page(html)

    pictures = page.all("img")
    assert pictures
    assert all(len(each.attributes["alt"]) > 8 for each in pictures)
    assert all(int(each.attributes["width"]) > 0 for each in pictures)
    for drawing in page.all("svg"):
        known = drawing.attributes
        inner = "x" in known  # the clipping frame of a chart
        assert inner or known.get("aria-hidden") or len(known["aria-label"]) > 20


def test_headings_skip_no_level_and_links_lead_somewhere(html: str) -> None:
    page = Page(html)
    levels = [int(each.tag[1]) for each in page.all("h1", "h2", "h3", "h4")]
    names = [each.attributes["id"] for each in page.elements if "id" in each.attributes]

    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert len(set(names)) == len(names)
    targets = [each.attributes["href"][1:] for each in page.all("a")]
    assert set(targets) <= set(names)
    labelled = [
        e.attributes["aria-labelledby"] for e in page.elements if "aria-labelledby" in e.attributes
    ]
    assert set(labelled) <= set(names)


def test_the_page_of_two_runs_has_everything_that_a_report_shows(double: str) -> None:
    titles = Page(double).titles()

    for title in (
        "Is B sharp better than A baseline?",
        "Seed by seed",
        "What was changed",
        "Without selection",
        "Real examples",
        "The same model, sampled from its prior",
        "Reconstructions",
        "Spectrum",
        "Sharpness of single images",
        "The most similar samples",
        "Missing",
        "Classes",
        "Samples by class",
        "Closest to a training example",
        "Closest in features",
        "Other samples and their nearest training examples",
        "Memorisation",
        "Fréchet distance by sample size, classifier",
        "Far from the data",
        "KL divergence by dimension",
        "Activity by dimension",
        "Latents and prior",
        "Decoded latents of training data",
        "Traversals",
        "Interpolations",
        "Terms by epoch",
        "Provenance",
        "Before you trust these numbers",
    ):
        assert title in titles, title


def test_a_verdict_has_its_word_sign_and_colour(double: str) -> None:
    page = Page(double)
    answers = [each for each in page.all("article") if "answer" in each.attributes["class"]]

    told = [(each.attributes["class"].split()[-1], each.text) for each in answers]
    assert [light for light, _ in told] == ["good", "open", "bad"]
    for (_, text), word, sign in zip(told, ("better", "contested", "vetoed"), "▲≠✕", strict=True):
        assert word in text
        assert sign in text
    drawn = [each for each in page.all("div") if each.attributes.get("class") == "effect"]
    assert len(drawn) == 4  # two spaces answer the contested question
    assert "12 % of samples copy training images" in double
    assert "the likelihood is to blame" in double


def test_without_a_comparison_there_are_no_verdicts(single: str) -> None:
    titles = Page(single).titles()

    assert "Seed by seed" not in titles
    assert "What was changed" not in titles
    assert "undecided" not in single


def test_pages_stay_small(single: str, double: str) -> None:
    assert len(single.encode()) < 700_000
    assert len(double.encode()) < 1_400_000


def test_two_runs_of_28_pixels_stay_below_two_megabytes(tmp_path: Path) -> None:
    runs = reported(tmp_path, "baseline", "sharp", arrays=image_arrays(side=28))

    # Noise, which cannot be compressed: real pictures take half as much.
    assert len(report_html(runs, compared()).encode()) < 2_000_000


HOSTILE = "<b>\"x\" & 'y'</b><script>alert(1)</script>"


def test_names_cannot_inject_anything(tmp_path: Path) -> None:
    runs = reported(tmp_path, HOSTILE, "sharp")
    html = report_html(runs, compared(HOSTILE, "sharp"))

    page = Page(html)
    assert not page.all("script")
    assert "alert(1)" in page.all("h1")[0].text
    assert HOSTILE in " ".join(page.all("h2")[1].text.split())
    assert HOSTILE in page.all("title")[0].text
    assert "<script" not in html


def test_control_characters_of_a_name_do_not_reach_the_page(tmp_path: Path) -> None:
    name = "a\x1b[31mb\x9b\u202e"

    html = report_html(reported(tmp_path, name, "sharp"), compared(name, "sharp"))

    assert r"a\x1b[31mb\x9b\u202e" in html
    assert not set("\x1b\x9b\u202e") & set(html)


def test_a_section_without_content_is_left_out(tmp_path: Path) -> None:
    (run,) = reported(
        tmp_path, "baseline", arrays={"curves/kl_per_dimension": np.array([2.0, 0.1])}
    )
    titles = Page(report_html([run])).titles()

    assert "KL divergence by dimension" in titles
    assert "The latent space" in titles
    for title in ("Samples", "Spectrum", "Traversals", "Memorisation", "Classes", "Missing"):
        assert title not in titles
    assert "Is it varied?" in titles  # its scores are there
    assert titles.count("Is it varied?") == 1


@pytest.mark.parametrize("path", sorted(image_arrays()))
def test_any_array_may_be_missing(path: str, tmp_path: Path) -> None:
    arrays = image_arrays()
    del arrays[path]

    Page(report_html(reported(tmp_path, "baseline", arrays=arrays)))


def test_one_of_two_runs_may_lack_pictures(tmp_path: Path) -> None:
    with_them = reported(tmp_path / "a", "baseline")[0]
    (without,) = reported(tmp_path / "b", "sharp", arrays={"curves/kl_per_dimension": np.ones(3)})

    html = report_html([with_them, without])

    assert "This run has no such pictures." in html
    Page(html)


def test_vectors_are_drawn_too(tmp_path: Path) -> None:
    html = report_html(reported(tmp_path, "table", arrays=vector_arrays(), form="vector"))
    page = Page(html)

    assert {"Without selection", "Reconstructions", "Traversals"} <= set(page.titles())
    assert len(page.all("img")) >= 10


def test_colour_images_are_drawn_in_colour(tmp_path: Path) -> None:
    arrays = image_arrays(channels=3)
    page = Page(report_html(reported(tmp_path, "colour", arrays=arrays)))

    assert {"Without selection", "Reconstructions", "Samples by class"} <= set(page.titles())


def test_many_large_images_still_make_a_page_that_can_be_sent(tmp_path: Path) -> None:
    arrays = image_arrays(channels=3, side=96)

    html = report_html(reported(tmp_path, "large", arrays=arrays))

    assert len(html.encode()) < 12_000_000  # of noise; photographs take about half


def test_three_runs_are_shown_side_by_side(tmp_path: Path) -> None:
    html = report_html(reported(tmp_path, "one", "two", "three"))

    owners = re.findall(r'<p class="whose"><span class="letter (\w)">(\w)</span>', html)
    assert {("a", "A"), ("b", "B"), ("c", "C")} == set(owners)
