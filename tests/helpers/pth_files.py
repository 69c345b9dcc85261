"""Writes weights in both formats of PyTorch without PyTorch, opcode by opcode."""

from __future__ import annotations

import pickle
import struct
import zipfile

import numpy as np

STORAGES = {
    "<f4": "FloatStorage",
    "<f8": "DoubleStorage",
    "<f2": "HalfStorage",
    "<i8": "LongStorage",
    "|u1": "ByteStorage",
}
MAGIC, PROTOCOL = 0x1950A86A20F9469CFC6C, 1001


def text(value):
    raw = value.encode()
    return b"X" + struct.pack("<I", len(raw)) + raw


def number(value):
    return b"\x8a\x08" + struct.pack("<q", value)


def numbers(values):
    return b"(" + b"".join(number(each) for each in values) + b"t"


def tensor(array, key, view, offset=0, shape=None, strides=None, length=None):
    """The opcodes of one tensor; arguments that are left out are taken from the array."""
    shape = array.shape if shape is None else shape
    strides = [each // array.itemsize for each in array.strides] if strides is None else strides
    length = array.size if length is None else length
    return (
        b"ctorch._utils\n_rebuild_tensor_v2\n("
        + b"("
        + text("storage")
        + f"ctorch\n{STORAGES[array.dtype.str]}\n".encode()
        + text(key)
        + text("cpu")
        + number(length)
        + (b"N" if view else b"")
        + b"tQ"
        + number(offset)
        + numbers(shape)
        + numbers(strides)
        + b"\x89"
        + b"ccollections\nOrderedDict\n)R"
        + b"tR"
    )


def state_dict(tensors, view, **changed):
    """The pickle of a state dict."""
    entries = b"".join(
        text(name) + tensor(array, str(i), view, **changed)
        for i, (name, array) in enumerate(tensors.items())
    )
    return b"\x80\x02ccollections\nOrderedDict\n)R(" + entries + b"u."


def write_zipped(path, tensors, pickled=None, **changed):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", pickled or state_dict(tensors, False, **changed))
        archive.writestr("archive/byteorder", "little")
        archive.writestr("archive/version", "3\n")
        for i, array in enumerate(tensors.values()):
            archive.writestr(f"archive/data/{i}", array.tobytes())
    return path


def write_older(path, tensors, pickled=None, little_endian=True, **changed):
    machine = {
        "protocol_version": PROTOCOL,
        "little_endian": little_endian,
        "type_sizes": {"short": 2, "int": 4, "long": 4},
    }
    with path.open("wb") as file:
        for value in (MAGIC, PROTOCOL, machine):
            pickle.dump(value, file, protocol=2)
        file.write(pickled or state_dict(tensors, True, **changed))
        pickle.dump([str(i) for i in range(len(tensors))], file, protocol=2)
        for array in tensors.values():
            file.write(struct.pack("<q", array.size))
            file.write(np.ascontiguousarray(array).tobytes())
    return path


WRITERS = {"zip": write_zipped, "older": write_older}
