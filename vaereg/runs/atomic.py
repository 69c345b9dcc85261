"""Writes files completely or not at all, even if the process is killed."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeAlias

from vaereg.errors import RunError
from vaereg.wording import json_escaped

Json: TypeAlias = Any  # what json.loads returns; its form is known only where it is read
"""A value that JSON can hold."""

JsonObject: TypeAlias = dict[str, Json]
"""A JSON object."""

TEMPORARY = ".tmp"
"""The suffix of a file that is being written."""


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yields a temporary path in the same folder; the file written there then replaces `path`.

    Raises:
        RunError: if the operating system refuses; `path` is then unchanged.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}{TEMPORARY}")
    try:
        yield temporary
        _to_disk(temporary)
        temporary.replace(path)
        _to_disk(path.parent)
    except OSError as error:
        advice = "Free space, or fix the permissions."
        if path.is_dir():
            advice = "A folder of this name is in its place; move it away."
        raise RunError(
            f"cannot write {path}: {error.strerror or error}\n"
            f"The previous file, if any, is unchanged. {advice}"
        ) from error
    finally:
        with suppress(OSError):  # of a read-only folder, even where there is nothing to remove
            temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Writes a small text file atomically."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: Path, content: Json) -> None:
    """Writes a JSON file atomically."""
    write_text(path, json_text(content))


def json_text(content: Json) -> str:
    """The text of a JSON file, in which other alphabets stay readable."""
    return json_escaped(json.dumps(content, indent=2, ensure_ascii=False)) + "\n"


def read_text(path: Path, instead: str = "") -> str:
    """Reads a text file of a run.

    Args:
        path: the file.
        instead: what to do if it cannot be read, for the error message.

    Raises:
        RunError: if it is missing, no file, or not UTF-8.
    """
    after = f"\n{instead}" if instead else ""
    try:
        if path.exists() and not path.is_file():  # reading a pipe would wait for a writer
            what = "a folder" if path.is_dir() else "a pipe or a device"
            raise RunError(f"{path} cannot be read: it is {what}, not a file. Move it away.{after}")
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise RunError(f"{path} is missing.{after}") from None
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise RunError(f"{path} cannot be read: {why or error}.{after}") from error


def read_json(path: Path, instead: str = "") -> Json:
    """Reads a JSON file of a run.

    Args:
        path: the file.
        instead: what to do if it cannot be read, for the error message.

    Raises:
        RunError: if it is missing or damaged.
    """
    text = read_text(path, instead)
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        why = "too deeply nested" if isinstance(error, RecursionError) else error
        after = f"\n{instead}" if instead else ""
        raise RunError(f"{path} cannot be read: it is no JSON ({why}).{after}") from error


def remove_leftovers(folder: Path) -> None:
    """Deletes the temporary files that a killed process left in a folder, if it exists.

    Those of evaluations stay, since another process may be writing one.
    """
    for leftover in folder.glob(f".*{TEMPORARY}"):
        if not leftover.name.startswith(".evaluation"):
            with suppress(OSError):  # it may be on a disk that became read-only
                leftover.unlink(missing_ok=True)


def _to_disk(path: Path) -> None:
    """Waits until a file's content, or a folder's list of files, is on the disk."""
    if path.is_dir() and os.name == "nt":  # Windows cannot open folders
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
