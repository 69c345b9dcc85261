"""Asks one plugin for its components, and reports exactly what is wrong with its answer."""

from __future__ import annotations

from types import GeneratorType

import pluggy

from vaereg import hookspecs
from vaereg.component import API, Component
from vaereg.discovery.blame import place_of
from vaereg.frozen import frozen
from vaereg.kinds import KINDS
from vaereg.renamed import renamed_kind
from vaereg.wording import did_you_mean

HOOK = "vaereg_components"
HOOKS = (HOOK,)
TEXTS = ("summary", "reference", "deprecated", "replaced_by")


class HookError(Exception):
    """A plugin's hook is wrong, or returned something wrong.

    Args:
        message: what is wrong and what to do, in one line.
        status: "broken" or "incompatible".
        components: the usable components of the plugin, in spite of the error.
        where: "file:line" of the function at fault, if it is known.
    """

    def __init__(
        self,
        message: str,
        *,
        status: str = "broken",
        components: list[Component] | None = None,
        where: str = "",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.where = where
        self.components = components or []


@frozen
class OfferedComponents:
    """The components that a plugin offers; `empty` says why there are none."""

    components: list[Component]
    empty: str = ""


class _Manager(pluggy.PluginManager):
    def parse_hookimpl_opts(self, plugin: object, name: str) -> pluggy.HookimplOpts | None:
        # No hook has a name such as __file__; examining such names would take most of the time.
        return None if name.startswith("__") else super().parse_hookimpl_opts(plugin, name)


def new_manager() -> pluggy.PluginManager:
    """A manager that knows vaereg's hooks and no plugin; each discovery creates its own."""
    manager = _Manager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    return manager


def components_of(manager: pluggy.PluginManager, plugin: object, name: str) -> OfferedComponents:
    """Registers the plugin, calls its hook, and unregisters the plugin.

    Raises:
        HookError: if the hook is misspelt, takes arguments, or does not return a list of
            components, each with a known kind, a unique name and a supported api.
    """
    try:
        manager.register(plugin, name)
    except pluggy.PluginValidationError as fault:
        where = place_of(getattr(plugin, HOOK, None))
        raise HookError(_why_invalid(plugin, fault), where=where) from fault
    try:
        _check_spelling(manager, plugin)
        implementations = manager.hook.vaereg_components.get_hookimpls()
        return _components_of_hook(plugin, implementations)
    finally:
        manager.unregister(plugin)


def _components_of_hook(
    plugin: object, implementations: list[pluggy.HookImpl]
) -> OfferedComponents:
    if not implementations:
        unmarked = callable(getattr(plugin, HOOK, None))
        why = f"{HOOK}() is not marked: write @vaereg.hookimpl above it"
        return OfferedComponents([], why if unmarked else f"it does not implement {HOOK}()")
    implementation = implementations[0]
    where = place_of(implementation.function)
    if implementation.wrapper or implementation.hookwrapper:
        raise HookError(
            f"{HOOK}() is declared as a wrapper; it must return a list of components", where=where
        )
    returned = implementation.function()
    try:
        components = checked(returned)
    except HookError as fault:
        fault.where = where
        raise
    empty = "" if components else f"{HOOK}() returned no components"
    return OfferedComponents(components, empty)


def _check_spelling(manager: pluggy.PluginManager, plugin: object) -> None:
    """Checks the hook names of one plugin; pluggy's check_pending stops at the first mistake."""
    for hook in manager.get_hookcallers(plugin) or ():
        if not hook.has_spec() and not all(each.optionalhook for each in hook.get_hookimpls()):
            hint = did_you_mean(hook.name, HOOKS) or f"the hooks are {', '.join(HOOKS)}"
            raise HookError(
                f"it implements the hook `{hook.name}`, which does not exist; {hint}",
                where=place_of(getattr(plugin, hook.name, None)),
            )


def _why_invalid(plugin: object, fault: Exception) -> str:
    function = getattr(plugin, HOOK, None)
    code = getattr(function, "__code__", None)
    if code is not None and code.co_argcount:
        taken = ", ".join(code.co_varnames[: code.co_argcount])
        return f"{HOOK}() must take no arguments; it takes {taken}"
    return str(fault).strip().splitlines()[-1]


def checked(returned: object) -> list[Component]:
    """The hook's return value as a list of usable components.

    Raises:
        HookError: naming the first wrong item, and what is wrong with it.
    """
    if isinstance(returned, GeneratorType):
        if returned.gi_code.co_name == "<genexpr>":
            raise HookError(f"{HOOK}() returns a generator; write [...] instead of (...)")
        raise HookError(f"{HOOK}() is a generator (it uses `yield`); return a list")
    if not isinstance(returned, (list, tuple)):
        raise HookError(
            f"{HOOK}() must return a list of vaereg.Component; "
            f"it returned {_wrong_return_value(returned)}"
        )
    usable: list[Component] = []
    for index, item in enumerate(returned):
        wrong = _problem_of_item(item, index, usable)
        if wrong:
            raise HookError(wrong, components=usable)
        usable.append(item)
    newer = next((each for each in usable if each.api > API), None)
    if newer is not None:
        raise HookError(
            f"the {newer.kind} `{newer.name}` requires component api {newer.api}, but this vaereg "
            f"provides api {API}; upgrade vaereg",
            status="incompatible",
            components=usable,
        )
    return usable


def _wrong_return_value(returned: object) -> str:
    if returned is None:
        return "None: is its `return` missing?"
    if isinstance(returned, Component):
        return "one Component: write [...] around it"
    return type(returned).__name__


def _problem_of_item(item: object, index: int, before: list[Component]) -> str:
    where = f"{HOOK}(): item {index}"
    if not isinstance(item, Component):
        came = f"the class {item.__name__}" if isinstance(item, type) else _short_repr(item)
        return f"{where} must be a vaereg.Component; it is {came}"
    where += f" (`{item.name}`)"
    if not isinstance(item.kind, str) or item.kind not in KINDS:
        hint = (
            renamed_kind(str(item.kind))
            or did_you_mean(str(item.kind), KINDS)
            or f"the kinds are {', '.join(KINDS)}"
        )
        return f"{where} has the unknown kind {item.kind!r}; {hint}"
    if isinstance(item.api, bool) or not isinstance(item.api, int) or item.api < 1:
        return f"{where} has api {item.api!r}; it must be an integer from 1 to {API}"
    for field in TEXTS:
        if not isinstance(getattr(item, field), str):
            return (
                f"{where} has a {field} that is not a string: {_short_repr(getattr(item, field))}"
            )
    for other_index, other in enumerate(before):
        if (other.kind, other.name) == (item.kind, item.name):
            return (
                f"{where} offers the {item.kind} `{item.name}`, which item {other_index} already "
                "offers"
            )
    return ""


def _short_repr(item: object) -> str:
    text = repr(item)
    return f"{type(item).__name__} {text if len(text) <= 40 else text[:37] + '...'}"
