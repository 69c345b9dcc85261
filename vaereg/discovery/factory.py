"""The import of a component's factory, at the moment it is built."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from vaereg.component import Offer
from vaereg.discovery.blame import cause, place
from vaereg.errors import PluginError
from vaereg.spec.similar import did_you_mean


def load_factory(offer: Offer) -> Callable[..., Any]:
    """Imports the factory of a component.

    Raises:
        PluginError: naming the distribution, the factory and the line to blame, if its module or
            attribute is missing, its import fails, or it cannot be called.
    """
    factory = offer.component.factory
    module_name, _, attribute = factory.partition(":")
    who = f"{offer.kind} `{offer.full_name}` ({offer.distribution} {offer.version})"
    try:
        module = import_module(module_name)
    except (Exception, SystemExit) as fault:
        where = place(fault, module_name.split(".")[0])
        at = f" at {where}" if where else ""
        raise PluginError(
            f"{who} cannot be used: the import of its factory `{factory}` failed"
            f"\n  {cause(fault)}{at}" + _remedy(fault, module_name, offer)
        ) from fault
    found = getattr(module, attribute, None)
    file = getattr(module, "__file__", None) or module_name
    if found is None:
        hint = did_you_mean(attribute, [each for each in vars(module) if each[0] != "_"])
        raise PluginError(
            f"{who} cannot be used: `{module_name}` has no `{attribute}`, which its factory "
            f"`{factory}` names\n  {file}" + (f"\n  {hint}" if hint else "")
        )
    if not callable(found):
        raise PluginError(
            f"{who} cannot be used: its factory `{factory}` is a {type(found).__name__} and cannot "
            f"be called\n  {file}\n  it must be a class or function taking (params, context)"
        )
    return found


def _remedy(fault: BaseException, module_name: str, offer: Offer) -> str:
    """What to do about a module that is missing."""
    if not isinstance(fault, ModuleNotFoundError) or not fault.name:
        return ""
    if module_name == fault.name or module_name.startswith(f"{fault.name}."):
        return f"\n  {offer.distribution} does not contain this module; its declaration is wrong"
    return f"\n  install `{fault.name}`, which {offer.distribution} needs"
