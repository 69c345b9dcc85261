"""What differs between the declarations of runs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from vaereg.contracts.plain_values import JsonObject, TomlTable, TomlValue
from vaereg.evaluation.evaluation import Evaluation
from vaereg.reporting.figures.written import ABSENT

SAMPLER = "sampler"
SAMPLING_SEED = "seed of the samples"


def settings_of(declared: JsonObject, evaluation: Evaluation) -> dict[str, str]:
    """The settings of a run and of its samples as text, by dotted key.

    Args:
        declared: the content of declaration.toml.
        evaluation: names the model, the data and the samples.
    """
    keys = declared_settings(declared, evaluation.model, evaluation.evaluated_on.name)
    if keys.get(SAMPLER) != evaluation.sampler:
        keys = {key: value for key, value in keys.items() if not key.startswith(f"{SAMPLER}.")}
        keys[SAMPLER] = f"{evaluation.sampler}, for these samples"
    keys[SAMPLING_SEED] = str(evaluation.sampling_seed)
    return keys


def differing(
    flat: Sequence[Mapping[str, str]], *, brackets: bool = True
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The keys whose values differ, each with the value of every run.

    If a slot holds different components, their parameters are not listed key by key, since they
    would be compared with parameters of another component.

    Args:
        flat: the settings of each run.
        brackets: whether such parameters follow the component in brackets.
    """
    names = list(dict.fromkeys(name for keys in flat for name in keys))
    changed = [name for name in names if len({keys.get(name) for keys in flat}) > 1]
    slots = [name for name in changed if any(other.startswith(f"{name}.") for other in names)]
    rows = []
    for name in changed:
        if any(name.startswith(f"{slot}.") for slot in slots):
            continue
        values = tuple(
            keys[name] + (_in_brackets(keys, name) if brackets else "") if name in keys else ABSENT
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


def declared_settings(declared: JsonObject, model_name: str, data_name: str) -> dict[str, str]:
    """The settings of a run as text, by dotted key: of its model, its data and its training.

    Args:
        declared: the content of declaration.toml.
        model_name: the declared model.
        data_name: the key of its data under [data].
    """
    return dict(flattened(_declared_tables(declared, model_name, data_name)))


def _declared_tables(declared: JsonObject, model_name: str, data_name: str) -> TomlTable:
    """The tables of the run's model, its data and its training."""
    model = dict(declared.get("models", {}).get(model_name, {}))
    data = declared.get("data", {}).get(data_name, {})
    train = {**declared.get("train", {}), **model.pop("train", {})}
    model.pop("extends", None)
    model.pop("data", None)
    return {**model, "data": data, "train": train}


def _value_text(value: TomlValue) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) and value else json.dumps(value, default=str)
