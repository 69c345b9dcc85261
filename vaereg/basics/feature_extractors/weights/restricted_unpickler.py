"""Unpickling tensors without executing anything that a file names."""

from __future__ import annotations

import pickle
from collections import OrderedDict
from typing import IO, Any, NamedTuple

STORAGES = {
    "DoubleStorage": "<f8",
    "FloatStorage": "<f4",
    "HalfStorage": "<f2",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "ShortStorage": "<i2",
    "CharStorage": "<i1",
    "ByteStorage": "<u1",
    "BoolStorage": "?",
}
"""Storages of PyTorch that numpy has a type for, as numpy writes the type."""


class StoredValues(NamedTuple):
    """The part of the file, by its key, that holds the values of tensors."""

    key: str
    dtype: str
    length: int


class StoredTensor(NamedTuple):
    """A tensor as a view of stored values; offset and strides count values."""

    storage: StoredValues
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


class ForbiddenName(Exception):
    """The file contains a name that weights never need."""


def _tensor(
    storage: object,
    offset: Any,  # what a file gives, checked below; so are shape and strides
    shape: Any,  # as offset
    strides: Any,  # as offset
    *unused: object,
) -> StoredTensor:
    del unused  # whether it needs a gradient, and its hooks
    shape, strides = tuple(shape), tuple(strides)
    numbers = (offset, *shape, *strides)
    if not isinstance(storage, StoredValues) or len(shape) != len(strides):
        raise ForbiddenName("a tensor without values of its own")
    if any(type(each) is not int or each < 0 for each in numbers):
        raise ForbiddenName("a tensor of impossible shape")
    return StoredTensor(storage, offset, shape, strides)


def _parameter(tensor: object, *unused: object) -> object:
    del unused
    return tensor


ALLOWED = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): _tensor,
    ("torch._utils", "_rebuild_parameter"): _parameter,
}


class RestrictedUnpickler(pickle.Unpickler):
    """Reads plain values, ordered dictionaries and tensors; refuses every other name.

    Names in a pickle are looked up in a table in this module and never imported, so a malicious
    file cannot execute code.

    Raises:
        ForbiddenName: in `load`, at the first name that is not in the table.
    """

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file, encoding="utf-8")

    def find_class(self, module: str, name: str) -> object:
        if module == "torch" and name in STORAGES:
            return STORAGES[name]  # a plain string: nothing that can be called
        found = ALLOWED.get((module, name))
        if found is None:
            raise ForbiddenName(f"`{module}.{name}`")
        return found

    def persistent_load(self, pid: object) -> StoredValues:
        match pid:
            case ("storage", str(dtype), str(key), str(), int(count), *view) if (
                dtype in STORAGES.values() and count >= 0 and view in ([], [None])
            ):
                return StoredValues(key, dtype, count)
        raise ForbiddenName("values stored in an unknown way")
