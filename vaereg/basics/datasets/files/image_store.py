"""Storage of decoded images: in memory, in a file, or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple, TypeVar

import attrs
import numpy as np

import vaereg
from vaereg.basics.datasets.files.array_file import Rows, open_array
from vaereg.basics.datasets.files.decode_image import (
    Conversion,
    Decoded,
    decode_image,
    upright_size,
)
from vaereg.basics.datasets.files.shortened import in_lines

Result = TypeVar("Result")

NAMED = 100
"""The most faulty files that a message names."""

FORM = 3
"""Changes where the same files give other pixels or facts, so that older caches are not used."""

AHEAD = 256
"""The number of files to process before their results are used."""


@attrs.frozen(kw_only=True, eq=False)
class Found:
    """What was learned about image files while they were read.

    Args:
        content: the hash of all files.
        facts: fact of `Decoded` -> how many files have it, and the name of the first.
        equal: groups of the positions of images with the same pixels.
        note: what is to be told of the cache; usually empty.
    """

    content: str
    facts: dict[str, tuple[int, str]]
    equal: list[list[int]]
    note: str = ""


class ReadFile(NamedTuple):
    """A file that was read: its image, and the hashes of its bytes and of its pixels."""

    image: Decoded
    file_hash: bytes
    pixel_hash: bytes


class Finding:
    """Collects what is learned about files, one by one."""

    def __init__(self, paths: Sequence[Path], share: Callable[[float], None]) -> None:
        self._paths, self._share = paths, share
        self._content = hashlib.sha256()
        self._facts: dict[str, tuple[int, str]] = {}
        self._positions: dict[bytes, list[int]] = {}

    def add(self, position: int, read: ReadFile) -> None:
        """Adds the file at a position."""
        self._content.update(read.file_hash)
        self._positions.setdefault(read.pixel_hash, []).append(position)
        self._share((position + 1) / len(self._paths))
        for fact in read.image.facts:
            count, first = self._facts.get(fact, (0, self._paths[position].name))
            self._facts[fact] = count + 1, first

    def found(self) -> Found:
        """Everything that was added."""
        equal = [each for each in self._positions.values() if len(each) > 1]
        return Found(content=self._content.hexdigest(), facts=self._facts, equal=equal)


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
            chosen[row] = decode_image(self.paths[position], self.how).pixels
        return chosen.astype(np.float32) * np.float32(1 / 255)

    def labels(self, indices: np.ndarray) -> np.ndarray | None:
        """The class numbers at `indices`, int64, or None if there are no classes."""
        return None if self.targets is None else self.targets[self.positions[indices]]


def on_each(work: Callable[[Path], Result], paths: Sequence[Path]) -> Iterator[Result]:
    """Runs `work` on every file in several threads and yields the results in the files' order.

    Raises:
        vaereg.DataError: at the end, if `work` raised it for some files; the message has their
            number and names them.
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
    return vaereg.DataError(
        f"{len(faults)} of {count} images cannot be read; repair or remove them:\n"
        + in_lines(faults, NAMED)
    )


def decoded_array(
    paths: Sequence[Path], how: Conversion, shape: tuple[int, ...], share: Callable[[float], None]
) -> tuple[np.ndarray, Found]:
    """Decodes all images into memory, uint8 (n, *shape).

    Raises:
        vaereg.DataError: if images are corrupt.
    """
    pixels = np.empty((len(paths), *shape), np.uint8)
    finding = Finding(paths, share)
    for row, read in enumerate(on_each(lambda p: _read(p, how), paths)):
        pixels[row] = read.image.pixels
        finding.add(row, read)
    return pixels, finding.found()


def decoded_file(
    cache: Path,
    paths: Sequence[Path],
    how: Conversion,
    shape: tuple[int, ...],
    share: Callable[[float], None],
) -> tuple[Rows, Found]:
    """Decodes all images into a file in `cache`, with what was found next to it.

    The name of the file depends on the paths, sizes and modification times of the image files and
    on the conversion. The file is written once and reused until one of these changes, or until it
    is found to be damaged, which is told. Both files have checksums.

    Raises:
        vaereg.DataError: if images are corrupt, or the file cannot be written.
    """
    stats = [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in paths]
    key = json.dumps([stats, attrs.astuple(how), shape, FORM])
    stem = cache / f"image_folder-{hashlib.sha256(key.encode()).hexdigest()[:16]}"
    note = ""
    while _is_folder(f"{stem}.npy") or _is_folder(f"{stem}.json"):
        note = f"{stem}.npy: a folder is in the place of decoded images; remove it"
        stem = stem.with_name(f"{stem.name}x")
    pixels, facts = stem.with_suffix(".npy"), stem.with_suffix(".json")
    kept = _kept(pixels, facts, (len(paths), *shape), share)
    if kept is None:
        if os.path.lexists(pixels) or os.path.lexists(facts):
            note = f"{pixels}: these decoded images were damaged, and are decoded anew"
        unfinished, checksum = stem.with_suffix(f".{os.getpid()}.tmp"), 0
        header = {"descr": "|u1", "fortran_order": False, "shape": (len(paths), *shape)}
        finding = Finding(paths, share)
        try:
            cache.mkdir(parents=True, exist_ok=True)
            # Written, not mapped: a full disk then raises an error instead of killing the process.
            with unfinished.open("wb") as file:
                np.lib.format.write_array_header_1_0(file, header)
                for row, read in enumerate(on_each(lambda p: _read(p, how), paths)):
                    values = np.ascontiguousarray(read.image.pixels).data
                    file.write(values)
                    checksum = zlib.crc32(values, checksum)
                    finding.add(row, read)
            unfinished.replace(pixels)
            told = attrs.asdict(finding.found()) | {"pixels": checksum}
            text = json.dumps({**told, "checksum": _checksum_of(told)})
            unfinished.write_text(text, encoding="utf-8")
            unfinished.replace(facts)  # last: its presence shows that both are complete
        except OSError as error:
            raise vaereg.DataError(
                f"{cache}: cannot store the decoded images: {error}. "
                'Free some space, or choose cache = "none".'
            ) from error
        finally:
            with contextlib.suppress(OSError):  # the first error is the one to report
                unfinished.unlink()
        kept = open_array(pixels)[0], finding.found()
    return kept[0], attrs.evolve(kept[1], note=note)


def _is_folder(path: str) -> bool:
    return os.path.isdir(path)  # noqa: PTH112  # Path.is_dir raises where a folder is locked


def _checksum_of(told: dict[str, object]) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _kept(
    pixels: Path, facts: Path, shape: tuple[int, ...], share: Callable[[float], None]
) -> tuple[Rows, Found] | None:
    """The decoded images and what was found, or None if a file is missing or damaged."""
    try:
        if not (pixels.is_file() and facts.is_file()):  # opening a pipe would wait for a writer
            return None
        values, _ = open_array(pixels)
        told = json.loads(facts.read_text(encoding="utf-8"))
        if told.pop("checksum") != _checksum_of(told):
            return None
        found = Found(
            content=str(told["content"]),
            facts={str(key): (int(n), str(name)) for key, (n, name) in told["facts"].items()},
            equal=[[int(each) for each in group] for group in told["equal"]],
        )
        if values.shape != shape or values.dtype != np.uint8:
            return None
        checksum = 0
        for start in range(0, len(values), AHEAD):
            checksum = zlib.crc32(values[start : start + AHEAD].data, checksum)
            share(min(1.0, (start + AHEAD) / len(values)))
        return (values, found) if checksum == told["pixels"] else None
    except (
        vaereg.DataError,
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
    ):
        return None


def checked(paths: Sequence[Path], how: Conversion, share: Callable[[float], None]) -> Found:
    """What the files tell; each is decoded once, and no image is kept.

    Raises:
        vaereg.DataError: if images are corrupt.
    """
    finding = Finding(paths, share)
    for row, read in enumerate(on_each(lambda p: _read(p, how), paths)):
        finding.add(row, read)
    return finding.found()


def common_size(paths: Sequence[Path], how: Conversion) -> tuple[int, int]:
    """The (height, width) that all images share.

    Raises:
        vaereg.DataError: naming the images that cannot be read, or those of other sizes than most.
    """
    try:
        sizes = list(on_each(upright_size, paths))
    except vaereg.DataError:  # decode too, so that one message names every image that is broken
        for _ in on_each(lambda path: decode_image(path, how), paths):
            pass
        raise
    counts = Counter(sizes)
    usual, count = counts.most_common(1)[0]
    if len(counts) == 1:
        return usual
    others = [
        f"{path}: {size[0]} x {size[1]}"
        for path, size in zip(paths, sizes, strict=True)
        if size != usual
    ]
    raise vaereg.DataError(
        f"{count} images are {usual[0]} x {usual[1]} (height x width), {len(others)} are not; "
        "give size = 64 or size = [height, width] to resize all images to one size:\n"
        + in_lines(others, NAMED),
        suggests={"size": usual_side(sizes)},
    )


def usual_side(sizes: Sequence[tuple[int, int]]) -> int:
    """A power of 2, from 16 to 64, that most images of these sizes can be shrunk to."""
    median = float(np.median([min(size) for size in sizes]))
    return int(np.clip(2 ** int(np.log2(max(median, 1))), 16, 64))


def _read(path: Path, how: Conversion) -> ReadFile:
    """Reads a file, in one of the threads, so that hashing keeps none of them waiting."""
    image = decode_image(path, how)
    pixels = hashlib.sha256(np.ascontiguousarray(image.pixels).data).digest()
    return ReadFile(image, _file_hash(path), pixels)


def _file_hash(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
