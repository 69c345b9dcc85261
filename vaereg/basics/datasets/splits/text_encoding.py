"""The encoding of a text file, from the mark at its start; and files that are no text."""

from __future__ import annotations

import codecs
from pathlib import Path

import vaereg

MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""Bytes at the start of a file -> its encoding; that of UTF-32 starts with that of UTF-16."""

PACKED = {
    b"\x1f\x8b": "compressed by gzip; unpack it",
    b"PK\x03\x04": "a zip archive, such as a .xlsx file of a spreadsheet; save it as .csv",
    b"BZh": "compressed by bzip2; unpack it",
    b"\xfd7zXZ": "compressed by xz; unpack it",
    b"\xd0\xcf\x11\xe0": "a .xls file of a spreadsheet; save it as .csv",
    b"PAR1": "a Parquet file; save it as .csv",
    b"SQLite format 3": "a database; save the table as .csv",
}
"""Bytes at the start of files that are no text -> what they are, and what to do."""


def encoding_of(path: Path) -> str:
    """The encoding of a text file: UTF-8, unless a mark at its start tells another.

    Raises:
        vaereg.DataError: for a file that is no text or cannot be read.
    """
    try:
        with path.open("rb") as file:
            start = file.read(4096)
    except OSError as error:
        raise vaereg.DataError(f"{path}: cannot be read: {error}") from error
    for first, what in PACKED.items():
        if start.startswith(first):
            raise vaereg.DataError(f"{path}: is no text but {what}.")
    for mark, encoding in MARKS.items():
        if start.startswith(mark):
            return encoding
    if b"\0" in start:
        raise vaereg.DataError(
            f"{path}: holds NUL bytes, so it is no text in UTF-8. Save it as UTF-8."
        )
    return "utf-8"


def not_in(path: Path, encoding: str, error: UnicodeError) -> str:
    """What is wrong with a file that is not in its encoding, with the line of UTF-8."""
    where = ""
    if encoding.startswith("utf-8"):
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                try:
                    line.decode("utf-8")
                except UnicodeDecodeError as fault:
                    where = f", line {number}: byte 0x{line[fault.start]:02x}"
                    break
    name = encoding.upper().removesuffix("-SIG")
    return (
        f"{path}{where}: cannot be read as {name}: {getattr(error, 'reason', error)}. Save the "
        "file as UTF-8; it may be in Latin-1 or Windows-1252."
    )
