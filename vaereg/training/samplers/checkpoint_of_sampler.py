"""The checkpoint from which a sampler is trained on, if everything that this needs is whole."""

from __future__ import annotations

import json
from pathlib import Path

from vaereg.errors import RunError
from vaereg.host.progress import Progress
from vaereg.runs.atomic import JsonObject, json_text, read_text, write_text
from vaereg.runs.checkpoints import Checkpoint, best_epoch_of, load_checkpoint
from vaereg.runs.history import read_history
from vaereg.runs.layout import RunFolder
from vaereg.runs.status import read_status
from vaereg.training.resumed_checkpoint import best_checkpoint

ANEW = "The training of the sampler begins anew."


def checkpoint_of_sampler(
    run: RunFolder, made_from: JsonObject, progress: Progress
) -> Checkpoint | None:
    """The checkpoint to continue from; None for a training that begins, whose folder is cleared.

    A training continues only if its last checkpoint, that of its best epoch and its history are
    whole, and only on what it was made from. Otherwise one line says why it begins anew, which
    gives the same weights.

    Args:
        run: the folder of the sampler's training; this process holds its process lock.
        made_from: everything that the weights of the sampler depend on, as JSON.
        progress: is told why the training begins anew.

    Raises:
        RunError: if the system refuses to remove or to write a file.
    """
    record = run.path / "made_from.json"
    text = json_text(made_from)
    try:
        checkpoint = _whole_checkpoint(run, record, text, progress)
    except RunError as error:
        why = error.args[0].splitlines()[0].rstrip(".")
        progress.say(f"warning: {why}. {ANEW}")
        checkpoint = None
    if checkpoint is not None:
        return checkpoint
    for path in (run.last, run.best, run.history, run.log, run.status):
        try:
            path.unlink(missing_ok=True)
        except NotADirectoryError:  # what stands in the place of its folder is named later
            continue
        except OSError as error:
            raise RunError(
                f"cannot remove {path}: {error.strerror}.\nMove it away, and run the command again."
            ) from error
    write_text(record, text)
    return None


def _whole_checkpoint(
    run: RunFolder, record: Path, text: str, progress: Progress
) -> Checkpoint | None:
    """The last checkpoint; None if nothing was trained yet, or on something else.

    Raises:
        RunError: if a file that the training needs is missing, damaged, or of another training.
    """
    trained = read_status(run).epochs > 0
    if not record.exists():
        if run.last.exists():
            raise RunError(f"{record} is missing")
        return None
    if (kept := read_text(record)) != text:
        if run.last.exists():
            differing = _differing(kept, text)
            if not differing:
                raise RunError(f"{record} is damaged")
            progress.say(
                f"note: the sampler is trained anew, since this differs from {record.name}: "
                f"{differing}"
            )
        return None
    last = load_checkpoint(run, instead="")
    if last is None:
        if trained:
            raise RunError(f"{run.last} is missing")
        return None
    if epoch := best_epoch_of(last):
        best_checkpoint(run, epoch, last.best, before=last.position.epoch)
    done = last.position.epoch
    if done and len(read_history(run.history)) < done:
        raise RunError(f"{run.history} holds fewer than the {done} epochs that were trained")
    return last


def _differing(kept: str, wanted: str) -> str:
    """In which entries two records differ; empty if the kept one is none."""
    try:
        before = json.loads(kept)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(before, dict):
        return ""
    now = json.loads(wanted)
    return ", ".join(name for name in {**now, **before} if before.get(name) != now.get(name))
