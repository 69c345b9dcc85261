"""Looks whether everything is well: Python, backends, versions, plugins, folders.

Exit codes: 0 all is well, 3 a plugin is broken or missing, 1 something else is wrong.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from typing import TYPE_CHECKING

from vaereg.cli.exit_code import ExitCode
from vaereg.cli.output import print_json
from vaereg.cli.resume import add_runs
from vaereg.cli.train import add_backend
from vaereg.cli.version import BACKENDS
from vaereg.errors import DeclarationError, VaeregError
from vaereg.workflows.open_registry import open_catalog

if TYPE_CHECKING:
    from vaereg.discovery.catalog import Catalog
    from vaereg.workflows.doctor.backends import Backend
    from vaereg.workflows.doctor.checkup import Checkup


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what only this command takes."""
    parser.add_argument(
        "--quick", action="store_true", help="do not import the backends to ask for their devices"
    )
    add_backend(parser)
    add_runs(parser)


def run(args: argparse.Namespace) -> int:
    """Prints what was found; the exit code says whether all is well."""
    checkup = examined(args)
    if args.json:
        print_json(checkup.as_dict())
    else:
        from vaereg.cli.checkup_text import print_checkup
        from vaereg.cli.terminal import Terminal

        print_checkup(checkup, Terminal(sys.stdout, args.color), verbose=args.verbose)
    if checkup.plugin_problems:
        return int(ExitCode.PLUGIN)
    return int(ExitCode.RUN_FAILED if checkup.problems else ExitCode.DONE)


def examined(args: argparse.Namespace) -> Checkup:
    """Looks at everything."""
    from vaereg.workflows.doctor.backends import decided
    from vaereg.workflows.doctor.checkup import Checkup
    from vaereg.workflows.doctor.clashes import clashes
    from vaereg.workflows.doctor.dependencies import dependencies, extras
    from vaereg.workflows.doctor.folders import look_at, look_at_runs

    catalog, registry_problem = _catalog(args)
    backends = _backends(args)
    return Checkup(
        machine=_machine(),
        decision=decided(args.backend, backends),
        backends=backends,
        dependencies=dependencies(),
        extras=extras(),
        plugins=catalog.records,
        clashes=clashes(catalog),
        cache=look_at(args.registry.parent / ".vaereg" / "cache"),
        runs=look_at_runs(args.root),
        registry_problem=registry_problem,
        unmet=_unmet(catalog),
        warnings=catalog.warnings,
    )


def _catalog(args: argparse.Namespace) -> tuple[Catalog, str]:
    """The catalog, and why [plugins] of the registry was left out of it."""
    from vaereg.discovery.discover import discover

    quiet = argparse.Namespace(**{**vars(args), "quiet": True})  # its warnings are told below
    try:
        return open_catalog(quiet, warn_of_plugins=False), ""
    except DeclarationError as fault:
        problem = fault.problems[0]
        why = f"{problem.place}: {problem.message}; `vaereg check` tells all"
        return discover(no_plugins=args.no_plugins), why


def _backends(args: argparse.Namespace) -> tuple[Backend, ...]:
    from vaereg.discovery.entry_points import version_of
    from vaereg.host.devices import installed_backends
    from vaereg.host.progress import Progress
    from vaereg.workflows.doctor.backends import Backend, ask_backends

    versions = [(name, version_of(*BACKENDS[name])) for name in installed_backends()]
    if args.quick:
        return tuple(Backend(name=name, version=version) for name, version in versions)
    progress = Progress(quiet=args.quiet)
    try:
        return ask_backends(versions, progress.stage)
    finally:
        progress.end_stage()


def _unmet(catalog: Catalog) -> tuple[str, ...]:
    try:
        catalog.check_requirements()
    except VaeregError as fault:
        return tuple(str(fault).splitlines())
    return ()


def _machine() -> dict[str, str]:
    import vaereg
    from vaereg.discovery.entry_points import version_of

    return {
        "vaereg": vaereg.__version__,
        "keras": version_of("keras"),
        "python": platform.python_version(),
        "executable": sys.executable,
        "platform": platform.platform(),
        "processors": str(os.cpu_count() or "unknown"),
    }
