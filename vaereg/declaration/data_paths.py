"""The files and folders that a slot's parameters name."""

from __future__ import annotations

from pathlib import Path

import attrs

from vaereg.contracts.slot import held_slots
from vaereg.declaration.declaration import Declaration, Slot


def paths_of(slot: Slot) -> dict[str, Path]:
    """The paths among the parameters of a slot, and of those that it holds, by dotted key.

    They are as declared; those left empty are absent.
    """
    found = own_paths_of(slot)
    for key, held in held_slots(slot):
        found |= {f"{key}.{name}": path for name, path in own_paths_of(held).items()}
    return found


def own_paths_of(slot: Slot) -> dict[str, Path]:
    """Like `paths_of`, without the paths of slots that the slot holds."""
    found = {}
    for attribute in attrs.fields(type(slot.params)):
        value = getattr(slot.params, attribute.name)
        is_path = isinstance(value, Path) or (attribute.name == "path" and isinstance(value, str))
        if is_path and str(value) not in ("", "."):
            found[str(attribute.alias)] = Path(value)
    return found


def exists(path: Path, folder: Path) -> bool:
    """Whether a path exists: `~` is the home folder, and a relative path starts at `folder`."""
    try:
        return (folder / path.expanduser()).exists()
    except (RuntimeError, OSError, ValueError):  # no such user; a name that no file can have
        return False


def is_relative(path: Path) -> bool:
    """Whether a path starts at the folder of registry.toml."""
    return not path.is_absolute() and not path.parts[0].startswith("~")


def missing_from(declaration: Declaration, folder: Path) -> dict[str, Path]:
    """The paths of the dataset that do not exist, by key; relative paths start at `folder`."""
    paths = paths_of(declaration.data_slot).items()
    return {key: path for key, path in paths if not exists(path, folder)}


def found_in(declaration: Declaration, folder: Path) -> bool:
    """Whether every path of the dataset exists, relative paths in `folder`."""
    return folder.is_dir() and not missing_from(declaration, folder)
