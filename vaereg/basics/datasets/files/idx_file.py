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
from pathlib import Path

import numpy as np

import vaereg

AGAIN = "Download the file again."


def read_idx(path: Path, axes: int) -> np.ndarray:
    """Reads the unsigned bytes of an IDX file with `axes` axes, plain or compressed by gzip.

    Raises:
        vaereg.DataError: if the file cannot be read, is not an IDX file of bytes with that many
            axes, or is longer or shorter than its header says.
    """
    try:
        content = path.read_bytes()
        if content[:2] == b"\x1f\x8b":
            content = gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise vaereg.DataError(f"{path}: cannot be read: {error}. {AGAIN}") from error
    expected = bytes((0, 0, 8, axes))
    if content[:4] != expected:
        raise vaereg.DataError(
            f"{path}: the magic number is 0x{content[:4].hex()}; an IDX file of bytes with "
            f"{axes} ax{'e' if axes > 1 else 'i'}s starts with 0x{expected.hex()}. {AGAIN}"
        )
    start = 4 + 4 * axes
    if len(content) < start:
        raise vaereg.DataError(f"{path}: ends within its header of {start} bytes. {AGAIN}")
    shape = struct.unpack(f">{axes}I", content[4:start])
    if len(content) - start != math.prod(shape):
        raise vaereg.DataError(
            f"{path}: its header says {' x '.join(map(str, shape))} = {math.prod(shape)} values; "
            f"it holds {len(content) - start}. {AGAIN}"
        )
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)
