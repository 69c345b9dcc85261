"""Results on stdout: text, or one JSON document with the version of its form."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, TextIO, cast

if TYPE_CHECKING:
    from vaereg.contracts.plain_values import JsonValue

SCHEMA_VERSION = 1
"""Increases when a key of the JSON output changes its meaning or is removed."""


class ResultStream:
    """A stdout that takes only the result; what others print on it goes to stderr.

    One `print` in a plugin or in a library would spoil a JSON document.

    Args:
        stream: the stdout.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_result = False

    def write(self, text: str) -> int:
        """Writes text to stdout within `result`, else to stderr."""
        return (self._stream if self._is_result else sys.stderr).write(text)

    @contextmanager
    def result(self) -> Iterator[None]:
        """A context in which what is written is the result."""
        self._is_result = True
        try:
            yield
        finally:
            self._is_result = False

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


@contextmanager
def only_results_on_stdout() -> Iterator[None]:
    """A context in which stdout gets only what `write_result` and `print_json` write."""
    stream = sys.stdout
    sys.stdout = cast("TextIO", ResultStream(stream))
    try:
        yield
    finally:
        sys.stdout = stream


def write_result(text: str) -> None:
    """Writes the result of a command to stdout."""
    stream = sys.stdout
    with stream.result() if isinstance(stream, ResultStream) else nullcontext():
        stream.write(text)


def print_json(content: Mapping[str, JsonValue]) -> None:
    """Prints the document for `--json`."""
    import json  # a command without --json can do without it

    document = {"schema_version": SCHEMA_VERSION, **content}
    # ASCII only, so that no terminal encoding can damage it.
    text = json.dumps(document, indent=2, ensure_ascii=True, allow_nan=False) + "\n"
    write_result(text)
