"""Begins a training with the weights of a finished run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from vaereg.declaration.declaration import Declaration
from vaereg.errors import RunError
from vaereg.host.progress import Progress
from vaereg.runs.atomic import JsonObject
from vaereg.runs.checkpoints import Checkpoint, DataOrder, Position
from vaereg.runs.held_extractors import held_extractors
from vaereg.runs.layout import portable_name
from vaereg.runs.read import Run, check_finished
from vaereg.runs.starting_weights import KEY, StartingWeights, starting_weights
from vaereg.runs.state_file import read_state
from vaereg.trained.load_weights import digest_of_final

if TYPE_CHECKING:
    from vaereg.model.named_arrays import FittingArrays
    from vaereg.model.vae import VAE

SHOWN = 8
"""How many weights of each sort are named."""


def take_weights(vae: VAE, source: Run, lock: JsonObject, progress: Progress) -> None:
    """Loads the final weights of a run, as far as they fit, and adds them to the run lock.

    Args:
        vae: the model, with its initial weights.
        source: the run whose weights are taken.
        lock: the content of lock.json of the new run. It gets `weights_from`, and the feature
            extractors that the other run held: the weights were trained on them.
        progress: tells which weights were taken and which not.

    Raises:
        RunError: if the run is not finished, its weights are damaged, or none of them fits.
    """
    from vaereg.model.named_arrays import assign_fitting

    check_finished(source)
    again = f"Make it again: vaereg resume {source.folder}"
    arrays, _ = read_state(source.folder.weights, again, again)
    fit = assign_fitting(vae.usable_weights(), arrays)
    vae.restart_evaluation_weights()
    name = portable_name(source.folder)
    if not fit.taken:
        raise RunError(
            f"no weight of {name} fits the model {lock['model']!r}:\n"
            + "\n".join(_misfits(fit))
            + "\nTake the weights of a run whose networks have the same names and shapes."
        )
    progress.say(f"{len(fit.taken)} of {fit.of} weights are those of {name}")
    for line in _misfits(fit):
        progress.say(line)
    lock[KEY] = attrs.asdict(
        StartingWeights(run=name, digest=digest_of_final(source), taken=len(fit.taken), of=fit.of)
    )
    held = [
        {"name": each.name, "digest": each.digest}
        for each in held_extractors(source.lock, source.folder.lock)
    ]
    mine = lock.get("held_extractors", [])
    if more := [each for each in held if each not in mine]:
        lock["held_extractors"] = [*mine, *more]


def first_checkpoint(vae: VAE, declaration: Declaration, examples: int) -> Checkpoint:
    """A checkpoint before the first step, so that a killed training keeps its first weights.

    Args:
        vae: the model with its first weights.
        declaration: how it is trained.
        examples: the number of training examples.
    """
    settings = declaration.train
    return Checkpoint(
        position=Position(),
        arrays=vae.state(),
        data_order=DataOrder(
            steps_per_epoch=examples // settings.batch_size,
            batch_size=settings.batch_size,
            examples=examples,
            seed=settings.seed,
        ),
    )


def check_first_weights(run: Run, checkpoint: Checkpoint | None) -> None:
    """Checks that a run which began with the weights of another run still has them.

    Raises:
        RunError: if it was killed before it wrote its first checkpoint.
    """
    begun = starting_weights(run.lock, run.folder.lock)
    if checkpoint is None and begun is not None:
        raise RunError(
            f"{run.folder} was to begin with the weights of {begun.run}, but was ended before it "
            f"kept them.\nTrain again: vaereg train {run.lock['model']} --weights-from {begun.run}"
        )


def _misfits(fit: FittingArrays) -> list[str]:
    shapes = [
        f"{path} ({_shape_text(stored)} there, {_shape_text(declared)} here)"
        for path, (stored, declared) in fit.reshaped.items()
    ]
    sorts = (
        ("of another shape, so they begin anew", shapes),
        ("not in that run, so they begin anew", fit.new),
        ("of that run alone, so they are not used", fit.unused),
    )
    return [f"  {what}: {_first(paths)}" for what, paths in sorts if paths]


def _first(paths: list[str] | tuple[str, ...]) -> str:
    more = f", and {len(paths) - SHOWN} more" if len(paths) > SHOWN else ""
    return ", ".join(paths[:SHOWN]) + more


def _shape_text(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape)) or "a number"
