"""Which sampler to draw with: the declared one, or another one by name."""

from __future__ import annotations

from collections.abc import Mapping

from vaereg.contracts.catalog import ComponentSource, UnknownName
from vaereg.declaration.declaration import Declaration, Slot
from vaereg.declaration.names_in_slots import find_offer
from vaereg.declaration.read_params import default_params
from vaereg.declaration.slot_from_value import slot_from_value
from vaereg.declaration.text.read_toml import TomlError, read_toml_value
from vaereg.errors import PluginError, UsageError


def sampler_slot(declaration: Declaration, source: ComponentSource, name: str | None) -> Slot:
    """The declared sampler, or another one, with its default parameters or with others.

    Args:
        declaration: the declaration of the model.
        source: the components available.
        name: the short or full name of a sampler, or of a prior that is trained in its place; or a
            TOML table with `use`, parameters and `train`; None for the declared one.

    Raises:
        UsageError: if there is no sampler of that name, it needs parameters, or the table cannot
            be read.
        DeclarationError: if a parameter in a table is wrong.
        PluginError: if the plugin that offers it cannot be used.
    """
    if name is None:
        return declaration.sampler
    if name.lstrip().startswith("{"):
        return _slot_of_table(name, source)
    try:
        offer = find_offer("sampler", name, source)
    except UnknownName as unknown:
        text = unknown.message + "".join(f"\n   = {line}" for line in unknown.hint.splitlines())
        raise (PluginError(text) if unknown.broken else UsageError(text)) from None
    if offer == declaration.sampler.offer:
        return declaration.sampler
    try:
        offer.component.params()
    except TypeError as error:
        raise UsageError(
            f"the sampler `{offer.full_name}` needs parameters ({error}); declare it in "
            "registry.toml"
        ) from None
    params = default_params(offer, source)
    return Slot(kind="sampler", key="sampler", offer=offer, params=params)


def _slot_of_table(text: str, source: ComponentSource) -> Slot:
    try:
        value = read_toml_value(text)
    except TomlError as fault:
        raise UsageError(
            f"sampler: {text}: {fault}\n"
            "write a name, or a TOML table such as "
            '{ use = "gaussian_mixture", components = [10] }'
        ) from None
    return slot_from_value("sampler", value, ("sampler",), source, "sampler")


def slot_of(declaration: Declaration, source: ComponentSource | None, sampler: object) -> Slot:
    """The slot of a sampler that a user names, or hands over as a slot or as a table with `use`.

    Raises:
        UsageError, PluginError: as `sampler_slot`; or if `sampler` is neither.
        ValueError: for a name without a source of components.
    """
    if isinstance(sampler, Slot):
        return sampler
    if not isinstance(sampler, (str, Mapping)):
        raise UsageError(
            "sampler must be the name of a sampler, or None for draws from the prior; got "
            f"{sampler!r}"
        )
    if source is None:
        raise ValueError("only a model loaded from a run finds a sampler by its name")
    if isinstance(sampler, Mapping):
        return slot_from_value("sampler", dict(sampler), ("sampler",), source, "sampler")
    return sampler_slot(declaration, source, sampler)
