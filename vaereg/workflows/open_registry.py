"""What commands share once the arguments are known: registry, catalog, warnings on stderr."""

from __future__ import annotations

import argparse
import sys

from vaereg.cli.arguments import DEFAULT_REGISTRY
from vaereg.cli.terminal import Terminal
from vaereg.contracts.catalog import UnknownName
from vaereg.declaration.document import Document, read_document
from vaereg.declaration.override import override
from vaereg.declaration.policy import plugin_policy
from vaereg.discovery.catalog import Catalog
from vaereg.discovery.discover import discover
from vaereg.errors import PluginError, UsageError, VaeregError


def read_registry(args: argparse.Namespace) -> Document:
    """The registry with --set over it.

    Raises:
        DeclarationError: if it is missing, cannot be read, or an option cannot.
    """
    return override(read_document(args.registry), args.overrides)


def open_catalog(
    args: argparse.Namespace, document: Document | None = None, *, warn_of_plugins: bool = True
) -> Catalog:
    """The catalog under [plugins] of the registry and --no-plugins.

    Args:
        args: the common options.
        document: the registry; None to read it where it exists or was named, for it need not.
        warn_of_plugins: whether to print a line for each plugin that cannot be used.

    Raises:
        DeclarationError: if the registry cannot be read, or was named and does not exist.
    """
    if document is None:
        named = args.registry is not DEFAULT_REGISTRY or args.registry.exists()
        document = read_registry(args) if named else override(Document(values={}), args.overrides)
    catalog = discover(plugin_policy(document), no_plugins=args.no_plugins)
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
