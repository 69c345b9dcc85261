"""The registry of a model that is quick to build, to try a component in the engine."""

from __future__ import annotations

from collections.abc import Mapping

from vaereg.contracts.plain_values import TomlValue
from vaereg.declaration.write import toml_value

MODEL: Mapping[str, TomlValue] = {  # any values of TOML
    "data": "tiny",
    "latent": 3,
    "encoder": {"use": "dense", "widths": [8]},
    "decoder": {"use": "dense", "widths": [8]},
    "likelihood": "bernoulli",
}
"""The default keys of the model."""

TRAIN: Mapping[str, TomlValue] = {"batch_size": 8}  # any values of TOML


def tiny_registry(
    model: Mapping[str, TomlValue] | None = None, train: Mapping[str, TomlValue] | None = None
) -> str:
    """The text of a registry.toml with one model, `tiny`, of dense parts with 8 hidden units.

    Args:
        model: keys of `[models.tiny]` that are added to MODEL or replace its keys.
        train: keys of `[train]` that are added to TRAIN or replace its keys.
    """
    lines = ['default = "tiny"', "[data.tiny]", 'use = "fashion_mnist"', "[models.tiny]"]
    lines += _lines({**MODEL, **(model or {})})
    return "\n".join([*lines, "[train]", *_lines({**TRAIN, **(train or {})})]) + "\n"


def _lines(values: Mapping[str, TomlValue]) -> list[str]:
    return [f"{key} = {toml_value(value)}" for key, value in values.items()]
