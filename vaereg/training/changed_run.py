"""Applies changed settings to the checkpoint that a run continues from, and records them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import attrs

from vaereg.declaration.declaration import Declaration, TrainSettings
from vaereg.runs.atomic import write_text
from vaereg.runs.changed_settings import changes_the_loss
from vaereg.runs.checkpoints import Checkpoint, Position
from vaereg.runs.layout import RunFolder
from vaereg.runs.log import FINAL_LOSS, Log
from vaereg.runs.run_declaration import Change, run_declaration_toml

LOSSES = ("loss", "val_loss", FINAL_LOSS, f"val_{FINAL_LOSS}")
"""The terms whose meaning depends on the weights of terms."""

MODES = {"best": "train.checkpoint.mode", "early_stopping": "train.early_stopping.mode"}
"""By monitor, the setting that says which values are better."""


def changes_at(
    recorded: Sequence[Change], new: Sequence[Change], position: Position
) -> tuple[Change, ...]:
    """All changes of a run that continues from a position, the new ones last.

    If the run goes back to an earlier checkpoint, what changed after it changes there.

    Args:
        recorded: those that declaration.toml holds.
        new: those that happen now.
        position: where the run continues.
    """
    place = (position.epoch, position.step)
    found: dict[tuple[str, int, int], Change] = {}
    for change in (*recorded, *(_placed(each, place) for each in new)):
        placed = _placed(change, min(place, (change.after_epoch, change.after_step)))
        key = (placed.key, placed.after_epoch, placed.after_step)
        before = found[key].before if key in found else placed.before
        found[key] = attrs.evolve(placed, before=before)
    return tuple(each for each in found.values() if each.before != each.after)


def with_changes(
    checkpoint: Checkpoint,
    changes: Sequence[Change],
    settings: TrainSettings,
    say: Callable[[str], None],
) -> Checkpoint:
    """The checkpoint as the run continues from it.

    Where the loss has another meaning from now on, its values are not compared with earlier ones:
    the best epoch is chosen anew. Where early stopping had ended the run and it gets more epochs,
    early stopping counts from 0. This depends on the place of the recorded changes alone, so a
    process that is killed before it writes a checkpoint loses nothing.
    """
    place = (checkpoint.position.epoch, checkpoint.position.step)
    here = [each for each in changes if (each.after_epoch, each.after_step) == place]
    monitors = {name: dict(state) for name, state in checkpoint.monitors.items()}
    best = checkpoint.best
    if any(map(changes_the_loss, here)):
        for name, state in monitors.items():
            if state.get("term") in LOSSES:
                state.update(best=None, best_epoch=0, waited=0)
                best = "" if name == "best" else best
        if monitors != checkpoint.monitors:
            say(
                "the loss has another meaning from here on; the best epoch is chosen among those "
                "that follow"
            )
    for name, key in MODES.items():
        if monitors.get(name) and any(each.key == key for each in here):
            monitors[name].update(best=None, best_epoch=0, waited=0)
            best = "" if name == "best" else best
            say(f"{key} has changed, so earlier epochs are not compared with those that follow")
    stopping = monitors.get("early_stopping")
    if stopping and settings.early_stopping is not None:
        exhausted = int(stopping.get("waited", 0)) > settings.early_stopping.patience
        if exhausted and any(each.key == "train.epochs" for each in here):
            stopping.update(waited=0)
            say(
                f"early stopping had ended the run after {checkpoint.position}; it counts from 0 "
                "again"
            )
    return attrs.evolve(checkpoint, monitors=monitors, best=best)


def record(
    run: RunFolder, declaration: Declaration, changes: Sequence[Change], new: Sequence[Change]
) -> None:
    """Writes the declaration and its changes to declaration.toml, and new changes to log.jsonl.

    Raises:
        RunError: if the operating system refuses.
    """
    text = run_declaration_toml(declaration, run.path, changes)
    if text != run.declaration.read_text(encoding="utf-8"):
        write_text(run.declaration, text)
    log = Log(run.log)
    for change in new:
        log.add("changed", **attrs.asdict(change))


def _placed(change: Change, place: tuple[int, int]) -> Change:
    return attrs.evolve(change, after_epoch=place[0], after_step=place[1])
