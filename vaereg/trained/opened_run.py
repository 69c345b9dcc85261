"""A run, its declaration, and its components, compared with the run lock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from pathlib import Path

import attrs

from vaereg.declaration.data_paths import found_in, is_relative, missing_from
from vaereg.declaration.declaration import Declaration
from vaereg.declaration.resolve import resolve
from vaereg.declaration.text.document import Document
from vaereg.declaration.write import toml_value
from vaereg.discovery.catalog import Catalog
from vaereg.discovery.discover import discover
from vaereg.discovery.records import PluginRecord
from vaereg.errors import LockError
from vaereg.runs.layout import ROOT, RunFolder
from vaereg.runs.lock_comparison import SAMPLE, check_lock, check_plugins, differences
from vaereg.runs.read import Run, read_run
from vaereg.runs.run_declaration import Change, read_run_declaration
from vaereg.runs.run_lock import locked_components
from vaereg.wording import listed


@attrs.frozen(kw_only=True)
class OpenedRun:
    """A run whose components are all installed.

    Args:
        run: the run.
        declaration: as its declaration.toml holds it; relative data paths start at a folder in
            which they exist, if there is one.
        document: the document that it was read from, with the place of the data.
        changes: the settings that changed while the run was trained.
        catalog: the available components.
    """

    run: Run
    declaration: Declaration
    document: Document
    changes: tuple[Change, ...]
    catalog: Catalog

    @property
    def records(self) -> Sequence[PluginRecord]:
        """The installed plugins."""
        return self.catalog.records


def read_opened_run(
    run: str | Path,
    root: Path = ROOT,
    *,
    warn: Callable[[str], None],
    ignore_lock: bool = False,
    no_plugins: bool | tuple[str, ...] = False,
) -> OpenedRun:
    """Reads a run and compares its components with the installed ones. Never imports keras.

    Args:
        run: a run folder, `<model>/<id>`, or a model's name for its newest run.
        root: the folder of the runs.
        warn: gets each warning.
        ignore_lock: warn about components that differ from the run lock, instead of raising.
        no_plugins: distributions to leave out; True for all but vaereg's own components.

    Raises:
        RunError: if there is no such run, or it is damaged.
        PluginError: if one of the run's plugins is missing, saying what to install.
        LockError: if a component differs, unless `ignore_lock`.
    """
    found = read_run(run, root)
    catalog = discover(None, no_plugins=no_plugins)
    check_plugins(found.folder, found.lock, catalog.records)
    declared = read_run_declaration(found.folder)
    if declared.is_edited:
        _check_edited(found.folder, warn, ignore=ignore_lock)
    document = declared.document
    declaration = resolve(document, catalog)
    if not found_in(declaration, declaration.folder):
        document = _with_data(document, declaration, catalog, found.folder, warn)
        declaration = resolve(document, catalog)
    now = {"components": locked_components(declaration, catalog.records)}
    differing = differences(found.lock, now, SAMPLE)
    for warning in check_lock(found.folder, differing, ignore=ignore_lock):
        warn(warning)
    return OpenedRun(
        run=found,
        declaration=declaration,
        document=document,
        changes=declared.changes,
        catalog=catalog,
    )


def _check_edited(run: RunFolder, warn: Callable[[str], None], *, ignore: bool) -> None:
    what = f"{run.declaration} was edited by hand, or damaged, after the run wrote it"
    if not ignore:
        raise LockError(
            f"{what}, so it does not say how the run was trained.\n"
            "Undo the edit, or restore it from a copy. To change a setting: vaereg resume "
            f"{run} --set KEY=VALUE. To use the "
            "edited values all the same, use the option ignore_lock."
        )
    warn(f"{what}; the edited values are used")


def _with_data(
    document: Document,
    declaration: Declaration,
    catalog: Catalog,
    run: RunFolder,
    warn: Callable[[str], None],
) -> Document:
    """The document with a folder in which its data exists, if there is one.

    The recorded folder is right if project and runs were moved together. Otherwise the data may be
    in the current folder or in one that holds the run; what had an absolute path is looked for by
    its name. A wrong guess does no harm, since the content of the data is compared with the run
    lock.
    """
    absent = missing_from(declaration, declaration.folder)
    here = Path.cwd()
    for folder in dict.fromkeys((here, *run.path.absolute().parents, *run.path.resolve().parents)):
        values = deepcopy(document.values)
        values["folder"] = str(folder)
        for key, path in absent.items():
            if not is_relative(path):
                values["data"][declaration.data_name][key] = path.name
        moved = attrs.evolve(document, values=values)
        if found_in(resolve(moved, catalog), folder):
            if absent:
                shown = listed(f"{key} = {toml_value(str(path))}" for key, path in absent.items())
                warn(
                    f"the data of {run}, {shown}, is not in {declaration.folder}; it is read from "
                    f"{folder}"
                )
            return moved
    return document
