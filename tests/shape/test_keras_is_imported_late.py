"""What is imported before the backend is chosen imports no keras, which reads the choice once."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.helpers.source_tree import ROOT, Import, core_files, core_imports

HEAVY = ("keras", "tensorflow", "jax", "torch")


def choosers() -> list[tuple[str, int, int]]:
    """Module, first line and line of the call, for each function that calls `import_keras`."""
    found = []
    for file in core_files():
        for function in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef):
                found += [
                    (module_of(file), function.lineno, call.lineno)
                    for call in ast.walk(function)
                    if isinstance(call, ast.Call) and ast.unparse(call.func) == "import_keras"
                ]
    return found


def module_of(file: Path) -> str:
    """The dotted name of the module in a file of the core."""
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def chain_to_keras(
    wanted: list[Import], known: frozenset[str], each: tuple[Import, ...]
) -> list[Import]:
    """The imports that lead from some first ones to keras; empty if none does.

    Args:
        wanted: the first imports.
        known: the modules of the core.
        each: all imports of the core.
    """
    queue = [[first] for first in wanted]
    seen: set[str] = set()
    while queue:
        path = queue.pop(0)
        if path[-1].reaches(*HEAVY):
            return path
        target = path[-1].target
        while target and target not in known:  # a name within a module
            target = target.rpartition(".")[0]
        if target and target not in seen:
            seen.add(target)
            queue += [[*path, one] for one in each if one.module == target and at_once(one)]
    return []


def at_once(each: Import) -> bool:
    """Whether the import runs when its module is imported."""
    return not (each.deferred or each.typing_only)


def test_what_is_imported_before_the_choice_of_the_backend_imports_no_keras() -> None:
    known = frozenset(module_of(file) for file in core_files())
    every = core_imports()
    wrong = []
    for module, first, call in choosers():
        wanted = [
            one
            for one in every
            if one.module == module
            and (at_once(one) or (one.deferred and first <= one.line < call))
        ]
        wrong.append("\n".join(map(str, chain_to_keras(wanted, known, every))))

    assert len(wrong) >= 6
    assert not any(wrong), "\n\n".join(filter(None, wrong))


def test_a_chain_through_other_modules_is_found() -> None:
    def at(module: str, target: str, *, deferred: bool = False) -> Import:
        return Import(module, target, ROOT / "a.py", 1, deferred, False)

    first, second, late = at("a", "b.name"), at("b", "keras.ops"), at("b", "torch", deferred=True)

    assert chain_to_keras([first], frozenset("ab"), (first, second)) == [first, second]
    assert chain_to_keras([first], frozenset("ab"), (first, late)) == []
