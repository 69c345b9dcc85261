"""Named arrays and a few attributes in one HDF5 file: checkpoints, weights, fitted samplers."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping
from pathlib import Path

import attrs
import h5py
import numpy as np

from vaereg.errors import RunError
from vaereg.runs.atomic import Json, JsonObject, replacing
from vaereg.runs.whole_file import writing_whole
from vaereg.wording import json_escaped

FORM = 1
"""Increases when the format of the file changes."""

TRAILER = b"vaereg crc32 "
"""Begins the last line of a file, which HDF5 does not read: the CRC-32 of all bytes before it.

HDF5's library may end the process on damaged files, so they are found before it reads them.
"""


def write_state(
    path: Path, arrays: Mapping[str, np.ndarray], attributes: Mapping[str, Json] | None = None
) -> str:
    """Writes arrays by path, and attributes that JSON can hold, completely or not at all.

    Returns the digest of the file.

    Each array is a dataset in the group `arrays`. Its attribute `path` is the array's name, which
    may contain slashes. Its attribute `dtype` is the array's type, since HDF5 has no bfloat16 and
    stores only its bits. A digest of everything is stored too, so that damage is detected.

    Raises:
        RunError: if the operating system refuses.
        TypeError: for an array of objects, which could only be pickled.
    """
    text = json_escaped(json.dumps(dict(attributes or {}), ensure_ascii=False))
    with replacing(path) as temporary:
        with (
            writing_whole(temporary) as disk,
            h5py.File(disk, "w", track_order=True) as file,
        ):
            group = file.create_group("arrays", track_order=True)
            for index, (name, value) in enumerate(arrays.items()):
                array = np.asarray(value)
                readable = name.replace("/", ".").strip(".") or "array"
                key = readable if readable not in group else f"{readable}~{index}"
                dataset = group.create_dataset(key, data=_storable(name, array))
                dataset.attrs["path"] = name
                dataset.attrs["dtype"] = array.dtype.name
                disk.check()
            file.create_dataset("attributes", data=text)
            file.attrs["form"] = FORM
            digest = file.attrs["digest"] = digest_of(arrays, text)
        _end_with_checksum(temporary)
    return digest


def read_state(
    path: Path, instead: str = "", if_missing: str = ""
) -> tuple[dict[str, np.ndarray], JsonObject]:
    """Reads what `write_state` wrote; returns the arrays by path, and the attributes.

    Args:
        path: the file.
        instead: what to do if it is damaged, for the error message.
        if_missing: what to do if it is missing, likewise.

    Raises:
        RunError: if the file is missing, truncated, damaged or from a newer vaereg.
    """
    if path.exists() and not path.is_file():
        raise _damaged(path, "a folder, a pipe or a device is in its place; move it away", instead)
    if not path.exists():
        raise RunError(f"{path} is missing." + (if_missing and f"\n{if_missing}"))
    try:
        if not _has_its_checksum(path):
            raise _damaged(path, "its bytes do not match its checksum", instead)
        with h5py.File(path, "r") as file:
            form = int(file.attrs["form"])
            if form > FORM:
                raise RunError(
                    f"{path} was written by a newer vaereg (format {form}); update vaereg."
                )
            text = file["attributes"].asstr()[()]
            arrays = {str(d.attrs["path"]): _restored(d) for d in file["arrays"].values()}
            whole = file.attrs["digest"] == digest_of(arrays, text)
            attributes = json.loads(text)
    except (OSError, KeyError, ValueError, TypeError, AttributeError, RuntimeError) as error:
        raise _damaged(path, str(error), instead) from error
    if not whole:
        raise _damaged(path, "its content does not match its digest", instead)
    return arrays, attributes


@attrs.frozen
class Stamp:
    """What a state file says about itself.

    Args:
        digest: as `write_state` returned it.
        attributes: as `write_state` got them.
    """

    digest: str
    attributes: JsonObject


def read_stamp(path: Path) -> Stamp | None:
    """The stamp of a state file, read without its arrays; None if it is missing or unreadable."""
    if not path.is_file():  # opening a pipe would wait for a writer
        return None
    try:
        if not _has_its_checksum(path):
            return None
        with h5py.File(path, "r") as file:
            attributes = json.loads(file["attributes"].asstr()[()])
            return Stamp(str(file.attrs["digest"]), dict(attributes))
    except (OSError, KeyError, ValueError, TypeError, AttributeError, RuntimeError):
        return None


def _end_with_checksum(path: Path) -> None:
    """Appends the trailer to a complete file."""
    checksum, _ = _checksum(path, path.stat().st_size)
    with path.open("ab") as file:
        file.write(TRAILER + b"%08x\n" % checksum)


def _has_its_checksum(path: Path) -> bool:
    """Whether a file ends with the checksum of its bytes, or with none, as older and cut ones."""
    before = path.stat().st_size - len(TRAILER) - 9
    if before < 0:
        return True  # HDF5 notices that it is cut
    checksum, rest = _checksum(path, before)
    return not rest.startswith(TRAILER) or rest == TRAILER + b"%08x\n" % checksum


def _checksum(path: Path, size: int) -> tuple[int, bytes]:
    """The CRC-32 of the first bytes of a file, and the rest."""
    checksum = 0
    with path.open("rb") as file:
        while size > 0:
            part = file.read(min(size, 1 << 20))
            if not part:
                break
            checksum = zlib.crc32(part, checksum)
            size -= len(part)
        return checksum, file.read()


def _damaged(path: Path, why: str, instead: str) -> RunError:
    return RunError(f"{path} is damaged and cannot be used ({why})." + (instead and f"\n{instead}"))


def _storable(name: str, array: np.ndarray) -> np.ndarray:
    if array.dtype.kind in "biuf":
        return array
    if array.dtype.hasobject or array.dtype.kind in "USMmc":
        raise TypeError(f"{name!r} has dtype {array.dtype}; a state holds numbers only.")
    return array.view(f"u{array.dtype.itemsize}")


def _restored(dataset: h5py.Dataset) -> np.ndarray:
    array = np.asarray(dataset[()])
    name = str(dataset.attrs["dtype"])
    if array.dtype.name == name:
        return array
    import ml_dtypes  # a dependency of Keras, with the types that numpy lacks

    return array.view(np.dtype(getattr(ml_dtypes, name)))


def digest_of(arrays: Mapping[str, np.ndarray], text: str = "") -> str:
    """A digest of arrays by path, and of a text; it does not depend on the order of the paths."""
    digest = hashlib.blake2b(text.encode(), digest_size=16)
    for name in sorted(arrays):
        array = np.asarray(arrays[name], order="C")
        digest.update(f"{name}\0{array.dtype.name}\0{array.shape}\0".encode())
        digest.update(array.reshape(-1).view(np.uint8).data)
    return digest.hexdigest()
