"""Checks everything in registry.toml that can be checked without training."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from vaereg.cli.options import add_backend
from vaereg.cli.output import print_json
from vaereg.cli.session import opened_registry, tell_of, warning_printer
from vaereg.cli.table import table
from vaereg.cli.terminal import Terminal
from vaereg.declaration.declaration import Declaration, Slot
from vaereg.workflows.check import check

if TYPE_CHECKING:
    from vaereg.contracts.plain_values import JsonObject


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of this command."""
    parser.add_argument(
        "models", nargs="*", metavar="MODEL", help="the models to check (default: all)"
    )
    parser.add_argument(
        "--data",
        action="store_true",
        help="also read the data, build each model and put one batch through it, without training",
    )
    add_backend(parser)


def run(args: argparse.Namespace) -> int:
    """Prints a row for each model without an error.

    Raises:
        DeclarationError: with every problem.
        PluginError: if a plugin that [plugins] requires is missing.
    """
    opened = opened_registry(args, needed=True)
    declarations, warnings = check(opened, args.models)
    warnings, notes, data_lines = [*warnings], list[str](), list[str]()
    if args.data:
        from vaereg.workflows.own_data.check_data import check_data

        found = check_data(declarations, args.backend, tell_of(args))
        data_lines = [*found.lines]
        for each in found.remarks:
            kind, _, text = each.partition(": ")
            (warnings if kind == "warning" else notes).append(text)
    if args.json:
        models = {name: _as_dict(declaration) for name, declaration in declarations.items()}
        content: JsonObject = {"models": models, "warnings": [*opened.catalog.warnings, *warnings]}
        print_json({**content, "data": data_lines, "notes": notes} if args.data else content)
        return 0
    if notes and not args.quiet:
        Terminal(sys.stderr, args.color).print("\n".join(f"note: {each}" for each in notes))
    for warning in warnings:
        warning_printer(args)(warning)
    terminal = Terminal(sys.stdout, args.color)
    count = len(declarations)
    verdict = f"{args.registry}: {count} model{'s' if count != 1 else ''}, no errors"
    if warnings:
        verdict += f", {len(warnings)} warning{'s' if len(warnings) != 1 else ''}"
    terminal.print(terminal.style(verdict, "green"))
    for line in data_lines:
        terminal.print(line)
    terminal.print()
    headers = (
        "model",
        "data",
        "latent",
        "encoder",
        "posterior",
        "prior",
        "decoder",
        "likelihood",
        "objective",
        "further terms",
    )
    terminal.print(table(headers, [_model_row(each) for each in declarations.values()], terminal))
    return 0


def _model_row(declaration: Declaration) -> tuple[str, ...]:
    terms = (*declaration.regularizers, *declaration.discriminators)
    return (
        declaration.model,
        f"{declaration.data_name} ({declaration.data_slot.offer.name})"
        + _augmented(declaration.data_slot.augment),
        " x ".join(map(str, declaration.latent_shape)) + _augmented(declaration.latent_augment),
        declaration.encoder.offer.name,
        declaration.posterior.offer.name,
        declaration.prior.offer.name,
        declaration.decoder.offer.name,
        declaration.likelihood.offer.name,
        declaration.objective.offer.name,
        ", ".join(map(_term, terms)),
    )


def _augmented(slots: Sequence[Slot]) -> str:
    """The augmentations of training batches or of latents, such as ` + flip, crop`."""
    return f" + {', '.join(slot.key for slot in slots)}" if slots else ""


def _term(slot: Slot) -> str:
    """The key of a term, and what it replaces."""
    replaced = sorted(slot.offer.component.replaces)
    return slot.key + (f" (replaces {', '.join(replaced)})" if replaced else "")


def _as_dict(declaration: Declaration) -> JsonObject:
    return {
        "data": declaration.data_name,
        "latent_shape": list(declaration.latent_shape),
        "given": list(declaration.data_slot.given),
        "parts": [_slot(key, slot, declaration) for key, slot in declaration.every_slot()],
    }


def _slot(address: str, slot: Slot, declaration: Declaration) -> JsonObject:
    return {
        "kind": slot.kind,
        "key": slot.key,
        "address": address,
        "component": slot.offer.full_name,
        "version": slot.offer.version,
        "told": list(declaration.told(slot)),
        "place": str(slot.place),
    }
