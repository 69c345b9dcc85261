"""Where the numbers come from, and how to reproduce them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from vaereg.contracts.plain_values import JsonValue
from vaereg.reporting.content import Facts, Listing, Section
from vaereg.reporting.figures import written
from vaereg.reporting.panels import named
from vaereg.reporting.reported_run import ReportedRun
from vaereg.runs.layout import RunFolder, portable_name
from vaereg.runs.starting_weights import starting_weights


def provenance(runs: Sequence[ReportedRun]) -> Section:
    """Data, samples, extractors, versions, commands and declarations."""
    names: dict[str, list[str]] = {}
    for index, run in enumerate(runs):
        for name, value in _run_facts(run):
            names.setdefault(name, [""] * len(runs))[index] = value
    facts = Facts(
        title="",
        columns=tuple(map(named, runs)) if len(runs) > 1 else (),
        rows=tuple((name, tuple(values)) for name, values in names.items()),
    )
    listings = [
        Listing(
            title="declaration.toml" + (f" of {run.letter} {run.label}" if len(runs) > 1 else ""),
            text=run.declaration.strip(),
        )
        for run in runs
    ]
    return Section(
        key="provenance",
        name="Provenance",
        title="Provenance",
        lead="Where the numbers come from, and how to reproduce them.",
        blocks=[facts, *listings],
    )


def _run_facts(run: ReportedRun) -> list[tuple[str, str]]:
    evaluation, lock = run.evaluation, run.lock
    data = evaluation.evaluated_on
    facts = [
        ("run", portable_name(RunFolder(Path(evaluation.run)))),
        ("training", f"seed {evaluation.seed}, {_count_text(evaluation.epochs, 'epoch')}"),
        (
            "samples",
            f"{evaluation.generated:,} by {evaluation.sampler}, seed {evaluation.sampling_seed}, "
            f"{evaluation.weights} weights",
        ),
        ("preset", evaluation.preset),
        (
            "data",
            f"{data.name}, {' by '.join(map(str, data.shape))}, digest {data.digest[:12]}",
        ),
        (
            "measured against",
            f"{data.held_out:,} examples of the {data.split} split ({data.positions[:12]}); "
            f"{data.train_examples:,} training examples used",
        ),
    ]
    for name, extractor in evaluation.extractors.items():
        reported = ", ".join(f"{key} {_fact_text(value)}" for key, value in extractor.facts.items())
        facts.append(
            (
                f"extractor {name}",
                f"{extractor.component}, identity {extractor.identity[:12]}"
                + (f", {reported}" if reported else ""),
            )
        )
    begun = starting_weights(lock, Path("lock.json"))
    if begun is not None:
        facts.append(("began with the weights of", str(begun)))
    backend = lock.get("backend", {})
    facts += [
        ("evaluated", f"{evaluation.made}, in {evaluation.seconds:.0f} s"),
        ("evaluated with", f"vaereg {evaluation.vaereg}, {evaluation.backend}"),
        (
            "trained with",
            f"vaereg {lock.get('vaereg', '?')}, Python {lock.get('python', '?')}, Keras "
            f"{lock.get('keras', '?')}, {backend.get('name', '?')} {backend.get('version', '?')}",
        ),
        ("trained on", ", ".join(map(str, lock.get("devices", []))) or "?"),
    ]
    outside = sorted(
        {
            f"{part.get('distribution')} {part.get('version')}"
            for part in lock.get("components", {}).values()
            if isinstance(part, dict) and part.get("distribution") not in (None, "vaereg")
        }
    )
    if outside:
        facts.append(("plugins", ", ".join(outside)))
    if evaluation.command:
        facts.append(("reproduce with", evaluation.command))
    return facts


def _count_text(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _fact_text(value: JsonValue) -> str:
    if isinstance(value, float):
        return written.significant(value)
    return str(value)
