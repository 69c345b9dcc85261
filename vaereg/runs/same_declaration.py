"""Runs that were made by one declaration with what is installed, which need not be made again."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

from vaereg.declaration.declaration import Declaration
from vaereg.declaration.write import declaration_toml
from vaereg.discovery.records import PluginRecord
from vaereg.errors import RunError
from vaereg.runs.layout import runs_of
from vaereg.runs.lock_comparison import SAMPLE, differences
from vaereg.runs.read import Run, read_run
from vaereg.runs.run_lock import locked_components

TomlValue: TypeAlias = Any  # what tomllib returns for a value


def runs_of_same_declaration(
    declaration: Declaration, root: Path, records: Sequence[PluginRecord], backend: str
) -> list[Run]:
    """The runs of that very declaration, in any state, the newest last; damaged ones are left out.

    A run counts if all that was declared is the same but for the seed and the folder that paths
    start in, and if its components have the version and the source that are installed now.

    Args:
        declaration: what is wanted, of any seed.
        root: the folder of all runs.
        records: the installed plugins.
        backend: the Keras backend that it must have been trained with.
    """
    wanted = method_of(declaration_toml(declaration))
    now = {"components": locked_components(declaration, records)}
    found = []
    for folder in runs_of(root / declaration.model):
        try:
            run = read_run(folder.path)
            text = folder.declaration.read_text(encoding="utf-8")
            same = (
                _as_trained(method_of(text)) == _as_trained(wanted)
                and run.lock["backend"]["name"] == backend
                and all(each.harmless for each in differences(run.lock, now, SAMPLE))
            )
        except (RunError, OSError, KeyError, TypeError, tomllib.TOMLDecodeError):
            continue  # what cannot be read is nothing to go on from
        if same:
            found.append(run)
    return found


def method_of(text: str) -> dict[str, TomlValue]:
    """What a declaration.toml declares, but for the seed and the folder that paths start in.

    Raises:
        tomllib.TOMLDecodeError: if the text is not TOML.
    """
    content = tomllib.loads(text)
    content.pop("folder", None)
    tables = [content, *content.get("models", {}).values()]
    for table in tables:
        if isinstance(table.get("train"), dict):
            table["train"].pop("seed", None)
    return content


def _as_trained(method: dict[str, Any]) -> dict[str, TomlValue]:
    """Without what a training writes out that was left to it: the scores that it logs."""
    watched = method.get("train", {}).get("evaluate")
    if isinstance(watched, dict):
        for key in ("features", "scores"):
            watched.pop(key, None)
    return method
