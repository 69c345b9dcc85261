"""The data of a run, read again and compared with the data it was trained on."""

from __future__ import annotations

from vaereg.assembly.load_data import load_data
from vaereg.contracts.data import Data
from vaereg.declaration.declaration import Declaration
from vaereg.host.progress import Progress
from vaereg.runs.lock_comparison import LockDifference, check_lock
from vaereg.runs.read import Run


def read_run_data(
    run: Run, declaration: Declaration, progress: Progress, *, ignore_lock: bool = False
) -> Data:
    """Reads the data that a run was trained on.

    Args:
        run: the run.
        declaration: as read from the run.
        progress: shows stages that take long.
        ignore_lock: use the data even if its content has changed since the training.

    Raises:
        DataError: if the data cannot be read.
        LockError: if its content has changed since the training, unless `ignore_lock`.
    """
    progress.stage(f"reading the data {declaration.data_name!r}")
    data = load_data(declaration)
    then = run.lock["dataset"]["digest"]
    if data.digest != then:
        what = f"the content of data {declaration.data_name!r}"
        changed = LockDifference(what, then[:16], data.digest[:16])
        for warning in check_lock(run.folder, [changed], ignore=ignore_lock):
            progress.say(f"warning: {warning}")
    return data
