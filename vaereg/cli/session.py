"""The common options as values that workflows take."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from vaereg.cli.arguments import DEFAULT_REGISTRY
from vaereg.cli.terminal import Terminal
from vaereg.discovery.open_registry import OpenedRegistry, open_registry
from vaereg.errors import UsageError
from vaereg.wording import brief, escaped

if TYPE_CHECKING:
    from vaereg.workflows.options import RegistryOptions
    from vaereg.workflows.tell import Tell


def opened_registry(
    args: argparse.Namespace, *, needed: bool = False, warn_of_plugins: bool = True
) -> OpenedRegistry:
    """The registry and the catalog.

    Args:
        args: the arguments.
        needed: whether registry.toml must exist even if -f does not name it.
        warn_of_plugins: whether to warn of each plugin that cannot be used.

    Raises:
        DeclarationError: if the registry or an override cannot be read.
    """
    default = args.registry is DEFAULT_REGISTRY and not needed
    return open_registry(
        None if default else args.registry,
        args.overrides,
        no_plugins=args.no_plugins,
        warn=warning_printer(args),
        warn_of_plugins=warn_of_plugins,
        tracebacks=bool(args.verbose),
    )


def warning_printer(args: argparse.Namespace) -> Callable[[str], None]:
    """Prints a warning on stderr, unless -q."""

    def warn(message: str) -> None:
        if not args.quiet:
            shown = "\n".join(map(brief, message.splitlines()))
            terminal = Terminal(sys.stderr, args.color)
            terminal.print(f"{terminal.style('warning', 'yellow')}: {escaped(shown)}")

    return warn


def tell_of(args: argparse.Namespace) -> Tell:
    """Where a workflow reports warnings and progress."""
    from vaereg.workflows.tell import Tell

    return Tell(
        quiet=args.quiet,
        tracebacks=bool(args.verbose),
        told=getattr(args, "told", ()),
        warn=warning_printer(args),
    )


def registry_options(args: argparse.Namespace) -> RegistryOptions:
    """-f, --set and --no-plugins."""
    from vaereg.workflows.options import RegistryOptions

    return RegistryOptions(
        registry=args.registry, overrides=tuple(args.overrides), no_plugins=args.no_plugins
    )


def check_no_overrides(args: argparse.Namespace) -> None:
    """Raises where --set was given to a command on runs.

    Raises:
        UsageError: for --set.
    """
    if args.overrides:
        raise UsageError(
            "--set cannot change a run here; use it with `vaereg train` or `vaereg resume`"
        )
