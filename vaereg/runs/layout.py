"""Where everything of a run lies, how a run folder comes to be, and which one RUN means."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import attrs

from vaereg.errors import RunError
from vaereg.runs.atomic import write_text

ROOT = Path("runs")
"""Where runs are kept unless --out says otherwise."""

TOLD = 5
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
        """lock.json: what it was trained with."""
        return self.path / "lock.json"

    @property
    def history(self) -> Path:
        """history.csv: a row an epoch, a column a named term."""
        return self.path / "history.csv"

    @property
    def log(self) -> Path:
        """log.jsonl: an event a line."""
        return self.path / "log.jsonl"

    @property
    def status(self) -> Path:
        """status.json: whether it runs, and how far it came."""
        return self.path / "status.json"

    @property
    def checkpoints(self) -> Path:
        """The folder of checkpoints."""
        return self.path / "checkpoints"

    @property
    def last(self) -> Path:
        """The checkpoint that training continues from."""
        return self.checkpoints / "last.h5"

    @property
    def best(self) -> Path:
        """The checkpoint of the epoch with the best monitored term."""
        return self.checkpoints / "best.h5"

    @property
    def weights(self) -> Path:
        """model.weights.h5: the weights for use, once training has ended."""
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
        """The file that a training process holds locked."""
        return self.path / ".active"


def new_run_id() -> str:
    """A name that sorts by time and that no other run has: `20260131-235959-3fa9`."""
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(2)}"


def create_run(root: Path, model: str, files: Mapping[str, str]) -> RunFolder:
    """Makes the folder of a new run with its first files; it appears whole or not at all.

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
        raise RunError(f"cannot make a run folder in {parent}: {error.strerror}") from error
    try:
        draft.chmod(0o777 & ~_umask())
        for name in ("checkpoints", "samples"):
            (draft / name).mkdir()
        for name, text in files.items():
            write_text(draft / name, text)
        while True:
            target = parent / new_run_id()
            if not target.exists():
                draft.rename(target)
                return RunFolder(target)
    except OSError as error:
        raise RunError(f"cannot make a run folder in {parent}: {error.strerror}") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def check_writable(root: Path) -> None:
    """Tells before training that runs could not be written; writes nothing that stays.

    Raises:
        RunError: naming the folder that refuses.
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
            "Choose another folder with --out."
        ) from error


def find_run(argument: str | Path, root: Path = ROOT) -> RunFolder:
    """The run that RUN means: a run folder, `<model>/<id>`, or the newest run of a model.

    Raises:
        RunError: if there is none, with the runs that there are.
    """
    for place in (Path(argument), root / argument):
        if (place / "declaration.toml").is_file():
            return RunFolder(place)
    for place in (root / argument, Path(argument)):
        found = runs_of(place)
        if found:
            return found[-1]
    known = [run for model in sorted(root.glob("*")) for run in runs_of(model)]
    known.sort(key=lambda run: run.path.name)
    if known:
        hint = "runs: " + "\n      ".join(str(run) for run in known[: -TOLD - 1 : -1])
    else:
        hint = f"there are no runs in {root}; `vaereg train` makes one."
    raise RunError(f"no run {str(argument)!r}: neither a run folder nor a model with runs.\n{hint}")


def runs_of(folder: Path) -> list[RunFolder]:
    """The runs in the folder of a model, the newest last."""
    if not folder.is_dir():
        return []
    found = (each for each in folder.iterdir() if not each.name.startswith("."))
    return [
        RunFolder(each)
        for each in sorted(found, key=lambda each: each.name)
        if (each / "declaration.toml").is_file()
    ]


def _umask() -> int:
    # There is no way to read it but to set it.
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
