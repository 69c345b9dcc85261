"""The table of laws in plugins/README.md lists every law, with a fault that breaks it."""

from __future__ import annotations

import re
from pathlib import Path

from tests.kit.faulty_conditions import CONDITIONAL
from tests.kit.faulty_trained_samplers import TRAINED
from tests.kit.test_the_kit import AT_BOUNDS, DECLARED, FAULTS
from vaereg.kinds import KINDS
from vaereg.testing import LAWS, LEVELS, Law
from vaereg.testing.harness import MAY_HAVE_WEIGHTS, TENSOR_KINDS

GUIDE = (Path(__file__).parents[2] / "plugins" / "README.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `[a-z0-9-]+` \| .* \| `\w+` \|$", flags=re.M)


def fault_of(law_id: str) -> str:
    """The name of a component, parameter class or module of tests/kit that breaks the law."""
    if law_id in FAULTS:
        return FAULTS[law_id][1].rpartition(":")[2]
    for declared_id, declared, _ in DECLARED:
        if declared_id == law_id:
            value = next(iter(declared.values()))
            name = getattr(value, "__name__", None) or str(value).rpartition(".")[2]
            return name if name.isidentifier() else next(iter(declared))
    told = {law_id: name for law_id, _, name, _ in reversed(CONDITIONAL)}
    trained = {law_id: name for law_id, name, _, _ in reversed(TRAINED)}
    return {**told, **trained, "bounds-can-be-used": AT_BOUNDS[0][0]}[law_id]


def kinds_of(law: Law) -> str:
    """The kinds of a law, in few words where they are many."""
    named = {frozenset(KINDS): "every kind"}
    named |= {frozenset(TENSOR_KINDS): "tensors", frozenset(MAY_HAVE_WEIGHTS): "weights"}
    return named.get(law.kinds) or ", ".join(each for each in KINDS if each in law.kinds)


def row(law: Law) -> str:
    """A row of the table."""
    return f"| `{law.id}` | {kinds_of(law)} | {law.sentence} | `{fault_of(law.id)}` |"


def test_the_guide_lists_every_law_by_level_with_a_fault_that_breaks_it() -> None:
    laws = sorted(LAWS, key=lambda each: list(LEVELS).index(each.level))  # a stable order
    expected = [row(each) for each in laws]

    assert ROW.findall(GUIDE) == expected, "the table should be:\n" + "\n".join(expected)
