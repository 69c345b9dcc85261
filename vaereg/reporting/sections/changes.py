"""The differences between the declarations, whose effect the report shows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from vaereg.contracts.plain_values import TomlTable, TomlValue
from vaereg.reporting.content import Facts, Section
from vaereg.reporting.figures import written
from vaereg.reporting.panels import named
from vaereg.reporting.reported_run import ReportedRun

MOST = 40
"""The largest number of keys to list."""


def changes(runs: Sequence[ReportedRun]) -> Section | None:
    """The keys of the declarations that differ between runs; None for a single run."""
    if len(runs) < 2:
        return None
    flat = [dict(flattened(_declared_tables(run))) for run in runs]
    for run, keys in zip(runs, flat, strict=True):
        if keys.get("sampler") != run.evaluation.sampler:
            keys["sampler"] = f"{run.evaluation.sampler}, for this report"
        keys["seed of the samples"] = str(run.evaluation.sampling_seed)
    rows = differing(flat)
    nothing = "Nothing: all declarations are equal." if not rows else ""
    more = f" The first {MOST} of {len(rows)} keys." if len(rows) > MOST else ""
    return Section(
        key="changes",
        name="Changes",
        title="What was changed",
        lead=nothing or f"The keys of the declarations that differ; all others are equal.{more}",
        blocks=[Facts(title="", columns=tuple(map(named, runs)), rows=rows[:MOST])] if rows else [],
    )


def differing(flat: Sequence[Mapping[str, str]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The keys whose values differ, each with the value of every run.

    If a slot holds different components, their parameters follow in brackets. Listed key by key,
    they would be compared with parameters of another component.
    """
    names = list(dict.fromkeys(name for keys in flat for name in keys))
    changed = [name for name in names if len({keys.get(name) for keys in flat}) > 1]
    slots = [name for name in changed if any(other.startswith(f"{name}.") for other in names)]
    rows = []
    for name in changed:
        if any(name.startswith(f"{slot}.") for slot in slots):
            continue
        values = tuple(
            keys[name] + _in_brackets(keys, name) if name in keys else written.ABSENT
            for keys in flat
        )
        rows.append((name, values))
    return tuple(rows)


def _in_brackets(keys: Mapping[str, str], slot: str) -> str:
    start = f"{slot}."
    inner = [f"{k.removeprefix(start)} {v}" for k, v in keys.items() if k.startswith(start)]
    return f" ({', '.join(inner)})" if inner else ""


def flattened(table: Mapping[str, TomlValue], before: str = "") -> Iterator[tuple[str, str]]:
    """The dotted keys of a table, with their values in TOML.

    A component's own name has the key of its slot.
    """
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from flattened(value, f"{before}{key}.")
        elif key == "use" and before:
            yield before.removesuffix("."), str(value)
        elif isinstance(value, list) and any(isinstance(each, Mapping) for each in value):
            yield f"{before}{key}", json.dumps(value, default=str)
        else:
            yield f"{before}{key}", _value_text(value)


def _declared_tables(run: ReportedRun) -> TomlTable:
    """The tables of the run's model, its data and its training."""
    declared = run.declared
    model = dict(declared.get("models", {}).get(run.evaluation.model, {}))
    data = declared.get("data", {}).get(run.evaluation.evaluated_on.name, {})
    train = {**declared.get("train", {}), **model.pop("train", {})}
    model.pop("extends", None)
    model.pop("data", None)
    return {**model, "data": data, "train": train}


def _value_text(value: TomlValue) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) and value else json.dumps(value, default=str)
