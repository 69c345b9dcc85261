"""Unpacks a run that somebody packed; runs none of its content."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from vaereg.discovery.entry_points import version_of
from vaereg.errors import RunError
from vaereg.runs.layout import RunFolder, check_writable
from vaereg.runs.read import read_run
from vaereg.runs.state_file import write_state
from vaereg.workflows.runs.pack_form import (
    ARRAYS,
    CONTENTS,
    MOST_BYTES,
    PackContent,
    arrays_from_bytes,
    read_contents,
)

LONGEST_CONTENTS = 8 * 2**20
"""How many bytes pack.json may have."""


def unpack_run(pack: Path, root: Path, warn: Callable[[str], None]) -> RunFolder:
    """Unpacks a run below a folder, completely or not at all.

    Args:
        pack: the file.
        root: the folder of all runs.
        warn: is told each plugin that the run needs and that is missing or has another version.

    Raises:
        RunError: if the file is no pack, is damaged, holds more than it lists or names outside of
            the run, or if the run exists already.
    """
    check_writable(root)
    try:
        with zipfile.ZipFile(pack) as archive:
            content = read_contents(_entry(archive, CONTENTS, LONGEST_CONTENTS, pack), pack)
            _check_entries(archive, content, pack)
            target = root / content["model"] / content["run"]
            if target.exists():
                raise RunError(f"{target} exists already; unpack into another folder with --runs")
            run = _unpacked(archive, content, pack, target)
    except FileNotFoundError:
        raise RunError(f"there is no file {pack}") from None
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError) as error:
        raise RunError(f"{pack} is no pack, or is damaged: {error}") from error
    except OSError as error:
        raise RunError(f"{pack} cannot be unpacked: {error.strerror or error}") from error
    _tell_plugins(run, warn)
    return run


def _check_entries(archive: zipfile.ZipFile, content: PackContent, pack: Path) -> None:
    names = [each.filename for each in archive.infolist()]
    listed = {CONTENTS, *content["files"]}
    if len(names) != len(set(names)) or set(names) != listed:
        odd = sorted(set(names) ^ listed) or sorted(names)
        raise RunError(f"{pack} is refused: it does not hold what it lists ({odd[0]!r}).")


def _unpacked(
    archive: zipfile.ZipFile, content: PackContent, pack: Path, target: Path
) -> RunFolder:
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".new-", dir=target.parent))
    try:
        for name in ("checkpoints", "samples"):
            (draft / name).mkdir()
        for name, listed in content["files"].items():
            data = _entry(archive, name, listed["bytes"], pack)
            if hashlib.sha256(data).hexdigest() != listed["sha256"]:
                raise RunError(f"{pack} is damaged: {name} is not what was packed.")
            path = draft / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if name.endswith(ARRAYS):
                write_state(path.with_suffix(".h5"), *arrays_from_bytes(data, f"{pack}: {name}"))
            else:
                path.write_bytes(data)
        read_run(draft)  # refuses what is no run before it has a name
        draft.chmod(0o755)
        draft.rename(target)
        return RunFolder(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _entry(archive: zipfile.ZipFile, name: str, most: int, pack: Path) -> bytes:
    """The content of an entry, of which no more is read than it may have."""
    try:
        with archive.open(name) as file:
            data = file.read(min(most, MOST_BYTES) + 1)
    except KeyError:
        raise RunError(f"{pack} is no pack: it holds no {name}.") from None
    except RuntimeError as error:  # an encrypted entry
        raise RunError(f"{pack} is refused: {error}") from error
    if len(data) > most:
        raise RunError(f"{pack} is refused: {name} is longer than it may be ({most:,} bytes).")
    return data


def _tell_plugins(run: RunFolder, warn: Callable[[str], None]) -> None:
    """Names the plugins to install. None is imported."""
    lock = read_run(run.path).lock
    needed = {each["distribution"]: each["version"] for each in lock["components"].values()}
    for name, version in sorted(needed.items()):
        here = version_of(name)
        if name != "vaereg" and here != version:
            has = f"{here} is installed" if here else "not installed"
            warn(f"the run needs {name} {version} ({has}): pip install {name}=={version}")
