"""Only what has been trained to its end is evaluated."""

from __future__ import annotations

from vaereg.errors import RunError
from vaereg.runs.read import Run


def check_finished(run: Run) -> None:
    """Tells of a run whose training has not ended.

    Raises:
        RunError: with how it stands and what to do.
    """
    problem = unfinished(run)
    if problem:
        raise RunError(problem)


def unfinished(run: Run) -> str:
    """Why a run cannot be evaluated, and what to do; empty where it is finished."""
    status = run.status
    if status.state == "finished":
        return ""
    far = f"after {status.epochs} of {status.of} epochs" if status.of else "before its first epoch"
    if status.state == "running":
        return f"{run.folder} is still being trained, {far}. Wait until it has finished."
    because = f" ({status.reason})" if status.reason else ""
    how = "it failed" if status.state == "failed" else f"it was {status.state}"
    return (
        f"{run.folder} is not finished: {how} {far}{because}.\n"
        f"Finish it: vaereg resume {run.folder}"
    )
