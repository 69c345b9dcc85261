"""How to use a component: a piece of registry.toml with every default, or a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vaereg.component import LATENT, Offer
from vaereg.declaration.shapes.structure import Parameter
from vaereg.declaration.text.tree import toml_key
from vaereg.declaration.write import toml_value
from vaereg.kinds import KINDS

if TYPE_CHECKING:
    from vaereg.contracts.plain_values import TomlValue


def snippet(
    offer: Offer, declared: tuple[Parameter, ...], beside: tuple[Parameter, ...], *, short: bool
) -> str:
    """A table to paste, or an empty string for a kind that registry.toml does not declare.

    Args:
        offer: the component.
        declared: its parameters; a required one gets an example value.
        beside: the slot's own keys, which belong to the same table.
        short: whether its short name is unambiguous.
    """
    kind = KINDS[offer.kind]
    name = offer.name if short else offer.full_name
    use = [f"use = {toml_value(name)}"]
    if kind.many:
        header = f"[models.my_model.{kind.key}.{offer.name}]"
        use = [] if short else use  # the key is the name
    elif kind.key:
        header = f"[models.my_model.{kind.key}]"
    elif offer.kind == "dataset":
        header = "[data.my_data]"
    elif offer.kind == "optimizer":
        header = "[train.optimizer]"
    elif offer.kind == "augmentation":
        return _augmenting(offer, use[0], declared)
    else:
        return ""
    return "\n".join([header, *use, *(_parameter_line(each) for each in (*beside, *declared))])


def _augmenting(offer: Offer, use: str, declared: tuple[Parameter, ...]) -> str:
    """The arrays in which an augmentation may stand: of a dataset, of a model, or both."""
    given = {
        each.name: each.example if each.required else default_text(each.default)
        for each in declared
        if each.required or each.default is not None
    }
    entry = ", ".join([use, *(f"{toml_key(name)} = {text}" for name, text in given.items())])
    forms = offer.component.for_data
    of_data = ["[data.my_data]", f"augment = [{{ {entry} }}]"] if forms - {LATENT} else []
    of_latents = ["[models.my_model]", f"latent_augment = [{{ {entry} }}]"]
    return "\n".join([*of_data, *(of_latents if LATENT in forms else [])])


def command(offer: Offer, declared: tuple[Parameter, ...], *, short: bool) -> str:
    """The command that uses a component of a kind that registry.toml does not declare, else empty.

    Args:
        offer: the component.
        declared: its parameters; required ones get an example value.
        short: whether its short name is unambiguous.
    """
    if offer.kind == "metric":  # every metric that takes the data is measured, so none is named
        return "vaereg evaluate RUN"
    if offer.kind != "feature_extractor":
        return ""
    name = offer.name if short else offer.full_name
    required = [f"{toml_key(each.name)} = {each.example}" for each in declared if each.required]
    table = ", ".join([f"use = {toml_value(name)}", *required])
    return "vaereg evaluate RUN --features " + (f"'{{ {table} }}'" if required else name)


def _parameter_line(parameter: Parameter) -> str:
    key = toml_key(parameter.name)
    if parameter.required:
        return f"{key} = {parameter.example}  # required: {parameter.meaning}"
    if parameter.default is None:
        return f"# {key} = {parameter.example}  # {parameter.meaning}"
    return f"{key} = {default_text(parameter.default)}"


def default_text(value: TomlValue) -> str:
    """A default as TOML; None inside a table is left out, since TOML has no null."""
    return toml_value(_without_none(value))


def _without_none(value: TomlValue) -> TomlValue:
    if isinstance(value, dict):
        return {key: _without_none(each) for key, each in value.items() if each is not None}
    return [_without_none(each) for each in value] if isinstance(value, list) else value
