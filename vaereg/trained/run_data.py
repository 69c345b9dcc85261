"""The data of a run, read again and compared with the data it was trained on."""

from __future__ import annotations

from vaereg.assembly.load_data import load_data
from vaereg.assembly.suspicious_data import notes
from vaereg.contracts.data import Data
from vaereg.declaration.data_paths import missing_from
from vaereg.declaration.declaration import Declaration
from vaereg.declaration.write import toml_value
from vaereg.errors import DataError
from vaereg.host.progress import Progress
from vaereg.runs.lock_comparison import LockDifference, check_lock
from vaereg.runs.read import Run
from vaereg.runs.run_lock import has_earlier_splits
from vaereg.wording import listed


def check_data_found(run: Run, declaration: Declaration) -> None:
    """Checks that the paths of the data of a run exist.

    Raises:
        DataError: naming the data, where it was looked for, and what to do.
    """
    absent = missing_from(declaration, declaration.folder)
    if absent:
        paths = listed(f"{key} = {toml_value(str(path))}" for key, path in absent.items())
        names = listed(path.name for path in absent.values())
        raise DataError(
            f"the data of {run.folder}, {declaration.data_name!r} with {paths}, is not here: not "
            f"in {declaration.folder}, the current folder, or a folder above the run.\n"
            f"Run the command in a folder that holds {names}, with the content of the training. "
            "Without the data, a run can be loaded and sampled."
        )


def read_run_data(
    run: Run, declaration: Declaration, progress: Progress, *, ignore_lock: bool = False
) -> Data:
    """Reads the data that a run was trained on, and tells the dataset's notes on it.

    Args:
        run: the run.
        declaration: as read from the run.
        progress: shows stages that take long, and the notes.
        ignore_lock: use the data even if its content has changed since the training.

    Raises:
        DataError: if the data cannot be read.
        LockError: if its content has changed since the training, unless `ignore_lock`.
    """
    check_data_found(run, declaration)
    progress.stage(f"reading the data {declaration.data_name!r}")
    earlier = has_earlier_splits(run.lock)
    data = load_data(declaration, progress.share, earlier_splits=earlier)
    for each in notes(data, declaration):  # a cache may have been damaged since the training
        progress.remark(each, "data")
    then = run.lock["dataset"]["digest"]
    if data.digest != then:
        what = f"the content of data {declaration.data_name!r}"
        changed = LockDifference(what, then[:16], data.digest[:16])
        for warning in check_lock(run.folder, [changed], ignore=ignore_lock):
            progress.say(f"warning: {warning}")
    return data
