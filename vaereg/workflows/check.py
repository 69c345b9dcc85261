"""Checks everything in registry.toml that can be checked without training."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from vaereg.contracts.catalog import ComponentSource
from vaereg.declaration.data_paths import exists, own_paths_of
from vaereg.declaration.declaration import Declaration
from vaereg.declaration.outlasting import outlasting
from vaereg.declaration.resolve import resolve, resolve_all
from vaereg.declaration.text.document import Document
from vaereg.declaration.undecided import undecided
from vaereg.discovery.missing_factory import missing_factory, where_declared
from vaereg.discovery.open_registry import OpenedRegistry
from vaereg.discovery.records import PluginRecord
from vaereg.errors import DeclarationError, Problem
from vaereg.wording import lines


class Checked(NamedTuple):
    """The models without an error, by name, and warnings; see `warnings_of`."""

    declarations: Mapping[str, Declaration]
    warnings: Sequence[str]


def check(opened: OpenedRegistry, models: Sequence[str] = ()) -> Checked:
    """Checks models. Never imports keras.

    Args:
        opened: the registry and the catalog.
        models: the names of the models; empty for all of them.

    Raises:
        DeclarationError: with every problem.
        PluginError: if a plugin that [plugins] requires is missing.
    """
    document, catalog = opened
    catalog.check_requirements(document.place(("plugins", "require")))
    declarations = _resolve_models(document, catalog, models)
    problems = [
        *undecided(document),
        *factory_problems(declarations.values(), catalog.records),
    ]
    if problems:
        raise DeclarationError(problems)
    warnings = [warning for each in declarations.values() for warning in warnings_of(each)]
    return Checked(declarations, list(dict.fromkeys(warnings)))


def _resolve_models(
    document: Document, source: ComponentSource, models: Sequence[str]
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
    """The components that cannot be built because their factories do not exist."""
    slots = [slot for declaration in declarations for _, slot in declaration.every_slot()]
    used = {slot.offer.component.factory for slot in slots}
    missing = {factory: missing_factory(factory) for factory in used}
    problems: dict[Problem, None] = {}  # models that extend each other share slots
    for slot in slots:
        offer = slot.offer
        fault = missing[offer.component.factory]
        if fault is None:
            continue
        declared = where_declared(offer, records)
        problem = Problem(
            code="broken-component",
            message=f"{offer.kind} {offer.full_name} cannot be built: its factory "
            f"`{offer.component.factory}` does not exist: {fault.what}",
            place=slot.place,
            hint=lines(
                fault.hint,
                f"this is a bug in {offer.distribution} {offer.version} (entry {offer.entry})"
                + (f", declared at {declared}" if declared else ""),
                f"report it to its author, or use another {offer.kind}",
            ),
            plugin=True,
        )
        problems[problem] = None
    return list(problems)


def warnings_of(declaration: Declaration) -> list[str]:
    """Warnings: what is not an error in the declaration, but may stop or spoil the training."""
    found = list(declaration.warnings)
    found += [f"model {declaration.model!r}: {each}" for each in outlasting(declaration)]
    for _, slot in declaration.every_slot():
        for name, path in own_paths_of(slot).items():
            if not exists(path, declaration.folder):
                found.append(f"{slot.place}: `{name}` names {path}, which does not exist")
    return found
