"""Schedules and warm-ups that end after the training, so that they never take full effect."""

from __future__ import annotations

from collections.abc import Iterator

from vaereg.contracts.schedule import Schedule
from vaereg.declaration.declaration import Declaration, NamedChoice

LAST_STEP_OF_RATES = {
    "cosine_decay": "decay_steps",
    "cosine_decay_restarts": "first_decay_steps",
    "polynomial_decay": "decay_steps",
}
"""Keras's learning-rate schedules that end or begin anew, and the parameter that says when."""

PIECES = "piecewise_constant_decay"
"""Keras's learning-rate schedule of pieces, with the parameter `boundaries`."""


def outlasting(declaration: Declaration, steps_per_epoch: int | None = None) -> list[str]:
    """A sentence for each schedule and warm-up that the training ends before.

    Args:
        declaration: the declaration.
        steps_per_epoch: the number of steps in one epoch; None if the data was not read, so that
            only what is declared in epochs is known.
    """
    epochs = declaration.train.epochs
    found = []
    for what, schedule in _weights(declaration):
        if schedule.unit == "steps" and steps_per_epoch is None:
            continue
        end = epochs if schedule.unit == "epochs" else epochs * (steps_per_epoch or 0)
        if _outlasts(schedule, end):
            at_end = schedule.at(end * (1 - 1e-9), 1)  # the last piece begins with its boundary
            found.append(
                f"{what} {_word(schedule)} {_length(schedule):,g} {schedule.unit}, but the "
                f"training ends after {end:,}, at {at_end:.3g} instead of {schedule.final:g}"
            )
    if steps_per_epoch is not None:
        found += _beyond(declaration, epochs * steps_per_epoch)
    return [f"{sentence}." for sentence in found]


def _beyond(declaration: Declaration, steps: int) -> Iterator[str]:
    """What is counted in steps and ends after them."""
    for slot in declaration.discriminators:
        if slot.warmup_steps >= steps:
            yield (
                f"the warm-up of discriminator {slot.key!r} takes {slot.warmup_steps:,} steps, but "
                f"the training ends after {steps:,}, so its term never counts"
            )
    for what, optimizer in _optimizers(declaration):
        rate = optimizer.params.get("learning_rate")
        if not isinstance(rate, NamedChoice):
            continue
        last = _last_boundary(rate) if rate.use == PIECES else 0
        if last >= steps - 1 > 0:  # Keras uses a piece until its boundary is passed
            yield (
                f"{what} reaches its last piece after {last:,g} steps ({rate.use}), but the "
                f"training ends after {steps:,}"
            )
        length = rate.params.get(LAST_STEP_OF_RATES.get(rate.use, ""), 0)
        warmup = rate.params.get("warmup_steps", 0) if rate.use == "cosine_decay" else 0
        end = sum(each for each in (length, warmup) if isinstance(each, int | float))
        if end > steps:
            yield (
                f"{what} falls for {end:,} steps ({rate.use}), but the training ends after "
                f"{steps:,}"
            )


def _weights(declaration: Declaration) -> Iterator[tuple[str, Schedule]]:
    """The weights that may change, in words."""
    yield "the weight of the KL divergence", declaration.kl.weight
    if declaration.kl.capacity is not None:
        yield "the capacity of the KL divergence", declaration.kl.capacity
    for slot in (*declaration.regularizers, *declaration.discriminators):
        if isinstance(slot.weight, Schedule):
            yield f"the weight of {slot.kind} {slot.key!r}", slot.weight


def _optimizers(declaration: Declaration) -> Iterator[tuple[str, NamedChoice]]:
    yield "the learning rate", declaration.train.optimizer
    for player, optimizer in declaration.train.optimizers.items():
        yield f"the learning rate of {player!r}", optimizer
    for slot in declaration.discriminators:
        if slot.optimizer is not None:
            yield f"the learning rate of discriminator {slot.key!r}", slot.optimizer


def _last_boundary(rate: NamedChoice) -> float:
    boundaries = rate.params.get("boundaries")
    last = boundaries[-1] if isinstance(boundaries, list | tuple) and boundaries else 0
    return last if isinstance(last, int | float) else 0


def _outlasts(schedule: Schedule, end: float) -> bool:
    length = _length(schedule)
    return length >= end if schedule.form == "piecewise" and length else length > end


def _length(schedule: Schedule) -> float:
    """When a schedule reaches its final value for the first time; 0 if it is constant."""
    if schedule.is_constant or not schedule.lengths:
        return 0.0
    if schedule.form == "cyclical":
        return schedule.lengths[0] * schedule.rise
    return schedule.lengths[-1]


def _word(schedule: Schedule) -> str:
    return "reaches its last piece after" if schedule.form == "piecewise" else "changes for"
