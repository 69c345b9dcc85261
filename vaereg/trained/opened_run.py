"""A run, its declaration, and its components, compared with the run lock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import attrs

from vaereg.declaration.declaration import Declaration
from vaereg.declaration.resolve import resolve
from vaereg.declaration.text.document import read_document
from vaereg.discovery.catalog import Catalog
from vaereg.discovery.discover import discover
from vaereg.discovery.records import PluginRecord
from vaereg.runs.layout import ROOT
from vaereg.runs.lock_comparison import SAMPLE, check_lock, check_plugins, differences
from vaereg.runs.read import Run, read_run
from vaereg.runs.run_lock import locked_components


@attrs.frozen(kw_only=True)
class OpenedRun:
    """A run whose components are all installed."""

    run: Run
    declaration: Declaration
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
    declaration = resolve(read_document(found.folder.declaration), catalog)
    now = {"components": locked_components(declaration, catalog.records)}
    differing = differences(found.lock, now, SAMPLE)
    for warning in check_lock(found.folder, differing, ignore=ignore_lock):
        warn(warning)
    return OpenedRun(run=found, declaration=declaration, catalog=catalog)
