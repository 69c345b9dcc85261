"""status.json: whether a run is being trained, has ended, and how far it came."""

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
    """How a run stands.

    Args:
        state: "running", "finished", "interrupted" (by the user, after a checkpoint), "failed", or
            "killed" (read only: it says running, but no process trains it).
        epochs: how many epochs are done.
        of: how many are declared.
        reason: why it failed or stopped early, or an empty string.
        updated: when it was written, in ISO 8601.
    """

    state: str
    epochs: int = 0
    of: int = 0
    reason: str = ""
    updated: str = attrs.field(factory=lambda: time.strftime("%Y-%m-%dT%H:%M:%S%z"))


def write_status(run: RunFolder, status: Status) -> None:
    """Writes the status atomically."""
    write_json(run.status, attrs.asdict(status))


def read_status(run: RunFolder) -> Status:
    """How the run stands now.

    Raises:
        RunError: if status.json cannot be read.
    """
    if not run.status.exists():  # killed before its first step
        return Status(state="running" if is_held(run) else "killed")
    try:
        status = Status(**read_json(run.status))
    except TypeError as error:
        raise RunError(f"{run.status} has a form that this vaereg does not know: {error}") from None
    if status.state == "running" and not is_held(run):
        return attrs.evolve(status, state="killed")
    return status
