"""The result of an ablation as Markdown, for the README of the component's plugin."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import attrs

from vaereg import wording
from vaereg.comparison.comparison import PAIRED_SEEDS, Comparison, Difference, Verdict
from vaereg.comparison.figures import change, change_interval, short_percent, value_of
from vaereg.comparison.statistics.method_effect import LEAST_SEEDS
from vaereg.component import Offer
from vaereg.contracts.plain_values import JsonObject
from vaereg.evaluation.evaluation import Evaluation
from vaereg.reporting.badge import ASKED, MARK, badge_url
from vaereg.reporting.figures.written import ABSENT

MEANING = {
    "better": "the whole interval is an improvement that is not negligible.",
    "worse": "the whole interval is a loss that is not negligible.",
    "equivalent": "the whole interval is negligible.",
    "contested": "two feature spaces decide differently; this is no success.",
    "undecided": "the interval includes both negligible differences and others.",
    "exploratory": f"too few seeds to decide; at least {LEAST_SEEDS} are needed.",
    "vetoed": "the score is better, but because of a defect that it rewards.",
}
"""The meaning of each verdict; explained only if it occurs."""


@attrs.frozen(kw_only=True)
class AblationResult:
    """A comparison of a model with and without a component.

    Args:
        offer: the component.
        model: the model, as the user named it.
        params: the parameters as TOML, as the user gave them; empty for the defaults.
        comparison: A is without the component, B with it.
        evaluations: the evaluations of all runs that were compared.
        locks: the content of each run's lock.json.
        command: the command that repeats the ablation.
        declaration: the model as TOML.
        files: the Markdown file and the badge, once they are written.
    """

    offer: Offer
    model: str
    params: str
    comparison: Comparison
    evaluations: tuple[Evaluation, ...]
    locks: tuple[JsonObject, ...]
    command: str
    declaration: str
    files: tuple[Path, ...] = ()

    @property
    def title(self) -> str:
        """All verdicts in one line; the alternative text of the badge."""
        verdicts = ", ".join(
            f"{ASKED[each.question]} {each.verdict}" for each in self.comparison.verdicts
        )
        seeds = len(self.comparison.seeds)
        return f"{self.offer.name} against {self.model} without it, {seeds} seeds: {verdicts}"

    def as_dict(self) -> JsonObject:
        """The content for `--json`."""
        return {
            "component": {
                "kind": self.offer.kind,
                "full_name": self.offer.full_name,
                "version": self.offer.version,
                "params": self.params,
            },
            "model": self.model,
            "command": self.command,
            "made_with": list(made_with(self.locks)),
            "badge": badge_markdown(self),
            "comparison": self.comparison.as_dict(),
        }


def ablation_markdown(ablation: AblationResult, picture: str) -> str:
    """The ablation as Markdown.

    Args:
        ablation: the result.
        picture: the address of the badge, relative to the file.
    """
    offer, found = ablation.offer, ablation.comparison
    given = f", `{ablation.params}`" if ablation.params else ""
    seeds = len(found.seeds)
    sections = [
        MARK,
        f"![{escaped(ablation.title)}]({picture})",
        f"`{offer.name}` ({offer.kind}, {offer.distribution} {offer.version}{given}) against "
        f"`{ablation.model}` without it, {seeds} training seeds each, in pairs.",
        _verdict_table(found),
        "\n".join(f"- {each}" for each in _notes(found)),
        "How it was measured:",  # without text between them, two lists would become one
        "\n".join(f"- {each}" for each in _provenance(ablation)),
        "\n".join(["To reproduce it:", "", "```", ablation.command, "```"]),
        "\n".join(
            [
                "<details><summary>registry.toml</summary>",
                "",
                "```toml",
                ablation.declaration.rstrip(),
                "```",
                "",
                "</details>",
            ]
        ),
        "\n".join(
            [
                "<!-- The badge without a file, for the top of a README:",
                badge_markdown(ablation),
                "-->",
            ]
        ),
    ]
    text = "\n\n".join(section for section in sections if section) + "\n"
    return wording.escaped(text)


def badge_markdown(ablation: AblationResult) -> str:
    """The badge of shields.io as Markdown."""
    url = badge_url(ablation.offer.name, ablation.comparison.verdicts)
    return f"![{escaped(ablation.title)}]({url})"


def _verdict_table(found: Comparison) -> str:
    rows = [
        ("", "score", unbroken("real data"), "without", "with", "effect", "verdict"),
        ("---",) * 7,
        *(row for each in found.verdicts for row in _verdict_rows(each)),
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _verdict_rows(verdict: Verdict) -> list[tuple[str, ...]]:
    """A row for each feature space; the first shows the verdict, others the answers that differ."""
    asked = f"{ASKED[verdict.question].capitalize()}?"
    if not verdict.answers:
        return [(asked, *(ABSENT,) * 5, f"**{verdict.verdict}**")]
    rows = []
    for number, answer in enumerate(verdict.answers):
        score = answer.score
        word = f"**{verdict.verdict}**" if number == 0 else ""
        if answer.verdict != verdict.verdict:
            word = f"{word} (here {answer.verdict})".strip()
        rows.append(
            (
                asked if number == 0 else "",
                f"`{score.name}`",
                *(
                    unbroken(value_of(score, each)) or ABSENT
                    for each in (score.reference, score.value_a, score.value_b)
                ),
                _effect_text(score),
                word,
            )
        )
    return rows


def _effect_text(score: Difference) -> str:
    """The effect, its interval and its confidence."""
    interval = change_interval(score)
    pieces = [change(score), *([interval, f"at {short_percent(score.level)}"] if interval else ())]
    return " ".join(unbroken(each) for each in pieces)


def unbroken(text: str) -> str:
    """The text with no-break spaces, so that a narrow table does not wrap it."""
    return text.replace(" ", "\u00a0")


def _notes(found: Comparison) -> list[str]:
    """The explanation of the table, and every warning."""
    notes = [
        "A positive effect is an improvement; A is the model without the component. "
        f"{escaped(found.procedure)}"
    ]
    given = {each.verdict for each in found.verdicts}
    notes += [f"{verdict}: {meaning}" for verdict, meaning in MEANING.items() if verdict in given]
    for each in found.verdicts:
        if each.veto:
            notes.append(f"{ASKED[each.question]}, vetoed: {escaped(each.veto)}.")
        if not each.answers:
            notes.append(f"{ASKED[each.question]}, {escaped(each.sentence)}.")
    if found.design != PAIRED_SEEDS:
        notes.append("A single training of each says nothing about other trainings.")
    return [*notes, *(f"Warning: {escaped(each)}" for each in found.warnings)]


def _provenance(ablation: AblationResult) -> list[str]:
    """The data, the training, and the versions used."""
    one = ablation.evaluations[0]
    data = dict.fromkeys(
        f"`{on.name}`, {on.held_out:,} {on.split} examples, {each.generated:,} samples of each "
        f"run (hash {on.digest[:12]})"
        for each in ablation.evaluations
        for on in [each.evaluated_on]
    )
    epochs = sorted({each.epochs for each in ablation.evaluations})
    seeds = ", ".join(map(str, ablation.comparison.seeds))
    features = dict.fromkeys(
        f"{each.component} {each.identity[:12]}" for each in one.extractors.values()
    )
    return [
        f"Data: {'; '.join(data)}.",
        f"Evaluated with --{ablation.comparison.preset}"
        + (f"; features: {', '.join(features)}." if features else "."),
        f"Trained for {' or '.join(map(str, epochs))} epoch{'' if epochs == [1] else 's'} with "
        f"the seeds {seeds}.",
        f"Software: {', '.join(made_with(ablation.locks))}.",
    ]


def made_with(locks: Sequence[JsonObject]) -> tuple[str, ...]:
    """The versions and devices of the runs; if runs differ, every value."""
    found: dict[str, dict[str, None]] = {}

    def note(what: str, value: str) -> None:
        if value:
            found.setdefault(what, {})[value] = None

    for lock in locks:
        note("vaereg", lock.get("vaereg", ""))
        note("keras", lock.get("keras", ""))
        backend = lock.get("backend", {})
        note(backend.get("name", ""), backend.get("version", ""))
        note("Python", lock.get("python", ""))
        for each in lock.get("components", {}).values():
            if each.get("distribution", "vaereg") != "vaereg":
                note(each["distribution"], each.get("version", ""))
        note("on", ", ".join(lock.get("devices", ())))
    on = found.pop("on", None)
    if on:
        found["on"] = on
    return tuple(f"{what} {' and '.join(values)}" for what, values in found.items())


def escaped(text: str) -> str:
    """The text on one line, with Markdown's markup escaped."""
    return re.sub(r"([\\`*\[\]<>|])", r"\\\1", " ".join(text.split()))
