"""Where an evaluation is stored in a run folder, and how it is written and read.

Next to evaluation.json, evaluation.h5 holds the arrays: under `scores/NAME/` the influences
`generated` and `real` and the kept `values` of each score, under `references/NAME/` the kept
`values` of the reference, under `curves/` and `exhibits/` the arrays that the report draws
(`vaereg.evaluation.exhibits.examples`).
"""

from __future__ import annotations

import hashlib
import re
import shlex
from collections.abc import Mapping
from pathlib import Path

import attrs
import numpy as np

from vaereg.errors import RunError
from vaereg.evaluation.evaluation import FORM, Evaluation, as_dict, from_dict
from vaereg.runs.atomic import read_json, write_json
from vaereg.runs.layout import RunFolder, is_writable, portable_name
from vaereg.runs.state_file import read_state, write_state

LONGEST = 60
"""How many characters of the table of a sampler the name of a file shows."""


@attrs.frozen(kw_only=True)
class Variant:
    """Which samples of a run are evaluated; by default, those of the declared sampler with seed 0.

    Args:
        sampler: the name of a sampler other than the declared one, or a TOML table with `use` and
            its parameters, or an empty string.
        seed: of the samples.
    """

    sampler: str = ""
    seed: int = 0

    def of(self, name: str) -> str:
        """RUN[@SAMPLER][#SEED] as the user types it."""
        sampler = f"@{self.sampler}" if self.sampler else ""
        return f"{name}{sampler}" + (f"#{self.seed}" if self.seed else "")

    @property
    def suffix(self) -> str:
        """The part of the file names after `evaluation`."""
        name = re.sub(r"[^\w.-]", "--", self.sampler)
        if self.sampler.startswith("{"):  # shortened, and tables of like letters are told apart
            words = re.sub(r"[^\w.]+", "-", self.sampler).strip("-.")[:LONGEST]
            name = f"{words}-{hashlib.sha256(self.sampler.encode()).hexdigest()[:8]}"
        return (f"-{name}" if name else "") + (f"-seed{self.seed}" if self.seed else "")


def evaluation_path(run: RunFolder, variant: Variant) -> Path:
    """The file of the scores."""
    return _folder(run, variant) / f"evaluation{variant.suffix}.json"


def arrays_path(run: RunFolder, variant: Variant) -> Path:
    """The file of the arrays."""
    return _folder(run, variant) / f"evaluation{variant.suffix}.h5"


def evaluations_folder(run: RunFolder) -> Path:
    """The folder that new evaluations of a run are written to.

    It is the run, or, if the run is read-only, a folder of its own below the current folder.
    """
    if is_writable(run.path):
        return run.path
    whole = run.path.absolute()
    return Path.cwd() / ".vaereg" / "evaluations" / whole.parent.name / whole.name


def check_evaluations_folder(run: RunFolder) -> None:
    """Checks that an evaluation can be kept, before it takes minutes.

    Raises:
        RunError: if neither the run nor the current folder can be written.
    """
    folder = evaluations_folder(run)
    if not is_writable(folder):
        raise RunError(
            f"the evaluation of {run} cannot be kept: neither the run nor {folder} can be "
            "written.\nChange to a folder that can be written, or fix the permissions."
        )


def _folder(run: RunFolder, variant: Variant) -> Path:
    """The folder of an evaluation: that of new ones, unless only the run holds one."""
    folder = evaluations_folder(run)
    name = f"evaluation{variant.suffix}.json"
    return run.path if not (folder / name).exists() and (run.path / name).exists() else folder


def write_evaluation(
    run: RunFolder, variant: Variant, evaluation: Evaluation, arrays: Mapping[str, np.ndarray]
) -> None:
    """Writes both files into `evaluations_folder`.

    The scores come last, so that scores never lack their arrays.

    Raises:
        RunError: if the operating system refuses.
    """
    folder = evaluations_folder(run)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(f"cannot create the folder {folder}: {error.strerror}") from error
    write_state(folder / f"evaluation{variant.suffix}.h5", arrays, {"made": evaluation.made})
    stored = attrs.evolve(evaluation, run=portable_name(run))
    write_json(folder / f"evaluation{variant.suffix}.json", as_dict(stored))


class OlderFormError(RunError):
    """An earlier version of vaereg wrote the evaluation; a new one may replace it.

    Args:
        form: the form of the file.
    """

    def __init__(self, message: str, form: int) -> None:
        super().__init__(message)
        self.form = form


def read_evaluation(run: RunFolder, variant: Variant) -> Evaluation | None:
    """The evaluation, with the run folder as it is named now, or None if there is none yet.

    Raises:
        OlderFormError: if an earlier version of vaereg wrote the file.
        RunError: if the file is damaged, or a later version of vaereg wrote it.
    """
    path = evaluation_path(run, variant)
    if not path.exists():
        return None
    again = _again(run, variant)
    content = read_json(path, again)
    form = content.get("form") if isinstance(content, dict) else None
    if form != FORM:
        message = f"{path} has form {form}, but this version of vaereg reads form {FORM}.\n{again}"
        if isinstance(form, int) and form < FORM:
            raise OlderFormError(message, form)
        raise RunError(message)
    try:
        return attrs.evolve(from_dict(content), run=str(run))
    except ValueError as error:
        raise RunError(f"{path} was damaged or edited: {error}.\n{again}") from error


def _again(run: RunFolder, variant: Variant) -> str:
    """What to do about a damaged evaluation."""
    return f"Evaluate it again: vaereg evaluate {shlex.quote(variant.of(str(run)))} --again"


def read_arrays(run: RunFolder, variant: Variant, evaluation: Evaluation) -> dict[str, np.ndarray]:
    """The arrays of an evaluation.

    Raises:
        RunError: if they are missing, damaged or belong to another evaluation.
    """
    again = _again(run, variant)
    path = arrays_path(run, variant)
    arrays, attributes = read_state(path, again)
    if attributes.get("made") != evaluation.made:
        raise RunError(
            f"{path} belongs to a different evaluation than the .json next to it.\n{again}"
        )
    return arrays
