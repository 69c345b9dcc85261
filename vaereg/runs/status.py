"""status.json: whether a run is being trained or has ended, and how many epochs are done."""

from __future__ import annotations

import time

import attrs

from vaereg.errors import RunError
from vaereg.runs.atomic import read_json, write_json
from vaereg.runs.layout import RunFolder
from vaereg.runs.process_lock import is_held

STATES = ("running", "finished", "interrupted", "failed", "killed")


@attrs.frozen(kw_only=True)
class Status:
    """The state of a run.

    Args:
        state: "running", "finished", "interrupted" (by the user, after a checkpoint), "failed", or
            "killed" (never written: status.json says "running", but no process trains the run).
        epochs: how many epochs are done.
        of: how many epochs are declared.
        reason: why it failed or stopped early, or an empty string.
        updated: when status.json was written, in ISO 8601.
    """

    state: str
    epochs: int = 0
    of: int = 0
    reason: str = ""
    updated: str = attrs.field(factory=lambda: time.strftime("%Y-%m-%dT%H:%M:%S%z"))


def write_status(run: RunFolder, status: Status) -> None:
    """Writes status.json."""
    write_json(run.status, attrs.asdict(status))


def read_status(run: RunFolder) -> Status:
    """The state of a run now.

    Raises:
        RunError: if status.json cannot be read.
    """
    if not run.status.exists():  # killed before its first step
        return Status(state="running" if is_held(run) else "killed")
    try:
        status = Status(**read_json(run.status))
    except TypeError as error:
        raise RunError(f"{run.status} has an unknown format: {error}") from None
    if status.state == "running" and not is_held(run):
        return attrs.evolve(status, state="killed")
    return status
