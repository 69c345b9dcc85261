"""Runs -> one HTML file that needs neither a network nor JavaScript."""

from __future__ import annotations

import time
from collections.abc import Hashable, Sequence
from functools import cache
from importlib.resources import files

import attrs
import jinja2
from markupsafe import Markup

import vaereg
from vaereg.comparison.comparison import PAIRED_SEEDS
from vaereg.reporting.content import Owner, Section
from vaereg.reporting.panels import named
from vaereg.reporting.reported_run import ReportedRun
from vaereg.reporting.sections.changes import changes
from vaereg.reporting.sections.latent import latent
from vaereg.reporting.sections.provenance import provenance
from vaereg.reporting.sections.samples import samples
from vaereg.reporting.sections.scores import scores
from vaereg.reporting.sections.seeds import Compared, seeds
from vaereg.reporting.sections.sharp import sharp
from vaereg.reporting.sections.training import training
from vaereg.reporting.sections.true import true
from vaereg.reporting.sections.varied import varied
from vaereg.reporting.sections.verdict import verdict
from vaereg.reporting.sections.why import why
from vaereg.wording import escaped


@attrs.frozen(kw_only=True)
class Page:
    """The input of the outermost template.

    Args:
        title: the title of the page.
        facts: phrases below the title.
        owners: the runs by letter and colour, if there are several.
        warnings: notes for the reader: the letters of the runs concerned, and the sentence.
        sections: from top to bottom.
        made, version: the time, and the version of vaereg, with which the report was made.
    """

    title: str
    facts: tuple[str, ...]
    owners: tuple[Owner, ...]
    warnings: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    made: str
    version: str


def report_html(runs: Sequence[ReportedRun], compared: Compared | None = None) -> str:
    """The report of runs as one HTML document.

    Args:
        runs: at least one; with `compared`, the first two are A and B.
        compared: the comparison of the first two runs, for the verdict at the top.
    """
    found: list[Section | None] = []
    if compared is not None:
        found.append(verdict(compared))
        found.append(seeds(compared))
    found += [
        changes(runs),
        samples(runs),
        why(runs) if compared is None else None,  # a verdict states the causes itself
        scores(runs),
        sharp(runs),
        varied(runs),
        true(runs),
        latent(runs),
        training(runs),
        provenance(runs),
    ]
    page = Page(
        title=" and ".join(run.label for run in runs)
        if compared is None
        else f"{compared.comparison.a.label} against {compared.comparison.b.label}",
        facts=_header_facts(runs, compared),
        owners=tuple(map(named, runs)) if len(runs) > 1 else (),
        warnings=_warnings(runs, compared),
        sections=tuple(each for each in found if each is not None),
        made=time.strftime("%Y-%m-%d %H:%M"),
        version=vaereg.__version__,
    )
    return escaped(environment().get_template("page.html.j2").render(page=page))


@cache
def environment() -> jinja2.Environment:
    """The templates; they escape every value for HTML."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("vaereg.reporting", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["style"] = Markup(
        (files("vaereg.reporting") / "templates" / "style.css").read_text(encoding="utf-8")
    )
    return made


def _header_facts(runs: Sequence[ReportedRun], compared: Compared | None) -> tuple[str, ...]:
    def all_equal(values: Sequence[Hashable]) -> bool:
        return len(set(values)) == 1

    evaluations = [run.evaluation for run in runs]
    one = evaluations[0]
    facts = []
    data = [each.evaluated_on for each in evaluations]
    if all_equal([(each.name, each.split, each.held_out) for each in data]):
        facts.append(f"{data[0].held_out:,} {data[0].split} examples of {data[0].name}")
    if all_equal([each.generated for each in evaluations]):
        facts.append(f"{one.generated:,} samples" + (" each" if len(runs) > 1 else ""))
    if all_equal([each.sampler for each in evaluations]):
        facts.append(f"drawn by {one.sampler.rpartition('/')[2]}")
    if all_equal([each.epochs for each in evaluations]):
        facts.append(f"{one.epochs} epoch{'' if one.epochs == 1 else 's'}")
    if compared is not None and compared.comparison.design == PAIRED_SEEDS:
        facts.append(f"pictures from training seed {compared.comparison.seeds[0]}")
    return tuple(facts)


def _warnings(
    runs: Sequence[ReportedRun], compared: Compared | None
) -> tuple[tuple[str, str], ...]:
    """Each warning once, with the letters of the runs it concerns."""
    about: dict[str, list[str]] = {}
    for warning in compared.comparison.warnings if compared else ():
        about.setdefault(warning, [])
    for run in runs:
        for warning in run.evaluation.warnings:
            about.setdefault(warning, []).append(run.letter)
    return tuple(
        ("" if len(letters) in (0, len(runs)) else ", ".join(letters), warning)
        for warning, letters in about.items()
    )
