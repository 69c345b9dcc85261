"""Finds the runs of a declaration that used the components installed now."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

from vaereg.contracts.plain_values import TomlTable
from vaereg.declaration.declaration import Declaration
from vaereg.declaration.text.read_toml import read_toml
from vaereg.declaration.write import declaration_toml
from vaereg.discovery.records import PluginRecord
from vaereg.errors import RunError
from vaereg.runs.atomic import read_text
from vaereg.runs.changed_settings import leaves_the_method
from vaereg.runs.layout import runs_of
from vaereg.runs.lock_comparison import SAMPLE, differences
from vaereg.runs.read import Run, read_run
from vaereg.runs.run_declaration import CHANGES
from vaereg.runs.run_lock import locked_components
from vaereg.runs.starting_weights import KEY

TomlValue: TypeAlias = Any  # what tomllib returns for a value


def runs_of_same_declaration(
    declaration: Declaration, root: Path, records: Sequence[PluginRecord], backend: str
) -> list[Run]:
    """The runs of a declaration, in any state, the newest last; damaged runs are left out.

    Seed and project folder may differ. Everything else in the declaration must be the same, and
    the components must have the version and the source that are installed now. Runs that began
    with the weights of another run are left out.

    Args:
        declaration: the declaration that the runs must have, with any seed.
        root: the folder of all runs.
        records: the installed plugins.
        backend: the Keras backend that the runs must have been trained with.
    """
    wanted = method_of(declaration_toml(declaration))
    now = {"components": locked_components(declaration, records)}
    found = []
    for folder in runs_of(root / declaration.model):
        try:
            run = read_run(folder.path)
            text = read_text(folder.declaration)
            same = (
                _as_trained(method_of(text)) == _as_trained(wanted)
                and run.lock["backend"]["name"] == backend
                and KEY not in run.lock  # it began elsewhere
                and all(each.harmless for each in differences(run.lock, now, SAMPLE))
            )
        except (RunError, KeyError, TypeError, ValueError, AttributeError):
            continue  # a run that cannot be read cannot be used
        if same:
            found.append(run)
    return found


def method_of(text: str) -> dict[str, TomlValue]:
    """What a declaration.toml declares, without the seed and the project folder.

    Changes during training belong to it, unless the run is then as if declared so from the start.

    Raises:
        TomlError: if the text is not TOML.
    """
    content = read_toml(text)
    content.pop("folder", None)
    changes = [each for each in content.pop(CHANGES, []) if not leaves_the_method(each["key"])]
    if changes:
        content[CHANGES] = changes
    tables = [content, *content.get("models", {}).values()]
    for table in tables:
        if isinstance(table.get("train"), dict):
            table["train"].pop("seed", None)
    return content


def _as_trained(method: TomlTable) -> dict[str, TomlValue]:
    """Removes what training itself chose and recorded: the feature extractor and logged scores."""
    evaluate = method.get("train", {}).get("evaluate")
    if isinstance(evaluate, dict):
        for key in ("features", "scores"):
            evaluate.pop(key, None)
    return method
