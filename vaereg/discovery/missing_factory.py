"""Checks that what a factory names exists, without importing its module."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs

from vaereg.component import Offer
from vaereg.discovery.blame import shortened
from vaereg.discovery.records import PluginRecord
from vaereg.discovery.source import UncertainError, defining_line, module_file, text_of
from vaereg.wording import did_you_mean

MAKES_NAMES = frozenset(
    {"exec", "globals", "locals", "vars", "setattr", "__dict__", "modules", "__getattr__"}
)
"""A module that contains one of these words may define names that its text does not show."""


@attrs.frozen
class Missing:
    """The missing module or attribute that a factory names.

    Args:
        what: what is missing, in one line, with the file.
        hint: what may have been meant, or an empty string.
    """

    what: str
    hint: str = ""


def missing_factory(factory: str) -> Missing | None:
    """The part of "package.module:attribute" that certainly does not exist; None if in doubt.

    The module is not imported, since it may import keras. A name that is defined at the start of
    a line, as nearly all are, is found without parsing the module.
    """
    module, _, attribute = factory.partition(":")
    try:
        file = module_file(module)
        if file is None:
            return Missing(f"there is no module `{module}`")
        text = text_of(file)
        if defining_line(text, attribute) is not None:
            return None
        tree = ast.parse(text)
        if attribute in set(_bound_names(tree)):
            return None
    except (UncertainError, SyntaxError):
        return None
    defined = (ast.ClassDef, ast.FunctionDef)
    public = [each.name for each in tree.body if isinstance(each, defined) and each.name[0] != "_"]
    return Missing(
        f"{shortened(str(file))} does not define `{attribute}`", did_you_mean(attribute, public)
    )


def where_declared(offer: Offer, records: Sequence[PluginRecord]) -> str:
    """`file:line` where the entry point's module names the factory, or of line 1; "" if unknown."""
    for record in records:
        if (record.distribution, record.entry) != (offer.distribution, offer.entry):
            continue
        module = sys.modules.get(record.value.partition(":")[0].strip())
        file = getattr(module, "__file__", None)
        if file and Path(file).is_file():
            lines = Path(file).read_text(encoding="utf-8", errors="replace").splitlines()
            line_numbers = (i for i, line in enumerate(lines, 1) if offer.component.factory in line)
            return f"{shortened(file)}:{next(line_numbers, 1)}"
    return ""


def _bound_names(tree: ast.AST) -> Iterator[str]:
    """Every name bound anywhere in a module: all its attributes, and perhaps other names."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            name = node.name
        elif isinstance(node, ast.alias):
            name = node.asname or node.name.split(".")[0]
        elif isinstance(node, ast.Name):
            name = node.id
        elif isinstance(node, ast.Attribute):
            name = node.attr if node.attr in MAKES_NAMES else ""
        else:
            continue
        if name == "*" or name in MAKES_NAMES:
            raise UncertainError
        if name and not (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)):
            yield name
