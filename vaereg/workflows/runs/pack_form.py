"""The form of a packed run: a zip of texts, pictures, safetensors, and pack.json that lists them.

Nothing in it is code, and reading it runs none.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import NotRequired, TypedDict

import numpy as np

from vaereg.errors import RunError
from vaereg.runs.atomic import Json, JsonObject
from vaereg.runs.json_form import misfit

FORM = 1
"""Increases when the form of the zip changes."""

CONTENTS = "pack.json"
"""The entry that lists the others."""

CARD = "README.md"
"""The entry that people read."""

ARRAYS = ".safetensors"
"""How the names of entries end that hold arrays; in a run they end in .h5."""

MOST_ENTRIES = 10_000
MOST_BYTES = 8 * 2**30
"""The largest pack that is opened."""

NAME = re.compile(r"[\w@{}=,+~-][\w.@{}=,+~ -]{0,150}")
"""What a folder or file of a run may be called; no name begins with a dot."""


class PackedFile(TypedDict):
    """An entry of the zip."""

    bytes: int
    sha256: str


class PackContent(TypedDict):
    """The content of pack.json."""

    form: int
    vaereg: str
    model: str
    run: str
    files: dict[str, PackedFile]
    note: NotRequired[str]


def packed_file(content: bytes) -> PackedFile:
    """What pack.json says of an entry."""
    return PackedFile(bytes=len(content), sha256=hashlib.sha256(content).hexdigest())


def read_contents(text: bytes, pack: object) -> PackContent:
    """The content of pack.json, checked.

    Raises:
        RunError: if it has another form, or names files outside of the run.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RunError(f"{pack} is damaged: {CONTENTS} is no JSON ({error}).") from error
    form = content.get("form") if isinstance(content, dict) else None
    if isinstance(form, int) and form > FORM:
        raise RunError(
            f"{pack} was packed by a newer vaereg ({content.get('vaereg')}); update vaereg."
        )
    if wrong := misfit(content, PackContent):
        raise RunError(f"{pack} is damaged or was made by hand: {CONTENTS}: {wrong}.")
    for name in (*content["files"], content["model"], content["run"]):
        check_name(name, pack)
    if "/" in content["model"] or "/" in content["run"]:
        raise RunError(f"{pack}: the names of model and run must not hold a slash.")
    files = content["files"].values()
    if len(files) > MOST_ENTRIES or sum(each["bytes"] for each in files) > MOST_BYTES:
        raise RunError(
            f"{pack} is too large: at most {MOST_ENTRIES:,} files with {MOST_BYTES:,} bytes in all "
            "are unpacked."
        )
    found: PackContent = content
    return found


def check_name(name: str, pack: object) -> None:
    """Checks that an entry stays within its run.

    Raises:
        RunError: for an absolute path, one with .., or a name that a run does not use.
    """
    parts = name.split("/")
    if len(parts) > 4 or not all(NAME.fullmatch(part) for part in parts):
        raise RunError(f"{pack} is refused: {name!r} is no name of a file of a run.")


def arrays_as_bytes(arrays: Mapping[str, np.ndarray], attributes: JsonObject) -> bytes:
    """Arrays by path and their attributes, as safetensors.

    Raises:
        RunError: if safetensors is not installed, or an array has a type that it does not know.
    """
    numpy_of = _safetensors()
    kept = {name: np.asarray(array, order="C") for name, array in arrays.items()}
    try:
        content: bytes = numpy_of.save(kept, {"attributes": json.dumps(attributes)})
    except (KeyError, TypeError, ValueError) as error:
        raise RunError(f"an array cannot be packed: {error}") from error
    return content


def arrays_from_bytes(content: bytes, name: str) -> tuple[dict[str, np.ndarray], JsonObject]:
    """What `arrays_as_bytes` wrote.

    Raises:
        RunError: if safetensors is not installed, or the content is damaged.
    """
    numpy_of = _safetensors()
    try:
        arrays = numpy_of.load(content)
        size = int.from_bytes(content[:8], "little")
        head = json.loads(content[8 : 8 + size])
        attributes: Json = json.loads(head["__metadata__"]["attributes"])
    except Exception as error:  # safetensors raises errors of its own
        raise RunError(f"{name} is damaged: {error}") from error
    if not isinstance(attributes, dict):
        raise RunError(f"{name} is damaged: its attributes are no table")
    return dict(arrays), attributes


def _safetensors() -> Json:  # the module safetensors.numpy, which has no types
    try:
        import safetensors.numpy
    except ImportError as error:
        raise RunError(
            "packing and unpacking need safetensors, not installed here.\n"
            "  pip install 'vaereg[share]'"
        ) from error
    return safetensors.numpy
