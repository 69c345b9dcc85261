"""The layout of a run folder, the creation of a new one, and the run that an argument names."""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs

from vaereg.errors import RunError
from vaereg.host.home_path import home_path
from vaereg.runs.atomic import write_text

ROOT = Path("runs")
"""Where runs are kept by default."""

RUN_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{4}$")
TIME = "%Y%m%d-%H%M%S"
"""How a run's name begins."""

RUNS_LISTED = 5
"""How many known runs an error lists."""


@attrs.frozen
class RunFolder:
    """One training of one declaration: `<root>/<model>/<time>-<random>`."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)

    @property
    def declaration(self) -> Path:
        """declaration.toml: what was trained, resolved and self-contained."""
        return self.path / "declaration.toml"

    @property
    def lock(self) -> Path:
        """lock.json, the run lock: the components and versions that it was trained with."""
        return self.path / "lock.json"

    @property
    def history(self) -> Path:
        """history.csv: one row per epoch, one column per term."""
        return self.path / "history.csv"

    @property
    def log(self) -> Path:
        """log.jsonl: one event per line."""
        return self.path / "log.jsonl"

    @property
    def status(self) -> Path:
        """status.json: whether the run is being trained, and how many epochs are done."""
        return self.path / "status.json"

    @property
    def checkpoints(self) -> Path:
        """The folder of checkpoints."""
        return self.path / "checkpoints"

    @property
    def last(self) -> Path:
        """The checkpoint that `vaereg resume` continues from."""
        return self.checkpoints / "last.h5"

    @property
    def best(self) -> Path:
        """The checkpoint of the epoch with the best monitored term."""
        return self.checkpoints / "best.h5"

    @property
    def weights(self) -> Path:
        """model.weights.h5: the final weights, written when training has ended."""
        return self.path / "model.weights.h5"

    @property
    def samples(self) -> Path:
        """The folder of sample and reconstruction grids."""
        return self.path / "samples"

    @property
    def samplers(self) -> Path:
        """The folder of fitted samplers."""
        return self.path / "samplers"

    @property
    def tensorboard(self) -> Path:
        """The folder of TensorBoard logs."""
        return self.path / "tensorboard"

    @property
    def process_lock(self) -> Path:
        """The file that a training process keeps locked."""
        return self.path / ".active"


def portable_name(run: RunFolder) -> str:
    """The name of a run for its own files, which stay right if the project moves.

    It is the path as given or from the current folder; of a run elsewhere, `<model>/<id>`.
    """
    if not run.path.is_absolute():
        return str(run)
    try:
        return str(run.path.relative_to(Path.cwd()))
    except ValueError:
        return f"{run.path.parent.name}/{run.path.name}"


def new_run_id(parent: Path) -> str:
    """A name that sorts by time, with random digits: `20260131-235959-3fa9`.

    The time is that of UTC, since local times are set back in autumn and differ between machines.
    The name sorts after those of all runs in the folder, also if a clock was wrong.

    Args:
        parent: the folder of the model's runs.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    try:
        newest = max(each.name[:15] for each in parent.iterdir() if RUN_ID.match(each.name))
        now = max(now, datetime.strptime(newest, TIME).replace(tzinfo=UTC) + timedelta(seconds=1))
    except (OSError, ValueError, OverflowError):
        pass  # no run yet, or digits that are no time
    return f"{now.strftime(TIME)}-{secrets.token_hex(2)}"


def create_run(root: Path, model: str, files: Mapping[str, str]) -> RunFolder:
    """Creates the folder of a new run with its first files, completely or not at all.

    Args:
        root: the folder of all runs.
        model: the name of the model.
        files: name -> text, such as declaration.toml.

    Raises:
        RunError: if the operating system refuses.
    """
    parent = root / model
    check_writable(root)
    try:
        parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".new-", dir=parent))
    except OSError as error:
        raise RunError(f"cannot create a run folder in {parent}: {error.strerror}") from error
    try:
        draft.chmod(0o777 & ~_umask())
        for name in ("checkpoints", "samples"):
            (draft / name).mkdir()
        for name, text in files.items():
            write_text(draft / name, text)
        while True:
            target = parent / new_run_id(parent)
            if not target.exists():
                draft.rename(target)
                return RunFolder(target)
    except OSError as error:
        raise RunError(f"cannot create a run folder in {parent}: {error.strerror}") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def check_writable(root: Path) -> None:
    """Checks before training that a run folder can be created in `root`; leaves no file behind.

    Raises:
        RunError: naming the folder that cannot be written.
    """
    existing = root.absolute()
    while not existing.exists():
        existing = existing.parent
    if not existing.is_dir():
        raise RunError(f"runs cannot be kept in {root}: {existing} is not a folder.")
    try:
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as error:
        raise RunError(
            f"runs cannot be kept in {root}: {existing} is not writable ({error.strerror}).\n"
            "Keep the runs in another folder."
        ) from error


def is_writable(folder: Path) -> bool:
    """Whether files can be made in a folder, or in the one in which it would be created."""
    existing = folder.absolute()
    while not existing.exists() and existing != existing.parent:
        existing = existing.parent
    return existing.is_dir() and os.access(existing, os.W_OK)


def find_run(argument: str | Path, root: Path = ROOT) -> RunFolder:
    """The run that an argument names: a run folder, `<model>/<id>`, or the newest run of a model.

    Raises:
        RunError: if there is none, listing the newest runs.
    """
    places = (home_path(argument), root / argument) if str(argument) else ()
    for place in places:
        if _holds_run(place):
            return RunFolder(place)
    for place in reversed(places):
        found = runs_of(place)
        if found:
            return found[-1]
    known = [run for model in sorted(root.glob("*")) for run in runs_of(model)]
    known.sort(key=lambda run: run.path.name)
    if known:
        hint = "runs: " + "\n      ".join(str(run) for run in known[: -RUNS_LISTED - 1 : -1])
    else:
        hint = f"there are no runs in {root}; `vaereg train` creates one."
    raise RunError(
        f"no run {str(argument)!r}: it is neither a run folder nor a model with runs.\n{hint}"
    )


def runs_of(folder: Path) -> list[RunFolder]:
    """The runs in the folder of a model, the newest last.

    Raises:
        RunError: if the folder cannot be read.
    """
    try:
        found = [each for each in folder.iterdir() if not each.name.startswith(".")]
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: a NUL in the name
        return []
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            return []
        raise RunError(f"cannot read {folder}: {error.strerror}") from error
    return [
        RunFolder(each) for each in sorted(found, key=lambda each: each.name) if _holds_run(each)
    ]


def _holds_run(folder: Path) -> bool:
    try:
        # a run that has lost its declaration is named, and no older one used in its place
        return (folder / "declaration.toml").exists() or (
            (folder / "lock.json").exists() and (folder / "checkpoints").is_dir()
        )
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            return False
        raise RunError(f"cannot read {folder}: {error.strerror}") from error


def _umask() -> int:
    # The umask can be read only by setting it.
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
