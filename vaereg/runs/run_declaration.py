"""declaration.toml of a run: what was declared, what changed during training, and its digest."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import attrs

from vaereg.contracts.plain_values import TomlTable, TomlValue
from vaereg.declaration.declaration import Declaration
from vaereg.declaration.text.document import Document, parse_document
from vaereg.declaration.write import declaration_toml, toml_value
from vaereg.errors import DeclarationError, RunError
from vaereg.runs.atomic import read_text
from vaereg.runs.json_form import misfit
from vaereg.runs.layout import RunFolder

CHANGES = "changes"
"""The key of the changes that a run recorded."""

DIGEST = "# digest of the other lines: "
"""Begins the line that shows edits by hand."""


@attrs.frozen(kw_only=True)
class Change:
    """A setting that changed while a run was trained.

    Args:
        key: the path of the key, such as "train.optimizer.learning_rate".
        before, after: its values; None where the key was absent.
        after_epoch: how many epochs were complete when it changed.
        after_step: how many steps of the next epoch were done.
    """

    key: str
    before: TomlValue = None
    after: TomlValue = None
    after_epoch: int = 0
    after_step: int = 0

    def __str__(self) -> str:
        old, new = (
            "nothing" if value is None else toml_value(value) for value in (self.before, self.after)
        )
        return f"{self.key} from {old} to {new}"


@attrs.frozen(kw_only=True)
class RunDeclaration:
    """The content of declaration.toml.

    Args:
        document: the declaration, without the changes.
        changes: the changes, in order.
        is_edited: whether the file was edited by hand, or damaged, since the run wrote it.
    """

    document: Document
    changes: tuple[Change, ...]
    is_edited: bool


def run_declaration_toml(
    declaration: Declaration, run: Path, changes: Sequence[Change] = ()
) -> str:
    """The text of declaration.toml, in which no path of this machine stands.

    Args:
        declaration: the declaration.
        run: the folder of the run, which need not exist yet; the folder of relative data paths is
            written relative to it.
        changes: the changes so far.
    """
    text = declaration_toml(
        attrs.evolve(declaration, source=Path(declaration.source).name),
        folder=relative_folder(declaration.folder, run),
    )
    for change in changes:
        entries = {name: value for name, value in attrs.asdict(change).items() if value is not None}
        text += f"\n[[{CHANGES}]]\n"
        text += "".join(f"{name} = {toml_value(value)}\n" for name, value in entries.items())
    # at its beginning, so that it is kept in a file that is cut
    return f"{DIGEST}{_digest(text)}\n\n{text}"


def read_run_declaration(run: RunFolder) -> RunDeclaration:
    """Reads declaration.toml of a run.

    Raises:
        DeclarationError: if it is not TOML.
        RunError: if it is missing, or its changes have another form.
    """
    instead = "Restore it from a copy, or train again in a new run."
    text = read_text(run.declaration, instead)
    try:
        document = parse_document(text, str(run.declaration), run.path.absolute())
    except DeclarationError as error:
        error.add_note(f"The run wrote this file; it was damaged or edited. {instead}")
        raise
    values = dict(document.values)
    written = [line for line in document.text.splitlines() if line.startswith(DIGEST)]
    # files of earlier versions have no digest
    is_edited = bool(written) and written[-1] != DIGEST + _digest(document.text)
    changes = _changes_of(values.pop(CHANGES, []), run)
    if isinstance(values.get("folder"), str):
        values["folder"] = os.path.normpath(run.path.absolute() / values["folder"])
    return RunDeclaration(
        document=attrs.evolve(document, values=values), changes=changes, is_edited=is_edited
    )


def relative_folder(folder: Path, run: Path) -> str:
    """The folder of relative data paths, relative to the folder of the run."""
    try:
        return Path(os.path.relpath(folder, run.absolute())).as_posix()
    except ValueError:  # on Windows, on another drive
        return str(folder)


def read_values(text: str) -> TomlTable:
    """The values of a TOML text."""
    from vaereg.declaration.text.read_toml import read_toml

    return read_toml(text)


def _digest(text: str) -> str:
    """A digest of the lines, except for the project's folder, which may be mended by hand."""
    lines = [
        line
        for line in text.splitlines()
        if line.strip() and not line.startswith((DIGEST, "folder = "))
    ]
    return hashlib.blake2b("\n".join(lines).encode(), digest_size=16).hexdigest()


def _changes_of(listed: TomlValue, run: RunFolder) -> tuple[Change, ...]:
    if wrong := misfit(listed, list[Change], CHANGES):
        raise RunError(f"{run.declaration} was damaged or edited: {wrong}")
    return tuple(Change(**each) for each in listed)
