"""Sides that take turns, round after round, and what their times say of each other."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from tests.benchmarks.timing.worker import Worker


@attrs.define
class Timed:
    """What was found of one side.

    Args:
        name: the side's.
        weights: how many trainable weights it has.
        examples, steps: of one round.
        first_seconds: processor seconds of the round that compiles, which is not counted.
        processor, wall: seconds of each round.
        losses: the mean loss of each epoch, from the first step on.
        also: what else the side told after each round, by name.
    """

    name: str
    weights: int
    examples: int
    steps: int
    first_seconds: float
    processor: list[float] = attrs.Factory(list)
    wall: list[float] = attrs.Factory(list)
    losses: list[float] = attrs.Factory(list)
    also: list[dict[str, float]] = attrs.Factory(list)

    @property
    def rate(self) -> float:
        """Examples a second of processor time, the median of the rounds."""
        return self.examples / statistics.median(self.processor)

    @property
    def wall_rate(self) -> float:
        """Examples a second on the clock, the median of the rounds."""
        return self.examples / statistics.median(self.wall)

    @property
    def step_microseconds(self) -> float:
        """Processor time of a step, the median of the rounds."""
        return 1e6 * statistics.median(self.processor) / self.steps


@attrs.frozen
class Ratio:
    """The rate of one side over another's, of rounds next to each other in time."""

    median: float
    least: float
    most: float

    def __str__(self) -> str:
        return f"{self.median:.2f} [{self.least:.2f}-{self.most:.2f}]"


def ratio(ours: Timed, theirs: Timed, by: str = "processor") -> Ratio:
    """By how much `ours` is faster than `theirs`, by processor or `wall` time an example."""
    pairs = zip(getattr(ours, by), getattr(theirs, by), strict=True)
    found = [(t / theirs.examples) / (o / ours.examples) for o, t in pairs]
    return Ratio(statistics.median(found), min(found), max(found))


def alternate(
    sides: Mapping[str, tuple[Worker, str]] | Sequence[tuple[Worker, str]],
    *,
    rounds: int,
    epochs: int,
) -> dict[str, Timed]:
    """Trains each side once to compile, then all in turn, `rounds` times.

    Every other round goes backwards, so that no side always comes after the same one.

    Args:
        sides: by key, or as a list where the names serve as keys: the process that holds a side,
            and the side's name there.
        rounds: how many rounds are timed.
        epochs: of one round.
    """
    keyed = dict(sides) if isinstance(sides, Mapping) else {name: (w, name) for w, name in sides}
    found: dict[str, Timed] = {}
    for key, (worker, name) in keyed.items():
        told, first = worker.sides[name], worker.train(name, epochs)
        steps = told["steps"] * epochs
        found[key] = Timed(
            key, told["weights"], steps * told["batch_size"], steps, first["processor"]
        )
        found[key].losses.extend(first["losses"])
        found[key].also.append(first["also"])
    for number in range(rounds):
        order = list(keyed.items())
        for key, (worker, name) in order if number % 2 == 0 else reversed(order):
            answer = worker.train(name, epochs)
            found[key].processor.append(answer["processor"])
            found[key].wall.append(answer["wall"])
            found[key].losses.extend(answer["losses"])
            found[key].also.append(answer["also"])
        sys.stderr.write(f"round {number + 1} of {rounds}\n")
    return found


def as_figures(found: Mapping[str, Timed], reference: str, by: str = "processor") -> dict[str, Any]:
    """The same for machines: everything measured, and the ratio of `reference` to each other."""
    figures: dict[str, Any] = {}
    for name, timed in found.items():
        figures[name] = {**attrs.asdict(timed), "per_second": timed.rate}
        figures[name]["microseconds_per_step"] = timed.step_microseconds
        if name != reference:
            figures[name]["ratio"] = attrs.asdict(ratio(found[reference], timed, by))
    return figures
