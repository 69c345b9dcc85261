"""What commands on runs share: the run, its declaration, and whether it can still be used."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import attrs

from vaereg.declaration.declaration import Declaration
from vaereg.declaration.document import read_document
from vaereg.declaration.resolve import resolve
from vaereg.discovery.catalog import Catalog
from vaereg.discovery.discover import discover
from vaereg.discovery.records import PluginRecord
from vaereg.errors import UsageError
from vaereg.runs.layout import RunFolder
from vaereg.runs.lock_comparison import SAMPLE, check_lock, check_plugins, differences
from vaereg.runs.read import Run, read_run
from vaereg.runs.run_lock import locked_components
from vaereg.workflows.open_registry import warn


@attrs.frozen(kw_only=True)
class OpenedRun:
    """A run whose components are all installed."""

    run: Run
    declaration: Declaration
    catalog: Catalog

    @property
    def records(self) -> Sequence[PluginRecord]:
        """The installed plugins."""
        return self.catalog.records


def open_run(args: argparse.Namespace, run: RunFolder | None = None) -> OpenedRun:
    """Reads a run and compares its components with what is installed.

    Args:
        args: the common options, `root`, `ignore_lock` and, without `run`, the `run` to find.
        run: its folder, where it is found already.

    Raises:
        RunError: if there is no such run, or it is damaged.
        PluginError: if a plugin it was made with is gone, with what to install.
        LockError: if a component differs, unless --ignore-lock.
        UsageError: if --set was given: a run is what it was declared to be.
    """
    if args.overrides:
        raise UsageError("--set cannot change a run; train a new one with it")
    found = read_run(args.run if run is None else run.path, args.root)
    catalog = discover(None, no_plugins=args.no_plugins)
    check_plugins(found.folder, found.lock, catalog.records)
    declaration = resolve(read_document(found.folder.declaration), catalog)
    now = {"components": locked_components(declaration, catalog.records)}
    differing = differences(found.lock, now, SAMPLE)
    for warning in check_lock(found.folder, differing, ignore=args.ignore_lock):
        warn(args, warning)
    return OpenedRun(run=found, declaration=declaration, catalog=catalog)
