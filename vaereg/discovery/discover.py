"""Installed entry points -> Catalog. Plugins load separately: a broken one affects no other."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout, suppress
from time import perf_counter

import attrs
import pluggy

from vaereg.component import Component, Offer
from vaereg.contracts.plugin_policy import PluginPolicy
from vaereg.discovery.blame import cause, place, remedy
from vaereg.discovery.catalog import BUILTIN, Catalog
from vaereg.discovery.entry_points import (
    InstalledEntry,
    MisdirectedError,
    installed_entries,
    normalized,
    where_listed,
)
from vaereg.discovery.hook import HookError, components_of, new_manager
from vaereg.discovery.put_back import putting_back
from vaereg.discovery.records import PluginRecord
from vaereg.wording import did_you_mean, escaped, listed

AUTOLOAD_OFF = "VAEREG_DISABLE_PLUGIN_AUTOLOAD"

DELAY = 10.0
"""After how many seconds a plugin that is still being loaded is named."""


def discover(
    policy: PluginPolicy | None = None,
    *,
    no_plugins: bool | Collection[str] = False,
    entry_points: Sequence[InstalledEntry] | None = None,
) -> Catalog:
    """Loads the installed plugins; a plugin's error goes into its record and is never raised.

    Args:
        policy: the [plugins] table of registry.toml; None for an empty one.
        no_plugins: True to load only the built-in components, or the distributions to leave out.
        entry_points: the installed entry points, for tests; None to read them.
    """
    policy = PluginPolicy() if policy is None else policy
    entries = installed_entries() if entry_points is None else entry_points
    entries = sorted(entries, key=lambda each: (each.distribution, each.entry))
    manager = new_manager()
    records: list[PluginRecord] = []
    owners: dict[tuple[str, str, str], str] = {}
    for entry in entries:
        record = _record_of_entry(entry, policy, no_plugins, manager)
        record = _without_repeats(record, owners)
        records.append(record)
    return Catalog(
        records,
        prefer=dict(policy.prefer),
        require=tuple(policy.require),
        warnings=_warnings(entries, no_plugins),
    )


def _record_of_entry(
    entry: InstalledEntry,
    policy: PluginPolicy,
    no_plugins: bool | Collection[str],
    manager: pluggy.PluginManager,
) -> PluginRecord:
    record = PluginRecord(
        distribution=entry.distribution,
        version=entry.version,
        entry=entry.entry,
        value=entry.value,
        origin=entry.origin,
        status="empty",
    )
    blocked = _why_blocked(entry.distribution, policy, no_plugins)
    if blocked:
        return attrs.evolve(record, status="blocked", reason=blocked)
    if entry.problem:
        return attrs.evolve(record, status="broken", reason=entry.problem)
    return _loaded_record(entry, record, manager)


def _why_blocked(
    distribution: str, policy: PluginPolicy, no_plugins: bool | Collection[str]
) -> str:
    """What blocks a plugin, or "": the option, the environment or the file, in this order."""
    if distribution == BUILTIN:
        return ""
    if no_plugins is True:
        return "by the option no_plugins"
    if no_plugins and distribution in {normalized(name) for name in no_plugins}:
        return f"by the option no_plugins: {distribution}"
    if os.environ.get(AUTOLOAD_OFF, "") not in {"", "0"}:
        return f"by the environment variable {AUTOLOAD_OFF}"
    if distribution in {normalized(name) for name in policy.block}:
        return "by `block` in [plugins]"
    if policy.allow is not None and distribution not in {normalized(n) for n in policy.allow}:
        return "not listed in `allow` in [plugins]"
    return ""


def _loaded_record(
    entry: InstalledEntry, record: PluginRecord, manager: pluggy.PluginManager
) -> PluginRecord:
    started = perf_counter()
    keras_was_imported = "keras" in sys.modules
    components: list[Component] = []
    outcome: dict[str, str] = {}
    changed: list[str] = []
    try:
        # A plugin's prints must not mix with the command's result on stdout.
        with _telling_delay(record), putting_back() as changed, redirect_stdout(sys.stderr):
            plugin = entry.load()
            offered = components_of(manager, plugin, f"{entry.distribution}:{entry.entry}")
        components, empty = offered.components, offered.empty
        outcome = {"status": "empty", "reason": empty} if empty else {"status": "ok"}
    except HookError as fault:
        components = fault.components
        outcome = {"status": fault.status, "reason": str(fault), "where": fault.where}
    except MisdirectedError as fault:
        outcome = {"status": "broken", "reason": str(fault), "where": where_listed(entry)}
    except KeyboardInterrupt as fault:
        fault.add_note(f"while {record.label} was being loaded; {_how_to_leave_out(record)}")
        raise
    except BaseException as fault:  # noqa: BLE001  # a plugin may raise anything
        import traceback

        what_to_do = remedy(fault, entry.package, entry.distribution)
        outcome = {
            "status": "broken",
            "reason": cause(fault) + (f"; {what_to_do}" if what_to_do else ""),
            "where": place(fault, entry.package),
            "traceback": "".join(traceback.format_exception(fault)),
        }
    notes: tuple[str, ...] = ()
    if not keras_was_imported and "keras" in sys.modules:
        notes = ("loading it imports keras, which slows down every command",)
    if changed:
        notes += (f"loading it changes {' and '.join(changed)}; vaereg put that back",)
    offers = tuple(
        Offer(
            component=component,
            distribution=entry.distribution,
            version=entry.version,
            entry=entry.entry,
        )
        for component in components
    )
    took = 1000.0 * (perf_counter() - started)
    return attrs.evolve(record, import_ms=took, offers=offers, notes=notes, **outcome)


@contextmanager
def _telling_delay(record: PluginRecord) -> Iterator[None]:
    """Names a plugin on stderr that takes long to load, or that never ends."""

    def tell() -> None:
        text = f"still loading {record.label}, since {DELAY:g} s; {_how_to_leave_out(record)}\n"
        with suppress(OSError):
            os.write(2, escaped(text).encode(errors="replace"))

    timer = threading.Timer(DELAY, tell)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _how_to_leave_out(record: PluginRecord) -> str:
    return f"the option --no-plugins={record.distribution} leaves it out"


def _without_repeats(record: PluginRecord, owners: dict[tuple[str, str, str], str]) -> PluginRecord:
    """Marks the record broken if another entry point of its distribution offers the same name."""
    if record.status != "ok":
        return record
    for offer in record.offers:
        owner = owners.get((offer.kind, offer.distribution, offer.name))
        if owner is not None:
            reason = (
                f"it offers the {offer.kind} `{offer.name}`, which entry `{owner}` already offers"
            )
            return attrs.evolve(record, status="broken", reason=reason)
    for offer in record.offers:
        owners[offer.kind, offer.distribution, offer.name] = record.entry
    return record


def _warnings(
    entries: Sequence[InstalledEntry], no_plugins: bool | Collection[str]
) -> tuple[str, ...]:
    installed = sorted({entry.distribution for entry in entries})
    warnings = []
    if BUILTIN not in installed:
        warnings.append(
            "vaereg itself is not installed, so there are no built-in components; "
            "run `python -m pip install .` in its folder"
        )
    for name in () if isinstance(no_plugins, bool) else no_plugins:
        if normalized(name) not in installed:
            others = [each for each in installed if each != BUILTIN]
            hint = did_you_mean(normalized(name), others) or f"installed: {listed(others)}"
            warnings.append(f"the option no_plugins names `{name}`, which is not installed; {hint}")
    return tuple(warnings)
