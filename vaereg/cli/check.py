"""Checks everything in registry.toml that can be checked without training."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import attrs

from vaereg.cli.output import print_json
from vaereg.cli.table import table
from vaereg.cli.terminal import Terminal
from vaereg.contracts.catalog import ComponentSource
from vaereg.declaration.declaration import Declaration, Slot
from vaereg.declaration.document import Document
from vaereg.declaration.resolve import resolve, resolve_all
from vaereg.discovery.missing_factory import missing_factory, where_declared
from vaereg.discovery.records import PluginRecord
from vaereg.errors import DeclarationError, Problem
from vaereg.wording import lines
from vaereg.workflows.open_registry import open_catalog, read_registry, warn


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what only this command takes."""
    parser.add_argument("models", nargs="*", metavar="MODEL", help="only these (default: all)")


def run(args: argparse.Namespace) -> int:
    """Prints a row for each model that is fine.

    Raises:
        DeclarationError: with every problem.
        PluginError: if what [plugins] requires is not there.
    """
    document = read_registry(args)
    catalog = open_catalog(args, document)
    catalog.check_requirements()
    declarations = _resolved(document, catalog, args.models)
    problems = factory_problems(declarations.values(), catalog.records)
    if problems:
        raise DeclarationError(problems)
    warnings = [
        warning for declaration in declarations.values() for warning in warnings_of(declaration)
    ]
    warnings = list(dict.fromkeys(warnings))
    if args.json:
        models = {name: _as_dict(declaration) for name, declaration in declarations.items()}
        print_json({"models": models, "warnings": [*catalog.warnings, *warnings]})
        return 0
    for warning in warnings:
        warn(args, warning)
    terminal = Terminal(sys.stdout, args.color)
    count = len(declarations)
    verdict = f"{args.registry}: {count} model{'s' if count != 1 else ''}, no errors"
    if warnings:
        verdict += f", {len(warnings)} warning{'s' if len(warnings) != 1 else ''}"
    terminal.print(terminal.style(verdict, "green"))
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
    terminal.print(table(headers, [_row(each) for each in declarations.values()], terminal))
    return 0


def _resolved(
    document: Document, source: ComponentSource, models: list[str]
) -> dict[str, Declaration]:
    if not models:
        return resolve_all(document, source)
    declarations: dict[str, Declaration] = {}
    problems: dict[Problem, None] = {}
    for model in models:
        try:
            declarations[model] = resolve(document, source, model)
        except DeclarationError as fault:
            problems |= dict.fromkeys(fault.problems)
    if problems:
        raise DeclarationError(tuple(problems))
    return declarations


def factory_problems(
    declarations: Iterable[Declaration], records: Sequence[PluginRecord]
) -> list[Problem]:
    """The components that cannot be built, since their plugins name factories that do not exist."""
    parts = [part for declaration in declarations for part in declaration.slots()]
    used = {part.offer.component.factory for part in parts}
    missing = {factory: missing_factory(factory) for factory in used}
    problems: dict[Problem, None] = {}  # models that extend each other share their parts
    for part in parts:
        offer = part.offer
        fault = missing[offer.component.factory]
        if fault is None:
            continue
        declared = where_declared(offer, records)
        problem = Problem(
            code="broken-component",
            message=f"{offer.kind} {offer.full_name} cannot be built: its factory "
            f"`{offer.component.factory}` names nothing, for {fault.what}",
            place=part.place,
            hint=lines(
                fault.hint,
                f"this is a fault of {offer.distribution} {offer.version} (entry {offer.entry})"
                + (f", declared at {declared}" if declared else ""),
                f"tell its author, or use another {offer.kind}",
            ),
            plugin=True,
        )
        problems[problem] = None
    return list(problems)


def warnings_of(declaration: Declaration) -> list[str]:
    """What is no error in the declaration and may all the same stop or spoil its training."""
    found = list(declaration.warnings)
    for part in declaration.slots():
        for attribute in attrs.fields(type(part.params)):
            value = getattr(part.params, attribute.name)
            is_path = isinstance(value, Path) or attribute.name == "path"
            if is_path and value and not (declaration.folder / value).exists():
                found.append(f"{part.place}: `{attribute.alias}` names {value}, which is not there")
    return found


def _row(declaration: Declaration) -> tuple[str, ...]:
    terms = (*declaration.regularizers, *declaration.discriminators)
    return (
        declaration.model,
        f"{declaration.data_name} ({declaration.data_slot.offer.name})",
        " x ".join(map(str, declaration.latent_shape)),
        declaration.encoder.offer.name,
        declaration.posterior.offer.name,
        declaration.prior.offer.name,
        declaration.decoder.offer.name,
        declaration.likelihood.offer.name,
        declaration.objective.offer.name,
        ", ".join(part.key for part in terms),
    )


def _as_dict(declaration: Declaration) -> dict[str, Any]:
    return {
        "data": declaration.data_name,
        "latent_shape": list(declaration.latent_shape),
        "parts": [_part(part) for part in declaration.slots()],
    }


def _part(part: Slot) -> dict[str, Any]:
    return {
        "kind": part.kind,
        "key": part.key,
        "component": part.offer.full_name,
        "version": part.offer.version,
        "place": str(part.place),
    }
