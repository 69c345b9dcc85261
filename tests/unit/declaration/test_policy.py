"""[plugins] is read before discovery, as strictly as the rest of the file."""

from __future__ import annotations

import pytest

from vaereg.contracts.plugin_policy import PluginPolicy
from vaereg.declaration.policy import plugin_policy
from vaereg.declaration.text.document import parse_document
from vaereg.errors import DeclarationError


def test_a_file_without_the_table_allows_everything() -> None:
    assert plugin_policy(parse_document("a = 1")) == PluginPolicy()
    assert PluginPolicy().allow is None


def test_every_key_of_the_table_is_read() -> None:
    policy = plugin_policy(
        parse_document(
            "[plugins]\n"
            'require = ["vaereg-plugin-x>=0.1", "y",\n'
            "\"z[extra] ~= 1.0, != 1.2 ; python_version > '3'\"]\n"
            'allow = ["vaereg-plugin-x"]\nblock = []\n'
            'prefer = { "regularizer.mmd" = "vaereg-plugin-x" }\n'
        )
    )
    assert policy.allow == ("vaereg-plugin-x",)
    assert policy.block == ()
    assert len(policy.require) == 3
    assert policy.prefer == {"regularizer.mmd": "vaereg-plugin-x"}


@pytest.mark.parametrize(
    ("line", "column", "code", "hint"),
    [
        ('alow = ["x"]', 1, "unknown-key", '"allow"'),
        ('allow = "x"', 9, "wrong-type", ""),
        ("allow = [3]", 10, "wrong-type", ""),
        ('block = ["x>=1"]', 10, "bad-name", "only in `require`"),
        ('block = ["a b"]', 10, "bad-name", ""),
        ('require = ["a", "b=1"]', 17, "bad-requirement", ">=0.1"),
        ('require = ["a @ https://x"]', 12, "bad-requirement", ""),
        ('prefer = { "regularizr.mmd" = "x" }', 12, "bad-name", '"regularizer"'),
        ('prefer = { "mmd" = "x" }', 12, "bad-name", "kinds:"),
        ('prefer = { regularizer.mmd = "x" }', 12, "bad-name", '"regularizer.mmd"'),
        ('prefer = { "regularizer.mmd" = 3 }', 32, "wrong-type", ""),
        ('prefer = ["x"]', 10, "wrong-type", ""),
    ],
)
def test_a_problem_in_the_table_is_reported_at_its_place(
    line: str, column: int, code: str, hint: str
) -> None:
    with pytest.raises(DeclarationError) as caught:
        plugin_policy(parse_document(f"[plugins]\n{line}\n"))
    (problem,) = caught.value.problems
    assert (problem.code, problem.place.line, problem.place.column) == (code, 2, column)
    assert hint in problem.hint


def test_plugins_that_is_not_a_table_is_an_error() -> None:
    with pytest.raises(DeclarationError, match="must be a table"):
        plugin_policy(parse_document("plugins = 3"))
