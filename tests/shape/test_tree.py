"""The places, names and lengths of files."""

from __future__ import annotations

import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.helpers.source_tree import ROOT, core_files, plugin_files

TOP_LEVEL = {
    ".ci",
    ".github",
    ".gitignore",
    ".pre-commit-config.yaml",
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "plugins",
    "pyproject.toml",
    "registry.toml",
    "tests",
    "vaereg",
}
LONGEST = 350
LONGER_FOR_A_REASON: dict[str, str] = {}
"""Path -> why it may be longer. Empty, and meant to stay so."""


def tracked() -> list[Path]:
    """The files that git knows."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone")
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return [Path(line) for line in listed.splitlines()]


def test_the_top_level_holds_only_what_belongs_there() -> None:
    found = {path.parts[0] for path in tracked()}

    assert found <= TOP_LEVEL, f"unexpected: {sorted(found - TOP_LEVEL)}"


def test_no_file_is_named_for_what_it_is_not() -> None:
    vague = {"utils", "util", "helpers", "helper", "misc", "common", "tools", "base"}

    found = [path for path in (*core_files(), *plugin_files()) if path.stem in vague]

    assert not found


@pytest.mark.parametrize("path", core_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_short_enough_to_be_read_at_once(path: Path) -> None:
    name = str(path.relative_to(ROOT))
    lines = len(path.read_text(encoding="utf-8").splitlines())

    assert lines <= LONGEST or name in LONGER_FOR_A_REASON


FULLEST = 20
"""The largest number of modules in one folder."""
FULLER_FOR_A_REASON = {
    "vaereg/cli": "a module for every command, next to what they share",
    "vaereg/contracts": "a module for every kind, next to the values that components exchange",
}
"""Folder -> why it may have more modules."""


def test_a_folder_is_small_enough_to_be_taken_in() -> None:
    modules = Counter(
        str(path.relative_to(ROOT).parent) for path in core_files() if path.stem != "__init__"
    )

    fuller = {folder: count for folder, count in modules.items() if count > FULLEST}
    assert fuller.keys() <= FULLER_FOR_A_REASON.keys(), fuller


def test_every_module_says_what_it_is_for() -> None:
    import ast

    silent = [
        str(path.relative_to(ROOT))
        for path in (*core_files(), *plugin_files())
        if path.read_text(encoding="utf-8").strip()
        and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]

    assert not silent


def test_nothing_generated_is_kept() -> None:
    endings = {".pyc", ".h5", ".keras", ".ckpt", ".log", ".orig", ".rej"}

    kept = Path("tests/flow/kept_runs")  # runs of earlier states, which later ones must read
    assert not [
        path for path in tracked() if path.suffix in endings and not path.is_relative_to(kept)
    ]
