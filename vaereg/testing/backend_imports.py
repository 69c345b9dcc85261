"""Which modules of a component import a backend, read from their source without importing them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib.util import find_spec, resolve_name
from pathlib import Path

from vaereg.discovery.blame import shortened

BACKENDS = ("tensorflow", "jax", "torch")


def backend_imports(module: str, package: str) -> Iterator[str]:
    """Yields `file:line imports torch` for a module and the modules of its package it imports.

    Code under `if keras.backend.backend() == "torch"` or `if TYPE_CHECKING` is skipped: it runs
    on that backend only, or never.

    Args:
        module: dotted name of the module to start from.
        package: the package whose modules are followed; empty to follow none.
    """
    waiting, seen = [module], {module}
    while waiting:
        name = waiting.pop()
        path = _source(name)
        if path is None:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
        reported = set()
        for line, imported in _imports(tree, name, path):
            top = imported.partition(".")[0]
            if top in BACKENDS and (line, top) not in reported:
                reported.add((line, top))
                yield f"{shortened(str(path))}:{line} imports {top}"
            if package and f"{imported}.".startswith(f"{package}.") and imported not in seen:
                seen.add(imported)
                waiting.append(imported)


def _source(module: str) -> Path | None:
    """The source file of a module; None if the name is not a module (a class, for example)."""
    try:
        spec = find_spec(module)
    except (ImportError, ValueError):
        return None
    origin = spec.origin if spec is not None else None
    return Path(origin) if origin is not None and origin.endswith(".py") else None


def _imports(tree: ast.AST, module: str, path: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name of each import; `from a import b` counts as both `a` and `a.b`."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in _nodes(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, each.name) for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            name = "." * node.level + (node.module or "")
            home = resolve_name(name, package) if node.level else name
            yield node.lineno, home
            yield from ((node.lineno, f"{home}.{each.name}") for each in node.names)


def _nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node except those under a condition that names a backend or TYPE_CHECKING."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and _is_guard(node.test):
            for other in node.orelse:
                yield other
                yield from _nodes(other)
            continue
        yield node
        yield from _nodes(node)


def _is_guard(test: ast.expr) -> bool:
    for node in ast.walk(test):
        if isinstance(node, ast.Constant) and node.value in BACKENDS:
            return True
        if getattr(node, "id", getattr(node, "attr", "")) == "TYPE_CHECKING":
            return True
    return False
