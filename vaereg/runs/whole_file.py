"""A file for HDF5 to write to, which survives a full disk.

If the operating system refuses a write, HDF5 cannot close its file, and its library ends the
process with a segmentation fault. Here HDF5 never learns of the refusal: the rest goes nowhere, and
the error is raised once HDF5 has closed its file.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class WholeFile(io.RawIOBase):
    """A new file that keeps the first refusal instead of raising it.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._file = path.open("w+b", buffering=0)
        self._refused: OSError | None = None

    def check(self) -> None:
        """Raises the refusal, if there was one.

        Raises:
            OSError: as the operating system reported it.
        """
        if self._refused is not None:
            raise self._refused

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # as HDF5 calls it
        read = self._file.readinto(buffer) or 0
        if self._refused is not None:  # what was not written is read as zeros
            buffer[read:] = bytes(len(buffer) - read)
            return len(buffer)
        return read

    def write(self, data: memoryview) -> int:  # type: ignore[override]  # likewise
        left = memoryview(data).cast("B")
        count = len(left)
        try:
            while self._refused is None and len(left):
                left = left[self._file.write(left) or 0 :]
        except OSError as error:
            self._refused = error
        return count

    def truncate(self, size: int | None = None) -> int:
        try:
            if self._refused is None:
                return self._file.truncate(size)
        except OSError as error:
            self._refused = error
        return size or 0

    def flush(self) -> None:
        """Nothing is buffered."""

    def close(self) -> None:
        try:
            self._file.close()
        except OSError as error:
            self._refused = self._refused or error
        super().close()


@contextmanager
def writing_whole(path: Path) -> Iterator[WholeFile]:
    """A new file for HDF5 to write to within the block.

    Raises:
        OSError: at the end, if the operating system refused a write.
    """
    file = WholeFile(path)
    try:
        yield file
    finally:
        file.close()
    file.check()
