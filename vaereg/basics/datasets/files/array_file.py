"""The array of a .npy file, whose examples are read when they are needed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import vaereg
from vaereg.basics.datasets.files.numpy_file import why_unreadable


class ArrayFile:
    """An array on disk that is indexed along its first axis, like an ndarray.

    It is read with `pread`, not mapped: a mapped file that another program cuts short ends the
    process with a signal. A file that changes after it was opened is an error.

    Args:
        path: the file.
        offset: where the values begin, in bytes.
        shape, dtype: of the whole array, in C order.
        channels_first: examples are (channels, h, w) in the file, and (h, w, channels) here.
        keep: positions on the last axis of which alone there are examples here; None for all.
    """

    def __init__(
        self,
        path: Path,
        *,
        offset: int,
        shape: tuple[int, ...],
        dtype: np.dtype,
        channels_first: bool = False,
        keep: Sequence[int] | None = None,
    ) -> None:
        self._path, self._offset, self._stored = path, offset, shape
        self._first, self._keep = channels_first, keep
        self._file = path.open("rb", buffering=0)
        self._state = self._now()
        self.dtype = dtype
        self.shape = (shape[0], *shape[2:], shape[1]) if channels_first else shape
        if keep is not None:
            self.shape = (*self.shape[:-1], len(keep))
        self.ndim, self.size = len(shape), int(np.prod(self.shape))
        self.nbytes = self.size * dtype.itemsize

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, key: slice | np.ndarray | list[int]) -> np.ndarray:
        """Examples as a new array: a slice of them, or those at the given positions."""
        positions = np.arange(len(self))[key] if isinstance(key, slice) else np.asarray(key)
        if self._now() != self._state:
            raise self._changed()
        stored = np.empty((len(positions), *self._stored[1:]), self.dtype)
        if stored.size:
            self._fill(stored.reshape(-1).view(np.uint8).data, positions)
        examples = np.moveaxis(stored, 1, -1) if self._first else stored
        return examples if self._keep is None else examples[..., self._keep]

    def kept(self, keep: Sequence[int]) -> ArrayFile:
        """The same file, of whose last axis only these positions are given."""
        return ArrayFile(
            self._path,
            offset=self._offset,
            shape=self._stored,
            dtype=self.dtype,
            channels_first=self._first,
            keep=keep,
        )

    def channels_last(self) -> ArrayFile:
        """The same file, whose examples (channels, h, w) are given as (h, w, channels)."""
        return ArrayFile(
            self._path,
            offset=self._offset,
            shape=self._stored,
            dtype=self.dtype,
            channels_first=True,
        )

    def _fill(self, buffer: memoryview, positions: np.ndarray) -> None:
        """Reads the examples at `positions`; neighbours in one go."""
        row = len(buffer) // len(positions)
        starts = np.flatnonzero(np.diff(positions, prepend=positions[0] - 2) != 1)
        for start, end in zip(starts, [*starts[1:], len(positions)], strict=True):
            place = self._offset + int(positions[start]) * row
            part = buffer[start * row : end * row]
            while part:
                count = os.preadv(self._file.fileno(), [part], place)
                if not count:
                    raise self._changed()
                part, place = part[count:], place + count

    def _now(self) -> tuple[int, int]:
        stat = os.fstat(self._file.fileno())
        return stat.st_size, stat.st_mtime_ns

    def _changed(self) -> vaereg.DataError:
        return vaereg.DataError(
            f"{self._path}: was changed by another program while it was being read. Leave data "
            "alone during a training, or write a new file and rename it."
        )


Rows = np.ndarray | ArrayFile
"""Examples in memory or on disk."""


def open_array(path: Path) -> tuple[Rows, str]:
    """Opens the array of a .npy file; one in Fortran order is read into memory.

    Returns:
        The array, and a note if the file goes on after it; otherwise "".

    Raises:
        vaereg.DataError: if the file is not a .npy file, is truncated, or holds Python objects.
    """
    try:
        mapped = np.load(path, mmap_mode="r", allow_pickle=False)
    except Exception as error:  # numpy raises many types for files that are not what they seem
        raise vaereg.DataError(
            f"{path}: cannot be read as .npy: {why_unreadable(error)}. "
            "Save it again with numpy.save; arrays of Python objects are not supported."
        ) from error
    if not isinstance(mapped, np.memmap):
        if isinstance(mapped, np.lib.npyio.NpzFile):
            mapped.close()
        raise vaereg.DataError(f"{path}: holds several arrays; rename it to end in .npz")
    more = path.stat().st_size - mapped.offset - mapped.nbytes
    note = ""
    if more > 0:
        note = (
            f"{path}: {more} bytes follow the first array, such as a second array, and are not "
            "read. Save several arrays with numpy.savez."
        )
    if not mapped.flags.c_contiguous:
        return np.ascontiguousarray(mapped), note
    return ArrayFile(path, offset=mapped.offset, shape=mapped.shape, dtype=mapped.dtype), note
