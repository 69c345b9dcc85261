"""status.json: whether a run is being trained or has ended, and how many epochs are done."""

from __future__ import annotations

import time

import attrs

from vaereg.errors import RunError
from vaereg.runs.atomic import read_json, write_json
from vaereg.runs.json_form import misfit
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

    If status.json is missing or damaged, the run counts as killed: its weights are used only with a
    warning, and `vaereg resume` writes status.json anew.
    """
    running = is_held(run)
    unknown = Status(state="running" if running else "killed")
    if not run.status.exists():  # killed before its first step, unless there is a checkpoint
        reason = f"{run.status} is missing" if run.last.exists() else ""
        return attrs.evolve(unknown, reason=reason)
    try:
        status = stored_status(run)
    except RunError as error:
        return attrs.evolve(unknown, reason=str(error))
    if status.state == "running" and not running:
        return attrs.evolve(status, state="killed")
    return status


def stored_status(run: RunFolder) -> Status:
    """The content of status.json.

    Raises:
        RunError: if it is missing or damaged.
    """
    content = read_json(run.status)
    wrong = misfit(content, Status)
    if not wrong and content["state"] not in STATES:
        wrong = f"state is {content['state']!r}, not one of {', '.join(STATES)}"
    if wrong:
        raise RunError(f"{run.status} was damaged or edited: {wrong}")
    return Status(**content)
