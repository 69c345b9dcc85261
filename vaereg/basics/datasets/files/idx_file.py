"""Reads the IDX format, in which MNIST and Fashion-MNIST are published.

A file holds two zero bytes, a type (8: unsigned bytes), the number of axes, a big-endian 32-bit
length for each axis, and the values (Y. LeCun, C. Cortes, "The MNIST database of handwritten
digits").
"""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from contextlib import nullcontext
from pathlib import Path

import numpy as np

import vaereg
from vaereg.basics.datasets.files.free_memory import require_memory

AGAIN = "Download the file again."

OTHER_TYPES = {
    0x09: "signed bytes",
    0x0B: "16-bit integers",
    0x0C: "32-bit integers",
    0x0D: "32-bit floats",
    0x0E: "64-bit floats",
}
"""The types of values that are not read, by their number in the header."""


def read_idx(path: Path, axes: int) -> np.ndarray:
    """Reads the unsigned bytes of an IDX file with `axes` axes, plain or compressed by gzip.

    Raises:
        vaereg.DataError: if the file cannot be read, is not an IDX file of bytes with that many
            axes, or is longer or shorter than its header says.
    """
    start = 4 + 4 * axes
    try:
        with path.open("rb") as plain:
            packed = plain.read(2) == b"\x1f\x8b"
            plain.seek(0)
            with gzip.GzipFile(fileobj=plain) if packed else nullcontext(plain) as file:
                shape = _shape(path, file.read(start), axes)
                count = math.prod(shape)
                require_memory(2 * count, str(path), AGAIN)
                content = file.read(count)
                more = len(file.read(2**20))  # enough to know; a bomb would fill the memory
    except (OSError, EOFError, zlib.error) as error:
        raise vaereg.DataError(f"{path}: cannot be read: {error}. {AGAIN}") from error
    if len(content) != count or more:
        held = f"{len(content)}" if not more else f"at least {count + more}"
        raise vaereg.DataError(
            f"{path}: its header says {' x '.join(map(str, shape))} = {count} values; "
            f"it holds {held}. {AGAIN}"
        )
    return np.frombuffer(content, np.uint8).reshape(shape)


def _shape(path: Path, header: bytes, axes: int) -> tuple[int, ...]:
    """The shape that the header of an IDX file of bytes declares."""
    expected = bytes((0, 0, 8, axes))
    if header[:2] == b"\0\0" and len(header) > 3 and header[2] in OTHER_TYPES:
        raise vaereg.DataError(
            f"{path}: its values are {OTHER_TYPES[header[2]]}; only unsigned bytes are read from "
            "IDX files. Save it as a .npy file with numpy.save."
        )
    if header[:4] != expected:
        raise vaereg.DataError(
            f"{path}: the magic number is 0x{header[:4].hex()}; an IDX file of bytes with "
            f"{axes} ax{'e' if axes > 1 else 'i'}s starts with 0x{expected.hex()}. {AGAIN}"
        )
    if len(header) < 4 + 4 * axes:
        raise vaereg.DataError(f"{path}: ends within its header of {4 + 4 * axes} bytes. {AGAIN}")
    shape: tuple[int, ...] = struct.unpack(f">{axes}I", header[4:])
    return shape
