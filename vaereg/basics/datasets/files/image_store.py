"""Storage of decoded images: in memory, in a file, or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import attrs
import numpy as np

import vaereg
from vaereg.basics.datasets.files.array_file import Rows, open_array
from vaereg.basics.datasets.files.decode_image import Conversion, decode_image, upright_size

Result = TypeVar("Result")

NAMED = 8
"""The number of faulty files that a message names."""

AHEAD = 256
"""The number of files to process before their results are used."""


@attrs.frozen(kw_only=True, eq=False)
class FilesSplit:
    """A split whose images are decoded each time they are read."""

    paths: Sequence[Path]
    how: Conversion
    positions: np.ndarray
    targets: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.positions)

    def take(self, indices: np.ndarray) -> np.ndarray:
        """Decodes the images at `indices`, float32 in [0, 1]."""
        height, width = self.how.size or (0, 0)
        chosen = np.empty((len(indices), height, width, self.how.channels), np.uint8)
        for row, position in enumerate(self.positions[indices]):
            chosen[row] = decode_image(self.paths[position], self.how)
        return chosen.astype(np.float32) * np.float32(1 / 255)

    def labels(self, indices: np.ndarray) -> np.ndarray | None:
        """The class numbers at `indices`, int64, or None if there are no classes."""
        return None if self.targets is None else self.targets[self.positions[indices]]


def on_each(work: Callable[[Path], Result], paths: Sequence[Path]) -> Iterator[Result]:
    """Runs `work` on every file in several threads and yields the results in the files' order.

    Raises:
        vaereg.DataError: at the end, if `work` raised it for some files; the message has their
            number and names the first eight.
    """

    def tried(path: Path) -> Result | vaereg.DataError:
        try:
            return work(path)
        except vaereg.DataError as error:
            return error

    faults = []
    with ThreadPoolExecutor() as threads:  # Pillow lets other threads run while it decodes
        for start in range(0, len(paths), AHEAD):
            for result in threads.map(tried, paths[start : start + AHEAD]):
                if isinstance(result, vaereg.DataError):
                    faults.append(str(result))
                elif not faults:
                    yield result
    if faults:
        raise faulty(faults, len(paths))


def faulty(faults: Sequence[str], count: int) -> vaereg.DataError:
    """The error for files that cannot be read."""
    more = len(faults) - NAMED
    lines = [f"  {fault}" for fault in faults[:NAMED]] + (
        [f"  and {more} more"] if more > 0 else []
    )
    return vaereg.DataError(
        f"{len(faults)} of {count} images cannot be read; repair or remove them:\n"
        + "\n".join(lines)
    )


def decoded_array(
    paths: Sequence[Path], how: Conversion, shape: tuple[int, ...]
) -> tuple[np.ndarray, str]:
    """Decodes all images into memory, uint8 (n, *shape), and hashes their files.

    Raises:
        vaereg.DataError: if images are corrupt.
    """
    pixels = np.empty((len(paths), *shape), np.uint8)
    content = hashlib.sha256()
    for row, (image, file_hash) in enumerate(on_each(lambda p: _decoded(p, how), paths)):
        pixels[row] = image
        content.update(file_hash)
    return pixels, content.hexdigest()


def decoded_file(
    cache: Path, paths: Sequence[Path], how: Conversion, shape: tuple[int, ...]
) -> tuple[Rows, str]:
    """Decodes all images into a file in `cache`, and hashes the image files.

    The name of the file depends on the paths, sizes and modification times of the image files and
    on the conversion. The file is written once and reused until one of these changes, or until it
    is found to be damaged.

    Raises:
        vaereg.DataError: if images are corrupt, or the file cannot be written.
    """
    stats = [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in paths]
    key = json.dumps([stats, attrs.astuple(how), shape])
    stem = cache / f"image_folder-{hashlib.sha256(key.encode()).hexdigest()[:16]}"
    pixels, digest = stem.with_suffix(".npy"), stem.with_suffix(".sha256")
    kept = _kept(pixels, digest, (len(paths), *shape))
    if kept is None:
        unfinished = stem.with_suffix(f".{os.getpid()}.tmp")
        header = {"descr": "|u1", "fortran_order": False, "shape": (len(paths), *shape)}
        content = hashlib.sha256()
        try:
            cache.mkdir(parents=True, exist_ok=True)
            # Written, not mapped: a full disk then raises an error instead of killing the process.
            with unfinished.open("wb") as file:
                np.lib.format.write_array_header_1_0(file, header)
                for image, file_hash in on_each(lambda p: _decoded(p, how), paths):
                    file.write(image.data)
                    content.update(file_hash)
            unfinished.replace(pixels)
            unfinished.write_text(content.hexdigest(), encoding="ascii")
            unfinished.replace(digest)  # last: its presence shows that both are complete
        except OSError as error:
            raise vaereg.DataError(
                f"{cache}: cannot store the decoded images: {error}. "
                'Free some space, or choose cache = "none".'
            ) from error
        finally:
            with contextlib.suppress(OSError):  # the first error is the one to report
                unfinished.unlink()
        kept = open_array(pixels), content.hexdigest()
    return kept


def _kept(pixels: Path, digest: Path, shape: tuple[int, ...]) -> tuple[Rows, str] | None:
    """The decoded images and the hash of their files, or None if one is missing or damaged."""
    try:
        values, content = open_array(pixels), digest.read_text(encoding="ascii")
    except (vaereg.DataError, OSError, ValueError):
        return None
    whole = values.shape == shape and values.dtype == np.uint8 and len(content) == 64
    return (values, content) if whole else None


def undecoded(paths: Sequence[Path]) -> str:
    """The hash of the files; checks their headers but decodes no pixels.

    Raises:
        vaereg.DataError: if files are not images.
    """
    content = hashlib.sha256()
    for file_hash in on_each(lambda path: (upright_size(path), _file_hash(path))[1], paths):
        content.update(file_hash)
    return content.hexdigest()


def _decoded(path: Path, how: Conversion) -> tuple[np.ndarray, bytes]:
    return decode_image(path, how), _file_hash(path)


def _file_hash(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
