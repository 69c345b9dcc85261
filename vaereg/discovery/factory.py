"""Imports a component's factory when the component is built."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from types import ModuleType

from vaereg.component import Offer
from vaereg.discovery.blame import cause, place, remedy
from vaereg.discovery.put_back import putting_back
from vaereg.errors import PluginError
from vaereg.wording import did_you_mean


def _imported(name: str) -> ModuleType:
    """The module, imported if it is not yet; one that is imported runs nothing that changes."""
    module = sys.modules.get(name)
    spec = getattr(module, "__spec__", None)
    if module is not None and spec is not None and not getattr(spec, "_initializing", False):
        return module
    with putting_back():
        return import_module(name)


def load_factory(offer: Offer) -> Callable[..., object]:
    """Imports the factory of a component.

    Raises:
        PluginError: naming the distribution, the factory and the line at fault, if the module or
            attribute is missing, the import fails, or the attribute cannot be called.
    """
    factory = offer.component.factory
    module_name, _, attribute = factory.partition(":")
    who = offer.label
    try:
        module = _imported(module_name)
    except KeyboardInterrupt:
        raise
    except BaseException as fault:
        package = module_name.split(".")[0]
        where = place(fault, package)
        at = f" at {where}" if where else ""
        what_to_do = remedy(fault, package, offer.distribution)
        raise PluginError(
            f"{who} cannot be used: importing its factory `{factory}` failed"
            f"\n  {cause(fault)}{at}" + (f"\n  {what_to_do}" if what_to_do else "")
        ) from fault
    target: Callable[..., object] | None = getattr(module, attribute, None)
    file = getattr(module, "__file__", None) or module_name
    if target is None:
        hint = did_you_mean(attribute, [each for each in vars(module) if each[0] != "_"])
        raise PluginError(
            f"{who} cannot be used: `{module_name}` has no `{attribute}`, but its factory "
            f"is `{factory}`\n  {file}" + (f"\n  {hint}" if hint else "")
        )
    if not callable(target):
        raise PluginError(
            f"{who} cannot be used: its factory `{factory}` is a {type(target).__name__} and "
            f"cannot be called\n  {file}\n  it must be a class or function that takes "
            "(params, context)"
        )
    return target
