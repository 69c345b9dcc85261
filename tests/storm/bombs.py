"""Files that are small and ask for much, are not what they seem, or never end."""

from __future__ import annotations

import gzip
import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

MUCH = 100_000_000
"""Bytes that a bomb unpacks to."""

IDX = struct.pack(">HBBIII", 0, 8, 3, 10, 8, 8)
FASHION = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")


def png(
    path: Path, width: int = 8, height: int = 8, *, chunk: tuple[bytes, bytes] | None = None
) -> None:
    """A grey image that says it has that size, with one more chunk."""

    def written(name: bytes, data: bytes) -> bytes:
        content = name + data
        return struct.pack(">I", len(data)) + content + struct.pack(">I", zlib.crc32(content))

    size = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + written(b"IHDR", size)
        + (written(*chunk) if chunk else b"")
        + written(b"IDAT", zlib.compress(bytes(72)))
        + written(b"IEND", b"")
    )


def npy(shape: str, kind: str = "'<f4'", length: int = 64) -> bytes:
    """A .npy file whose header says what it likes."""
    header = f"{{'descr': {kind}, 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + bytes(length)


def npz(path: Path, members: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def _text_bomb(path: Path) -> None:
    png(path, chunk=(b"zTXt", b"k\0\0" + zlib.compress(bytes(MUCH))))


def _profile_bomb(path: Path) -> None:
    png(path, chunk=(b"iCCP", b"k\0\0" + zlib.compress(bytes(MUCH))))


PICTURES: dict[str, Callable[[Path], object]] = {
    "text bomb": _text_bomb,
    "profile bomb": _profile_bomb,
    "169 megapixels that are not there": lambda path: png(path, 13_000, 13_000),
    "3,600 megapixels": lambda path: png(path, 60_000, 60_000),
    "most pixels": lambda path: png(path, 2**31 - 1, 2**31 - 1),
    "no pixels": lambda path: png(path, 0, 8),
    "PostScript": lambda path: path.write_bytes(
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 8 8\n"
    ),
    "cut": lambda path: path.write_bytes(path.with_name("00.png").read_bytes()[:40]),
    "empty": lambda path: path.write_bytes(b""),
    "a program": lambda path: path.write_bytes(b"\x7fELF" + bytes(200)),
}
"""What stands in the place of a picture and cannot be read as one."""

LINKS: dict[str, Callable[[Path], object]] = {
    "a link to itself": lambda path: path.symlink_to(path.name),
    "links in a circle": lambda path: (
        path.symlink_to("other.png"),
        path.with_name("other.png").symlink_to(path.name),
    ),
    "a link to nowhere": lambda path: path.symlink_to("nowhere"),
    "a link to a device": lambda path: path.symlink_to("/dev/zero"),
    "a link to the folder above": lambda path: path.with_suffix("").symlink_to(".."),
    "a pipe": os.mkfifo,
}
"""What stands among the pictures of a folder and is left out."""

ARRAYS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "terabytes": ("x.npz", lambda path: npz(path, {"x.npy": npy("(1099511627776, 4)")})),
    "terabytes of labels": ("x.npz", lambda path: npz(
        path, {"x.npy": npy("(40, 4)", length=640), "y.npy": npy("(100000000000,)", "'<i8'")})),
    "fewer than none": ("x.npz", lambda path: npz(path, {"x.npy": npy("(-5, 4)")})),
    "a deep header": ("x.npz", lambda path: npz(path, {"x.npy": npy("(" * 500 + ")" * 500)})),
    "a long header": ("x.npy", lambda path: path.write_bytes(
        b"\x93NUMPY\x01\x00" + struct.pack("<H", 60_000) + b"{" * 60_000)),
    "objects": ("x.npz", lambda path: npz(path, {"x.npy": npy("(5, 4)", "'|O'")})),
    "a long type": ("x.npz", lambda path: npz(path, {"x.npy": npy("(5,)", "'<U1000000000'")})),
    "records": ("x.npz", lambda path: npz(path, {"x.npy": npy("(5,)", "[('a', '<f4')]")})),
    "many axes": ("x.npy", lambda path: path.write_bytes(npy(f"({'1, ' * 60})"))),
    "no examples": ("x.npy", lambda path: path.write_bytes(npy("(0, 4)"))),
    "many arrays": ("x.npz", lambda path: npz(
        path, {f"a{i}.npy": npy("(4, 4)") for i in range(999)})),
    "texts": ("x.npz", lambda path: npz(path, {"readme.txt": b"hello", "x": b"hello"})),
    "a pipe": ("x.npy", os.mkfifo),
    "a link to itself": ("x.npy", lambda path: path.symlink_to(path.name)),
    "a device": ("x.npy", lambda path: path.symlink_to("/dev/zero")),
    "a gzip bomb": ("train-images-idx3-ubyte.gz", lambda path: path.write_bytes(
        gzip.compress(IDX + bytes(MUCH), 1))),
    "an endless IDX": ("train-images-idx3-ubyte", lambda path: path.write_bytes(
        struct.pack(">HBBIII", 0, 8, 3, *[2**32 - 1] * 3))),
}  # fmt: skip  # a list to read
"""Name -> the name of a file of arrays, and how it is written; none can be read."""

TABLES: dict[str, Callable[[Path], object]] = {
    "gzip": lambda path: path.write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * 50)),
    "a cell without an end": lambda path: path.write_text('a,b\n1,2\n"' + "1,2\n" * 50_000),
    "a long cell": lambda path: path.write_text("a,b\n1,2\n" + "9" * 300_000 + ",2\n"),
    "NUL": lambda path: path.write_bytes(b"a,b\n" + b"1,2\n" * 20 + b"\0,1\n"),
    "one name for all": lambda path: path.write_text(",".join("a" * 5000) + "\n"),
    "raw names": lambda path: path.write_text("a\x1b[2J,b\n" + "1,2\n" * 20 + "x,y\n"),
    "a pipe": os.mkfifo,
    "a device": lambda path: path.symlink_to("/dev/zero"),
}
"""Tables that cannot be read."""


def some_pictures(folder: Path) -> None:
    """Twelve small pictures."""
    from PIL import Image

    for number in range(12):
        values = np.random.default_rng(number).integers(0, 256, (8, 8), np.uint8)
        Image.fromarray(values).save(folder / f"{number:02}.png")
