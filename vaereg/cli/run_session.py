"""What commands on runs share: the run, its declaration, and whether it can still be used."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import attrs

from vaereg.cli.session import warn
from vaereg.discovery.catalog import Catalog
from vaereg.discovery.discover import discover
from vaereg.discovery.records import PluginRecord
from vaereg.errors import UsageError
from vaereg.runs.lock import locked_components
from vaereg.runs.lock_comparison import SAMPLE, check_lock, check_plugins, differences
from vaereg.runs.read import Run, read_run
from vaereg.spec.declaration import Declaration
from vaereg.spec.document import read_document
from vaereg.spec.resolve import resolve


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


def open_run(args: argparse.Namespace) -> OpenedRun:
    """Reads the run that `args.run` names and compares its components with what is installed.

    Raises:
        RunError: if there is no such run, or it is damaged.
        PluginError: if a plugin it was made with is gone, with what to install.
        LockError: if a component differs, unless --ignore-lock.
        UsageError: if --set was given: a run is what it was declared to be.
    """
    if args.overrides:
        raise UsageError("--set cannot change a run; train a new one with it")
    run = read_run(args.run, args.root)
    catalog = discover(None, no_plugins=args.no_plugins)
    check_plugins(run.folder, run.lock, catalog.records)
    declaration = resolve(read_document(run.folder.declaration), catalog)
    now = {"components": locked_components(declaration, catalog.records)}
    found = differences(run.lock, now, SAMPLE)
    for warning in check_lock(run.folder, found, ignore=args.ignore_lock):
        warn(args, warning)
    return OpenedRun(run=run, declaration=declaration, catalog=catalog)
