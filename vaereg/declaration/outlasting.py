"""Schedules and warm-ups that end after the training, so that they never take full effect."""

from __future__ import annotations

from collections.abc import Iterator

from vaereg.contracts.schedule import Schedule
from vaereg.declaration.declaration import Declaration, NamedChoice

LAST_STEP_OF_RATES = {"cosine_decay": "decay_steps", "polynomial_decay": "decay_steps"}
"""Keras's learning-rate schedules that end, and the parameter that says when."""


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
        length = _length(schedule)
        if schedule.unit == "epochs":
            if length > epochs:
                at_end = schedule.at(epochs, 1)
                found.append(
                    f"{what} {_word(schedule)} {length:g} epochs, but the training ends after "
                    f"{epochs}, at {at_end:.3g} instead of {schedule.final:g}"
                )
        elif steps_per_epoch is not None and length > epochs * steps_per_epoch:
            steps = epochs * steps_per_epoch
            found.append(
                f"{what} {_word(schedule)} {length:,g} steps, but the training ends after "
                f"{steps:,}, at {schedule.at(steps, 1):.3g} instead of {schedule.final:g}"
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
    for slot in declaration.discriminators:
        if slot.optimizer is not None:
            yield f"the learning rate of discriminator {slot.key!r}", slot.optimizer


def _length(schedule: Schedule) -> float:
    """When a schedule reaches its final value for the first time; 0 if it is constant."""
    if schedule.is_constant or not schedule.lengths:
        return 0.0
    if schedule.form == "cyclical":
        return schedule.lengths[0] * schedule.rise
    return schedule.lengths[-1]


def _word(schedule: Schedule) -> str:
    return "reaches its last piece after" if schedule.form == "piecewise" else "changes for"
