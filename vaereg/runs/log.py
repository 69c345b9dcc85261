"""log.jsonl: what happened in a run, one event per line."""

from __future__ import annotations

import json
import time
from pathlib import Path

from vaereg.errors import RunError
from vaereg.runs.atomic import Json, JsonObject
from vaereg.wording import json_escaped

FINAL_LOSS = "loss_at_final_weights"
"""The loss with the final weight of each of its terms, logged if a weight changes in training."""


class Log:
    """Appends events; first ends a line that a killed process left incomplete.

    Args:
        path: the file.

    Raises:
        RunError: if the operating system refuses.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if path.exists() and not path.is_file():
            raise RunError(f"cannot write {path}: it is no file. Move it away.")
        try:
            if path.exists() and not _ends_whole(path):
                with path.open("a", encoding="utf-8") as file:
                    file.write("\n")
        except OSError as error:
            raise RunError(_refused(path, error)) from error

    def add(self, event: str, **fields: Json) -> None:
        """Appends an event with the time in ISO 8601.

        Raises:
            RunError: if the operating system refuses.
        """
        content = {"time": time.strftime("%Y-%m-%dT%H:%M:%S%z"), "event": event, **fields}
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json_escaped(json.dumps(content, ensure_ascii=False)) + "\n")
        except OSError as error:
            raise RunError(_refused(self.path, error)) from error


def read_log(path: Path) -> list[JsonObject]:
    """The events in order; incomplete lines are skipped."""
    events = []
    lines = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    for line in lines.splitlines():
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(event, dict):
            events.append(event)
    return events


def _refused(path: Path, error: OSError) -> str:
    return (
        f"cannot write {path}: {error.strerror or error}.\n"
        "Free space, fix the permissions, or move it away."
    )


def _ends_whole(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(0, 2)
        if not file.tell():
            return True
        file.seek(-1, 2)
        return file.read(1) == b"\n"
