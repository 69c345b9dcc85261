"""There is no import cycle in vaereg, not even through imports inside functions."""

from __future__ import annotations

import pytest

from tests.helpers.source_tree import ROOT, core_files, core_imports

Graph = dict[str, set[str]]


def needs() -> Graph:
    """Module -> the modules that it imports, at its head or when a function is called."""
    modules = {
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for file in core_files()
    }
    graph: Graph = {module: set() for module in modules}
    for each in core_imports():
        target = each.target
        while target and target not in modules:  # a name within a module
            target = target.rpartition(".")[0]
        if target and target != each.module and not each.typing_only:
            graph[each.module].add(target)
    return graph


def cycles(graph: Graph) -> list[list[str]]:
    """The groups of modules that reach each other (strongly connected components, Tarjan 1972)."""
    index: dict[str, int] = {}
    least: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(module: str) -> None:
        index[module] = least[module] = len(index)
        stack.append(module)
        for other in sorted(graph[module]):
            if other not in index:
                visit(other)
                least[module] = min(least[module], least[other])
            elif other in stack:
                least[module] = min(least[module], index[other])
        if least[module] == index[module]:
            start = stack.index(module)
            group = sorted(stack[start:])
            del stack[start:]
            if len(group) > 1:
                found.append(group)

    for module in sorted(graph):
        if module not in index:
            visit(module)
    return found


def test_no_modules_import_each_other() -> None:
    graph = needs()
    told = [
        f"{module} -> {other}"
        for group in cycles(graph)
        for module in group
        for other in sorted(graph[module].intersection(group))
    ]

    assert not told, "\n".join(told)


@pytest.mark.parametrize(
    ("graph", "found"),
    [
        ({"a": {"b"}, "b": {"c"}, "c": set()}, []),
        ({"a": {"b"}, "b": {"c"}, "c": {"b"}}, [["b", "c"]]),
        ({"a": {"b"}, "b": {"a", "c"}, "c": {"d"}, "d": {"c"}}, [["c", "d"], ["a", "b"]]),
    ],
)
def test_a_circle_is_found(graph: Graph, found: list[list[str]]) -> None:
    assert cycles(graph) == found
