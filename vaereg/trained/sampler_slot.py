"""Which sampler to draw with: the declared one, or another one by name."""

from __future__ import annotations

from vaereg.contracts.catalog import ComponentSource, UnknownName
from vaereg.declaration.declaration import Declaration, Slot
from vaereg.declaration.read_params import default_params
from vaereg.errors import PluginError, UsageError


def sampler_slot(declaration: Declaration, source: ComponentSource, name: str | None) -> Slot:
    """The declared sampler, or another one with its default parameters.

    Args:
        declaration: the declaration of the model.
        source: the components available.
        name: the short or full name of a sampler; None for the declared one.

    Raises:
        UsageError: if there is no sampler of that name, or it needs parameters.
        PluginError: if the plugin that offers it cannot be used.
    """
    if name is None:
        return declaration.sampler
    try:
        offer = source.find("sampler", name)
    except UnknownName as unknown:
        text = unknown.message + "".join(f"\n   = {line}" for line in unknown.hint.splitlines())
        raise (PluginError(text) if unknown.broken else UsageError(text)) from None
    if offer.full_name == declaration.sampler.offer.full_name:
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


def slot_of(declaration: Declaration, source: ComponentSource | None, sampler: object) -> Slot:
    """The slot of a sampler that a user names, or hands over as a slot.

    Raises:
        UsageError, PluginError: as `sampler_slot`; or if `sampler` is neither.
        ValueError: for a name without a source of components.
    """
    if isinstance(sampler, Slot):
        return sampler
    if not isinstance(sampler, str):
        raise UsageError(
            "sampler must be the name of a sampler, or None for draws from the prior; got "
            f"{sampler!r}"
        )
    if source is None:
        raise ValueError("only a model loaded from a run finds a sampler by its name")
    return sampler_slot(declaration, source, sampler)
