"""The folders, the log and the status of a training while it runs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from vaereg.errors import Interrupted, RunError, VaeregError
from vaereg.host.progress import Progress
from vaereg.runs.atomic import remove_leftovers
from vaereg.runs.checkpoints import epochs_saved
from vaereg.runs.layout import RunFolder
from vaereg.runs.log import Log
from vaereg.runs.status import Status, write_status
from vaereg.wording import without_styles


@contextlib.contextmanager
def recorded(
    run: RunFolder,
    epochs: int,
    progress: Progress,
    folders: Sequence[Path],
    to_continue: str,
) -> Iterator[Log]:
    """Makes the folders and the log of a training; if it fails, records why.

    Args:
        run: the folder of the training.
        epochs: how many are declared.
        progress: what it shows ends with the training.
        folders: those that are made.
        to_continue: how an interrupted training is continued.
    """
    for folder in folders:
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise RunError(
                f"cannot create the folder {folder}: {error.strerror}.\nMove away what is in its "
                "place, or fix the permissions."
            ) from error
    for folder in {*folders, run.path, run.samples, run.samplers}:  # of a process that was killed
        remove_leftovers(folder)
    log = Log(run.log)
    try:
        yield log
    except BaseException as error:
        state = "interrupted" if isinstance(error, Interrupted | KeyboardInterrupt) else "failed"
        reason = without_styles(f"{type(error).__name__}: {error}")
        with contextlib.suppress(OSError, VaeregError):  # the first error is the one to report
            log.add(state, reason=reason)
            done = epochs_saved(run)
            write_status(run, Status(state=state, epochs=done, of=epochs, reason=reason))
        if isinstance(error, KeyboardInterrupt):
            raise Interrupted(f"stopped.\n{to_continue}") from None
        raise
    finally:
        progress.end_stage()
