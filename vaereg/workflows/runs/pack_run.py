"""Packs a run into one file for others: what it was made from, its weights, scores and samples."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import vaereg
from vaereg.errors import RunError, UsageError
from vaereg.evaluation.evaluation_files import Variant, read_evaluation
from vaereg.runs.atomic import read_json, replacing
from vaereg.runs.layout import RunFolder
from vaereg.runs.log import read_log
from vaereg.runs.read import Run, check_finished, read_run
from vaereg.runs.starting_weights import starting_weights
from vaereg.runs.state_file import read_state
from vaereg.workflows.runs.pack_form import (
    ARRAYS,
    CARD,
    CONTENTS,
    FORM,
    PackContent,
    arrays_as_bytes,
    packed_file,
)

SUFFIX = ".vaereg"
EVENTS = ("start", "first step", "epoch", "finished", "changed")
"""The events of log.jsonl that are packed: the others may hold paths of this machine."""

TIME = (1980, 1, 1, 0, 0, 0)
"""Of every entry, so that equal runs give equal packs."""


def pack_run(run: str, root: Path, out: Path | None, *, checkpoints: bool = True) -> Path:
    """Packs a finished run; returns the file.

    Args:
        run: a run folder, `<model>/<id>`, or a model's name for its newest run.
        root: the folder of all runs.
        out: the file; None for `<model>.vaereg` in the current folder. It must not exist.
        checkpoints: whether to pack the checkpoints, without which nobody can train on.

    Raises:
        UsageError: if the file exists, or has another ending.
        RunError: if the run is not finished or is damaged, or the file cannot be written.
    """
    found = read_run(run, root)
    check_finished(found)
    path = out or Path(f"{found.lock['model']}{SUFFIX}")
    if path.suffix != SUFFIX:
        raise UsageError(f"the name of a pack ends in {SUFFIX}; got {str(path)!r}")
    if path.exists():
        raise UsageError(f"{path} exists; name another file with --out")
    if not path.parent.is_dir():
        raise UsageError(f"there is no folder {path.parent} for {path.name}")
    files = _files(found, checkpoints=checkpoints)
    content: PackContent = {
        "form": FORM,
        "vaereg": vaereg.__version__,
        "model": found.folder.path.absolute().parent.name,
        "run": found.folder.path.absolute().name,
        "files": {name: packed_file(each) for name, each in files.items()},
    }
    with replacing(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        entries = {CONTENTS: json.dumps(content, indent=2).encode(), **files}
        for name, each in entries.items():
            packed = zipfile.ZipInfo(name, TIME)
            packed.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(packed, each)
    return path


def _files(run: Run, *, checkpoints: bool) -> dict[str, bytes]:
    """The files of a run as entries of the zip, by name."""
    folder = run.folder
    files = {
        CARD: card(run).encode(),
        "declaration.toml": folder.declaration.read_bytes(),
        "lock.json": _lock_without_origins(run),
        "status.json": folder.status.read_bytes(),
        "history.csv": folder.history.read_bytes(),
        "log.jsonl": _log(folder),
    }
    for path in sorted(folder.path.glob("evaluation*.json")):
        files[path.name] = path.read_bytes()
    for path in sorted(folder.samples.glob("*")):
        if path.is_file() and not path.name.startswith((".", "epoch-")):
            files[f"samples/{path.name}"] = path.read_bytes()
    stored = [folder.weights, *sorted(folder.path.glob("evaluation*.h5"))]
    stored += sorted(folder.samplers.rglob("*.h5"))
    if checkpoints:
        stored += [path for path in (folder.last, folder.best) if path.exists()]
    for path in stored:
        arrays, attributes = read_state(path)
        name = path.relative_to(folder.path).with_suffix(ARRAYS).as_posix()
        files[name] = arrays_as_bytes(arrays, attributes)
    return files


def _lock_without_origins(run: Run) -> bytes:
    """lock.json without the folders of this machine."""
    lock = read_json(run.folder.lock)
    for component in lock["components"].values():
        component["origin"] = ""
    return (json.dumps(lock, indent=2, ensure_ascii=False) + "\n").encode()


def _log(folder: RunFolder) -> bytes:
    events = [each for each in read_log(folder.log) if each.get("event") in EVENTS]
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in events).encode()


def card(run: Run) -> str:
    """What people read first: the model, its data, how to use it, and its scores."""
    lock = run.lock
    spec = lock["dataset"]["spec"]
    begun = starting_weights(lock, run.folder.lock)
    plugins = sorted(
        {
            f"{each['distribution']}=={each['version']}"
            for each in lock["components"].values()
            if each["distribution"] != "vaereg"
        }
    )
    lines = [
        f"# {lock['model']}",
        "",
        f"A variational autoencoder, trained with vaereg {lock['vaereg']} on "
        f"{lock['dataset']['name']!r}: {lock['dataset']['examples']:,} examples of form "
        f"{spec['form']}, shape {' x '.join(map(str, spec['shape']))}, with seed {lock['seed']} "
        f"for {run.status.epochs} epochs.",
        *([] if begun is None else ["", f"It began with the weights of {begun}."]),
        "",
        "```bash",
        *([f"pip install {' '.join(plugins)}"] if plugins else []),
        f"vaereg unpack {lock['model']}{SUFFIX}",
        f"vaereg sample {lock['model']}",
        "```",
        "",
    ]
    try:
        evaluation = read_evaluation(run.folder, Variant())
    except RunError:
        evaluation = None
    if evaluation is not None:
        lines += [
            f"Scores of {evaluation.generated:,} samples against "
            f"{evaluation.evaluated_on.held_out:,} held-out examples:",
            "",
            "| score | value | 95 % interval | real data |",
            "|---|---|---|---|",
        ]
        for score in evaluation.scores.values():
            if score.is_twin:
                continue
            interval = "" if score.low is None else f"{score.low:.4g} to {score.high:.4g}"
            real = "" if score.reference is None else f"{score.reference:.4g}"
            lines.append(f"| {score.name} | {score.value:.4g} | {interval} | {real} |")
        lines.append("")
    return "\n".join(lines)
