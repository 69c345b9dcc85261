"""What commands on runs share: the run, its declaration, and whether it can still be used."""

from __future__ import annotations

import argparse

from vaereg.errors import UsageError
from vaereg.runs.layout import RunFolder
from vaereg.trained.opened_run import OpenedRun, read_opened_run
from vaereg.workflows.open_registry import warn


def open_run(args: argparse.Namespace, run: RunFolder | None = None) -> OpenedRun:
    """Reads a run and compares its components with what is installed.

    Args:
        args: the common options, `root`, `ignore_lock` and, without `run`, the `run` to find.
        run: its folder, where it is found already.

    Raises:
        RunError, PluginError, LockError: see `read_opened_run`.
        UsageError: if --set was given: a run is what it was declared to be.
    """
    if args.overrides:
        raise UsageError("--set cannot change a run; train a new one with it")
    return read_opened_run(
        args.run if run is None else run.path,
        args.root,
        warn=lambda text: warn(args, text),
        ignore_lock=args.ignore_lock,
        no_plugins=args.no_plugins,
    )
