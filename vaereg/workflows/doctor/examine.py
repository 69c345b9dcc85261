"""Collects the findings of `vaereg doctor`: Python, backends, versions, plugins and folders."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

import vaereg
from vaereg.declaration.declaration import cache_beside
from vaereg.discovery.catalog import Catalog
from vaereg.discovery.discover import discover
from vaereg.discovery.entry_points import version_of
from vaereg.discovery.open_registry import DEFAULT_REGISTRY, open_registry
from vaereg.errors import DeclarationError, VaeregError
from vaereg.host.devices import installed_backends
from vaereg.runs.layout import ROOT
from vaereg.runs.run_lock import BACKENDS
from vaereg.workflows.doctor import dependencies
from vaereg.workflows.doctor.backends import BackendState, ask_backends, decided
from vaereg.workflows.doctor.checkup import Checkup
from vaereg.workflows.doctor.clashes import clashes
from vaereg.workflows.doctor.folders import examine_folder, examine_runs
from vaereg.workflows.tell import Tell


def examine(
    tell: Tell,
    *,
    registry: Path | None = None,
    overrides: tuple[str, ...] = (),
    no_plugins: bool | tuple[str, ...] = False,
    runs: Path = ROOT,
    backend: str | None = None,
    quick: bool = False,
) -> Checkup:
    """Examines everything. Never imports keras into this process.

    Args:
        tell: receives progress.
        registry: the file whose [plugins] applies; None for registry.toml if it exists.
        overrides, no_plugins: as in `vaereg.discovery.open_registry.open_registry`.
        runs: the folder of all runs.
        backend: the requested backend.
        quick: do not import the backends to list their devices.
    """
    catalog, registry_problem = _catalog(registry, overrides, no_plugins)
    backends = examine_backends(tell, quick=quick)
    return Checkup(
        machine=_machine_facts(),
        decision=decided(backend, backends),
        backends=backends,
        dependencies=dependencies.dependencies(),
        extras=dependencies.extras(),
        plugins=catalog.records,
        clashes=clashes(catalog),
        cache=examine_folder(cache_beside((registry or DEFAULT_REGISTRY).parent)),
        runs=examine_runs(runs),
        registry_problem=registry_problem,
        unmet=_unmet_requirements(catalog),
        warnings=catalog.warnings,
    )


def _catalog(
    registry: Path | None, overrides: tuple[str, ...], no_plugins: bool | tuple[str, ...]
) -> tuple[Catalog, str]:
    """The catalog, and why it ignores [plugins] of the registry, if it does."""
    try:
        return open_registry(registry, overrides, no_plugins=no_plugins).catalog, ""
    except DeclarationError as fault:
        problem = fault.problems[0]
        why = f"{problem.place}: {problem.message}; `vaereg check` shows everything"
        return discover(no_plugins=no_plugins), why


def examine_backends(tell: Tell, *, quick: bool) -> tuple[BackendState, ...]:
    """The installed backends; unless `quick`, each is imported to list its devices."""
    versions = [(name, version_of(*BACKENDS[name])) for name in installed_backends()]
    if quick:
        return tuple(BackendState(name=name, version=version) for name, version in versions)
    try:
        return ask_backends(versions, tell.progress.stage)
    finally:
        tell.progress.end_stage()


def _unmet_requirements(catalog: Catalog) -> tuple[str, ...]:
    try:
        catalog.check_requirements()
    except VaeregError as fault:
        return tuple(str(fault).splitlines())
    return ()


def _machine_facts() -> dict[str, str]:
    return {
        "vaereg": vaereg.__version__,
        "keras": version_of("keras"),
        "python": platform.python_version(),
        "executable": sys.executable,
        "platform": platform.platform(),
        "processors": str(os.cpu_count() or "unknown"),
    }
