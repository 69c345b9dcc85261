"""Reading weights that PyTorch saved, without PyTorch."""

from __future__ import annotations

import math
import pickle
import struct
import zipfile
from pathlib import Path
from typing import IO

import numpy as np

import vaereg
from vaereg.basics.feature_extractors.weights.restricted_unpickler import (
    ForbiddenName,
    RestrictedUnpickler,
    StoredTensor,
    StoredValues,
)

MAGIC = 0x1950A86A20F9469CFC6C
"""The number with which the older format starts; the newer format is a zip archive."""

PROTOCOL = 1001

BROKEN = (
    pickle.UnpicklingError,
    zipfile.BadZipFile,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    OverflowError,
    MemoryError,
    NotImplementedError,
)
"""The exceptions that reading bytes that are not weights may raise."""


def read_torch_weights(path: Path) -> dict[str, np.ndarray]:
    """Reads the tensors of a state dict by name, from a .pth file of any version of PyTorch.

    No code in the file is executed: its pickle may only name tensors and ordered dictionaries.

    Raises:
        vaereg.DataError: for a file that is missing or corrupt, or that holds anything else.
    """
    if not path.is_file():
        raise vaereg.DataError(f"the file of weights '{path}' does not exist.")
    try:
        values = _zipped(path) if zipfile.is_zipfile(path) else _older(path)
    except ForbiddenName as what:
        raise vaereg.DataError(
            f"'{path}' contains {what}, which plain weights never need. It was refused, and none "
            "of its code ran. Save the network's state_dict() with torch.save."
        ) from None
    except BROKEN as fault:
        raise vaereg.DataError(
            f"'{path}' cannot be read as weights saved by PyTorch: {type(fault).__name__}: {fault}"
        ) from fault
    return values


def _older(path: Path) -> dict[str, np.ndarray]:
    """Reads four pickles (magic, protocol, machine, object) and the keys and values of storages."""
    with path.open("rb") as file:
        magic, protocol, machine = (RestrictedUnpickler(file).load() for _ in range(3))
        if magic != MAGIC or protocol != PROTOCOL:
            raise ValueError("it does not start like such a file")
        if not machine["little_endian"]:
            raise ValueError("it was written by a big-endian machine")
        tensors = _state_dict(RestrictedUnpickler(file).load())
        sizes = {each.storage.key: each.storage for each in tensors.values()}
        stored = {}
        for key in RestrictedUnpickler(file).load():
            (count,) = struct.unpack("<q", file.read(8))
            storage = sizes[key]
            if count != storage.length:
                raise ValueError(f"{count} stored values instead of {storage.length}")
            stored[key] = _values(file, storage)
    return {name: _view(tensor, stored) for name, tensor in tensors.items()}


def _zipped(path: Path) -> dict[str, np.ndarray]:
    """Reads an archive with data.pkl and a file data/KEY of raw values for each storage."""
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        (index,) = [name for name in names if name.count("/") == 1 and name.endswith("/data.pkl")]
        folder = index.removesuffix("data.pkl")
        if f"{folder}byteorder" in names and archive.read(f"{folder}byteorder") != b"little":
            raise ValueError("it was written by a big-endian machine")
        with archive.open(index) as file:
            tensors = _state_dict(RestrictedUnpickler(file).load())
        stored = {}
        for tensor in tensors.values():
            storage = tensor.storage
            if storage.key not in stored:
                with archive.open(f"{folder}data/{storage.key}") as file:
                    stored[storage.key] = _values(file, storage)
    return {name: _view(tensor, stored) for name, tensor in tensors.items()}


def _state_dict(given: object) -> dict[str, StoredTensor]:
    if not isinstance(given, dict):
        raise ForbiddenName(f"a {type(given).__name__} instead of a state dict")
    for name, value in given.items():
        if not isinstance(name, str) or not isinstance(value, StoredTensor):
            raise ForbiddenName(f"an entry {name!r} that is not a tensor")
    return dict(given)


def _values(file: IO[bytes], storage: StoredValues) -> np.ndarray:
    dtype = np.dtype(storage.dtype)
    wanted = storage.length * dtype.itemsize
    content = file.read(wanted)  # no more than the file holds, however much it promises
    if len(content) < wanted:
        raise EOFError(f"it ends after {len(content)} of {wanted} bytes of storage {storage.key!r}")
    return np.frombuffer(content, dtype=dtype)


def _view(tensor: StoredTensor, stored: dict[str, np.ndarray]) -> np.ndarray:
    """A copy of the tensor's values."""
    values = stored[tensor.storage.key]
    size = math.prod(tensor.shape)
    pairs = zip(tensor.shape, tensor.strides, strict=True)
    last = tensor.offset + sum((length - 1) * stride for length, stride in pairs)
    if size > len(values) or (size and last >= len(values)):
        raise ValueError("a tensor reaches beyond its stored values")
    if not size:
        return np.empty(tensor.shape, dtype=values.dtype)
    strides = tuple(stride * values.itemsize for stride in tensor.strides)
    view = np.lib.stride_tricks.as_strided(values[tensor.offset :], tensor.shape, strides)
    return np.array(view, order="C")
