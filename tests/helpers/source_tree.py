"""The source as the shape tests see it: every module and what it imports, by ast."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import attrs

ROOT = Path(__file__).resolve().parents[2]


@attrs.frozen
class Import:
    """One import: the importing module, its target, and its place.

    Args:
        module: the importing module, dotted.
        target: what is imported, dotted; for `from a import b`, `a.b`.
        file, line: where.
        deferred: whether it is in a function, and so runs only when the function is called.
        typing_only: whether it is under `if TYPE_CHECKING`.
    """

    module: str
    target: str
    file: Path
    line: int
    deferred: bool
    typing_only: bool

    def __str__(self) -> str:
        return f"{self.file.relative_to(ROOT)}:{self.line}: imports {self.target}"

    def reaches(self, *prefixes: str) -> bool:
        """Whether it imports one of those modules or something inside."""
        return any(self.target == each or self.target.startswith(f"{each}.") for each in prefixes)

    def stands_in(self, *prefixes: str) -> bool:
        """Whether the importing module is one of those or lies inside."""
        return any(self.module == each or self.module.startswith(f"{each}.") for each in prefixes)


def core_files() -> list[Path]:
    """The files of the core."""
    return sorted((ROOT / "vaereg").rglob("*.py"))


def plugin_files() -> list[Path]:
    """The source files of the plugins in this repository."""
    return sorted((ROOT / "plugins").glob("*/src/**/*.py"))


@cache
def core_imports() -> tuple[Import, ...]:
    """Every import of the core."""
    return tuple(each for file in core_files() for each in imports(file, ROOT))


@cache
def plugin_imports() -> tuple[Import, ...]:
    """Every import of the plugins."""
    found = []
    for file in plugin_files():
        source = next(each for each in file.parents if each.name == "src")
        found += imports(file, source)
    return tuple(found)


def imports(file: Path, root: Path) -> Iterator[Import]:
    """The imports of one file; relative ones are made absolute."""
    parts = file.relative_to(root).with_suffix("").parts
    package = parts[:-1]
    module = ".".join(package if parts[-1] == "__init__" else parts)
    tree = ast.parse(file.read_text(encoding="utf-8"), filename=str(file))
    yield from _imports_below(tree, module, package, file, deferred=False, typing_only=False)


def _imports_below(
    node: ast.AST,
    module: str,
    package: tuple[str, ...],
    file: Path,
    *,
    deferred: bool,
    typing_only: bool,
) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.Import, ast.ImportFrom)):
            for target in _imported_names(child, package):
                yield Import(module, target, file, child.lineno, deferred, typing_only)
            continue
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            body = ast.Module(body=child.body, type_ignores=[])
            yield from _imports_below(
                body, module, package, file, deferred=deferred, typing_only=True
            )
            rest = ast.Module(body=child.orelse, type_ignores=[])
            yield from _imports_below(
                rest, module, package, file, deferred=deferred, typing_only=typing_only
            )
            continue
        inside = isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        yield from _imports_below(
            child, module, package, file, deferred=deferred or inside, typing_only=typing_only
        )


def _imported_names(node: ast.Import | ast.ImportFrom, package: tuple[str, ...]) -> list[str]:
    if isinstance(node, ast.Import):
        return [each.name for each in node.names]
    base = list(package[: len(package) - node.level + 1]) if node.level else []
    home = ".".join([*base, *([node.module] if node.module else [])])
    return [f"{home}.{each.name}" for each in node.names]
