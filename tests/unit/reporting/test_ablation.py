"""An ablation reports a worse result as plainly as a better one."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from typing import Any

import attrs
import numpy as np
import pytest

from tests.helpers.measured_runs import Quality, pairing, trained
from vaereg.comparison.compare_runs import compare_measured
from vaereg.component import Component, Offer
from vaereg.reporting.ablation import MARK, AblationResult, ablation_markdown, escaped, made_with
from vaereg.reporting.badge import BAD, GOOD, OPEN, badge_svg, badge_url, overall_colour

BETTER = Quality(gap=-3.0, coverage=0.6, kernel=0.02)
LOCK = {"vaereg": "0.1.0", "keras": "3", "backend": {"name": "jax", "version": "1"}, "python": "3"}


def ablation(without: Quality, having: Quality, seeds: int = 6, **fields: Any) -> AblationResult:
    rng = np.random.default_rng(0)
    runs = [[trained(rng, each) for _ in range(seeds)] for each in (without, having)]
    component = Component(kind="regularizer", name="focal_frequency", factory="a.b:C")
    given: dict[str, Any] = {
        "offer": Offer(component=component, distribution="acme", version="1.2"),
        "model": "old",
        "params": "{ weight = 10.0 }",
        "comparison": compare_measured(pairing(seeds), *runs, notes=["a | note"]),
        "evaluations": tuple(each.evaluation for side in runs for each in side),
        "locks": (LOCK,),
        "command": "vaereg ablate regularizer/focal_frequency --against old",
        "declaration": "[models.old]\n",
    }
    return AblationResult(**{**given, **fields})


def rows(text: str) -> list[list[str]]:
    return [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in text.splitlines()
        if line.startswith("| ") and "?" in line
    ]


@pytest.mark.parametrize(
    ("without", "having", "verdict"),
    [(Quality(), BETTER, "better"), (BETTER, Quality(), "worse")],
)
def test_each_question_has_a_row_with_its_verdict(without: Any, having: Any, verdict: str) -> None:
    text = ablation_markdown(ablation(without, having), "ablation.svg")

    found = rows(text)
    assert [row[0] for row in found] == ["Sharp?", "Varied?", "True to the data?"]
    assert [row[-1] for row in found] == [f"**{verdict}**"] * 3
    assert all("[" in row[5] and " at\u00a0" in row[5] for row in found)
    assert text.startswith(MARK)
    assert f"- {verdict}: " in text


def test_the_effect_has_the_sign_of_an_improvement() -> None:
    assert all(
        row[5].startswith("+") for row in rows(ablation_markdown(ablation(Quality(), BETTER), ""))
    )
    assert all(
        row[5].startswith("-") for row in rows(ablation_markdown(ablation(BETTER, Quality()), ""))
    )


def test_too_few_seeds_and_vetoes_are_explained() -> None:
    assert "at least 6 are needed" in ablation_markdown(ablation(Quality(), BETTER, seeds=2), "")

    vetoed = ablation_markdown(ablation(Quality(), attrs.evolve(BETTER, copies=0.3)), "")
    assert "**vetoed**" in vetoed
    assert "copy training examples" in vetoed


def test_it_names_data_seeds_versions_warnings_and_the_command() -> None:
    text = ablation_markdown(ablation(Quality(), BETTER), "ablation.svg")

    for told in (
        "`fashion`, 500 test examples",
        "seeds 0, 1, 2, 3, 4, 5",
        "vaereg 0.1.0, keras 3, jax 1, Python 3",
        "Warning: a \\| note",
        "```\nvaereg ablate regularizer/focal_frequency --against old\n```",
        "acme 1.2, `{ weight = 10.0 }`",
        "(ablation.svg)",
    ):
        assert told in text, told


def test_versions_that_differ_between_runs_are_all_listed() -> None:
    assert made_with([LOCK, {**LOCK, "vaereg": "0.2.0"}])[0] == "vaereg 0.1.0 and 0.2.0"


def test_the_badge_is_valid_and_has_an_alternative_text() -> None:
    found = ablation(Quality(), BETTER)

    root = ElementTree.fromstring(badge_svg("a<b", found.comparison.verdicts, 'say "a" & b'))

    space = "{http://www.w3.org/2000/svg}"
    assert root.get("role") == "img"
    assert root.findtext(f"{space}title") == root.get("aria-label") == 'say "a" & b'
    texts = [each.text for each in root.iter(f"{space}text")]
    assert texts == ["a<b", "sharp: better", "varied: better", "true to the data: better"]
    rectangles = root.findall(f"{space}g/{space}rect")
    fields = [each for each in rectangles if each.get("fill")]
    ends = [int(each.get("x", "")) + int(each.get("width", "")) for each in fields]
    assert ends[-1] == int(root.get("width", ""))
    assert [int(each.get("x", "")) for each in fields] == [0, *ends[:-1]]
    # all three verdicts have one colour, and lines separate them
    lines = [each for each in rectangles if not each.get("fill")]
    assert [int(each.get("x", "")) for each in lines] == ends[:-1]


def test_no_cell_of_the_table_wraps_between_a_number_and_its_unit() -> None:
    for row in rows(ablation_markdown(ablation(Quality(), BETTER), "ablation.svg")):
        assert not any(" " in cell for cell in row[2:5])
        effect, interval, level = row[5].split(" ")
        assert interval[0] + interval[-1] == "[]"
        assert effect[0] in "+-"
        assert level.startswith("at\u00a0")


def test_the_meaning_and_the_provenance_are_two_lists() -> None:
    lists = re.findall(
        r"(?m)(?:^- .*\n)+", ablation_markdown(ablation(Quality(), BETTER), "ablation.svg")
    )

    assert [each.split()[1] for each in lists] == ["A", "Data:"]
    assert "\n\nHow it was measured:\n\n- Data:" in ablation_markdown(
        ablation(Quality(), BETTER), "ablation.svg"
    )


def test_the_address_doubles_separators() -> None:
    url = badge_url("focal_frequency", ablation(Quality(), BETTER).comparison.verdicts)

    assert url == (
        "https://img.shields.io/badge/focal__frequency-"
        "sharp_better%2C_varied_better%2C_true_better-14602f"
    )


def test_a_worse_verdict_is_never_hidden_by_a_better_one() -> None:
    better, worse = ablation(Quality(), BETTER), ablation(BETTER, Quality())
    few = ablation(Quality(), BETTER, seeds=2)
    mixed = (*better.comparison.verdicts[:2], worse.comparison.verdicts[2])

    assert overall_colour(better.comparison.verdicts) == GOOD
    assert overall_colour(mixed) == BAD
    assert overall_colour(few.comparison.verdicts) == OPEN


def test_markup_in_a_warning_is_only_text() -> None:
    assert escaped("a*b\n<i>") == r"a\*b \<i\>"


def test_control_characters_of_a_plugin_reach_neither_the_text_nor_the_badge() -> None:
    version = "1\x1b[2J\x9b"
    component = Component(kind="regularizer", name="focal_frequency", factory="a.b:C")
    found = ablation(
        Quality(), BETTER, offer=Offer(component=component, distribution="acme", version=version)
    )

    text = ablation_markdown(found, "a.svg")
    badge = badge_svg("a\x1b", found.comparison.verdicts, version)

    assert r"1\x1b[2J\x9b" in text
    ElementTree.fromstring(badge)
    assert not set(version[1:2] + version[-1]) & set(text + badge)
