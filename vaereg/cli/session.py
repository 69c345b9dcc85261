"""What commands share once the arguments are known: the catalog, and warnings on stderr."""

from __future__ import annotations

import argparse
import sys

from vaereg.cli.arguments import DEFAULT_REGISTRY
from vaereg.cli.terminal import Terminal
from vaereg.contracts.catalog import UnknownName
from vaereg.discovery.catalog import Catalog
from vaereg.discovery.discover import discover
from vaereg.errors import PluginError, UsageError, VaeregError


def open_catalog(args: argparse.Namespace, *, warn_of_plugins: bool = True) -> Catalog:
    """The catalog under [plugins] of the registry and --no-plugins; a registry need not exist.

    Args:
        args: the common options.
        warn_of_plugins: whether to print a line for each plugin that cannot be used.

    Raises:
        DeclarationError: if the registry cannot be read, or was named and does not exist.
    """
    policy = None
    if args.registry is not DEFAULT_REGISTRY or args.registry.exists():
        from vaereg.spec import read_policy

        policy = read_policy(args.registry, args.overrides)
    catalog = discover(policy, no_plugins=args.no_plugins)
    for warning in catalog.warnings:
        warn(args, warning)
    if warn_of_plugins:
        warn_of_unusable(args, catalog)
    return catalog


def warn_of_unusable(args: argparse.Namespace, catalog: Catalog) -> None:
    """One line on stderr for each plugin that is broken or incompatible; tracebacks with -v."""
    for record in catalog.records:
        if record.status in {"broken", "incompatible"}:
            warn(args, f"{record.label} (entry {record.entry}) is {record.explanation}")
            if args.verbose and record.traceback:
                sys.stderr.write(record.traceback)


def warn(args: argparse.Namespace, message: str) -> None:
    """A warning on stderr, unless -q."""
    if not args.quiet:
        terminal = Terminal(sys.stderr, args.color)
        terminal.print(f"{terminal.style('warning', 'yellow')}: {message}")


def as_error(unknown: UnknownName) -> VaeregError:
    """A name that cannot be had, as the error that ends a command."""
    text = unknown.message + "".join(f"\n   = {line}" for line in unknown.hint.splitlines())
    return PluginError(text) if unknown.broken else UsageError(text)
