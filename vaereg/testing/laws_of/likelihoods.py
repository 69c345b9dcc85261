"""Laws of likelihoods: they are densities of the data, their draws follow them, nothing overflows.

Densities of a single value are integrated (see `one_value`); draws are compared with them by the
Kolmogorov-Smirnov test, whose bound a sound component exceeds once in ten thousand checks.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from keras import ops

from vaereg.errors import DataError
from vaereg.testing.exercise import Exercise
from vaereg.testing.law import NotHere, law, owe
from vaereg.testing.laws_of.gradients import input_gradient
from vaereg.testing.moved_weights import each_state
from vaereg.testing.one_value import OneValue, single_values
from vaereg.testing.situations import Situation, doubled
from vaereg.testing.subject import Subject

DRAWS = 2000
SIGMAS = 5.0

MANY_DRAWS = 8000
FALSE_ALARM = 1e-4
"""How often draws of a sound likelihood would be found at fault; seeds are fixed."""

WELL_SUMMED = 3e-3
"""How far from 1 an integral may be."""

OUTPUTS = (0.0, 0.4, -0.4)
"""Outputs, all alike, at which a density is integrated, beside others that are drawn."""

EXTREMES = (0.0, 30.0, -30.0)
"""Outputs that must give finite numbers: where a decoder starts, and where one may be pushed."""

MOST_OFF = 0.4
"""The share of its halves by which a whole may miss their sum: an average misses it by half, and
dimensions that depend on each other by less."""


def array(value: Any) -> np.ndarray:
    """A tensor in double precision."""
    return np.asarray(ops.convert_to_numpy(value), dtype=np.float64)


def _single_values(subject: Subject) -> Iterator[tuple[Situation, Exercise, str]]:
    """Each situation of one value that it is for, with the object at first and moved weights.

    Raises:
        NotHere: if it takes none.
    """
    taken, refused = False, ""
    for situation in single_values(subject.offer.component.for_data):
        try:
            subject.build(situation)
        except (ValueError, DataError) as refusal:
            refused = str(refusal)
            continue
        taken = True
        if not _is_for(subject, situation):
            continue
        for exercise, moved in each_state(subject, situation):
            yield situation, exercise, moved
    if not taken:
        raise NotHere(f"it takes no data of a single value: {refused}")


def _is_for(subject: Subject, situation: Situation) -> bool:
    """Whether a component of probabilities, as its tags say, is one for these levels."""
    tags, levels = subject.offer.component.tags, situation.data.levels
    if "binary" in tags:
        return levels == 2
    return "discrete" not in tags or bool(levels)


def _outputs(exercise: Exercise) -> Iterator[np.ndarray]:
    """Decoder outputs (1, ..., channels) at which densities are looked at."""
    drawn = [exercise.inputs(1, seed=seed)["outputs"] for seed in (0, 1)]
    yield from drawn
    for value in OUTPUTS:
        yield np.full_like(drawn[0], value)


@law(
    "likelihood-is-normalised",
    "exp(log_prob) integrates to 1, or sums to 1 over the levels of discrete data.",
    "likelihood",
)
def likelihood_is_normalised(subject: Subject) -> None:
    """For one value: unbounded, in [0, 1], [-1, 1] or [0, 255], and on 2 and 256 levels.

    Bounds of different likelihoods cannot be compared else. Look for the constant, and for
    log(high - low). One of probabilities of levels says so by the tag `discrete` or `binary`.
    """
    for situation, exercise, moved in _single_values(subject):
        for outputs in _outputs(exercise):
            seen = OneValue(exercise, outputs)
            owe(seen.sound(WELL_SUMMED), f"{seen.told}{moved} ({situation.name})")


@law(
    "likelihood-draws-follow-the-density",
    "Draws of one value are distributed as exp(log_prob).",
    "likelihood",
)
def likelihood_draws_follow_the_density(subject: Subject) -> None:
    """Samples of the model show what it learned only if both are one distribution.

    8,000 draws against the integrated density (Kolmogorov-Smirnov), at first and moved weights.
    Look for the scale of the noise, and for draws that are clipped where the density is not.
    """
    bound = math.sqrt(-math.log(FALSE_ALARM / 2) / (2 * MANY_DRAWS))
    for situation, exercise, moved in _single_values(subject):
        for outputs in list(_outputs(exercise))[:3]:
            seen = OneValue(exercise, outputs)
            if not seen.sound(WELL_SUMMED):
                continue  # no distribution to follow, as another law tells
            many = ops.convert_to_tensor(np.repeat(outputs, MANY_DRAWS, axis=0))
            drawn = array(exercise.object.sample(many, 3)).ravel()
            if seen.discrete:
                off = np.abs(drawn[:, None] - seen.levels[None]).min(axis=1).max()
                owe(off < 1e-3, f"a draw is {off:.3g} from the nearest level ({situation.name})")
            gap, at = seen.gap(drawn)
            found = (
                f"up to {at:.4g} there are {100 * gap:+.1f} % more draws than the density says; "
                f"draws have mean {drawn.mean():.4g} and deviation {drawn.std():.4g}, the density "
                f"{seen.mean:.4g} and {seen.deviation:.4g}{moved} ({situation.name})"
            )
            owe(abs(gap) < bound, found)


@law(
    "log-prob-sums-over-dimensions",
    "log_prob is summed over dimensions, not averaged.",
    "likelihood",
)
def log_prob_sums_over_dimensions(subject: Subject) -> None:
    """Two examples side by side, as one of twice the size, have about the sum of theirs.

    An average weighs the reconstruction less than the divergence by the number of dimensions.
    Use ops.sum over every axis but the first. Only built for both sizes with equal weights.
    """
    for situation in _one_per_form(subject):
        for axis in {0, len(situation.data.shape) - 1}:  # height, time or columns; and channels
            wide = doubled(situation, axis)
            try:
                small, large = Exercise(subject, situation), Exercise(subject, wide)
                if not _equal_weights(small, large):
                    continue
            except (ValueError, DataError):
                continue  # it does not take twice the size
            halves, whole = _halves_and_whole(small, large, axis)
            gap = abs(whole.mean() - halves.sum(axis=0).mean())
            allowed = MOST_OFF * np.abs(halves).sum(axis=0).mean() + 1e-3
            found = (
                f"log_prob of twice the data is {whole.mean():.4g} and that of its halves "
                f"{halves[0].mean():.4g} and {halves[1].mean():.4g} ({situation.name}, axis {axis})"
            )
            owe(gap <= allowed, found)


def _one_per_form(subject: Subject) -> list[Situation]:
    """The first situation of each form of data, since each new shape takes JAX seconds."""
    found: dict[str, Situation] = {}
    for each in subject.accepted:
        found.setdefault(each.data.form, each)
    return list(found.values())


def _equal_weights(small: Exercise, large: Exercise) -> bool:
    """Gives the larger one the weights of the smaller; False where their shapes differ."""
    pairs = list(zip(small.variables(), large.variables(), strict=False))
    if len(small.variables()) != len(large.variables()):
        return False
    if any(tuple(one.shape) != tuple(other.shape) for one, other in pairs):
        return False
    for one, other in pairs:
        other.assign(one.value)
    return True


def _halves_and_whole(small: Exercise, large: Exercise, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """log_prob of two batches (2, B), and of both side by side along an axis (B,)."""
    given = [small.inputs(seed=seed) for seed in (0, 1)]
    count = small.batch
    last = axis == len(small.situation.data.shape) - 1
    if last:  # outputs hold what they like along this axis, so all of an example's are alike
        value = given[0]["outputs"].reshape(count, -1)[:, :1]
        shape = large.inputs()["outputs"].shape
        whole_outputs = np.broadcast_to(value.reshape(count, *(1,) * (len(shape) - 1)), shape)
        for each in given:
            narrow = each["outputs"].shape
            each["outputs"] = np.broadcast_to(
                value.reshape(count, *(1,) * (len(narrow) - 1)), narrow
            )
    else:
        whole_outputs = np.concatenate([each["outputs"] for each in given], axis=1 + axis)
    x = np.concatenate([each["x"] for each in given], axis=1 + axis)
    halves = [_log_prob(small, each["x"], each["outputs"]) for each in given]
    return np.stack(halves), _log_prob(large, x, whole_outputs)


def _log_prob(exercise: Exercise, x: np.ndarray, outputs: np.ndarray) -> np.ndarray:
    tensors = (ops.convert_to_tensor(np.array(each, np.float32)) for each in (x, outputs))
    return array(exercise.object.log_prob(*tensors))


@law(
    "extreme-outputs-are-finite",
    "At outputs of 0 and of +-30, log_prob, its gradient, mean and draws are finite.",
    "likelihood",
)
def extreme_outputs_are_finite(subject: Subject) -> None:
    """A decoder may start at exactly 0, and a step that is too long pushes it far away.

    Use a series where a quotient is 0 / 0, keep what is not chosen by ops.where finite too, and
    softplus or log1p instead of the logarithm of an exponential.
    """
    for situation in _one_per_form(subject):
        exercise = Exercise(subject, situation)
        for value in EXTREMES:
            given = exercise.inputs()
            given["outputs"] = np.full_like(given["outputs"], value)
            for name, found in exercise.numpy(given).items():
                finite = np.isfinite(found).all()
                owe(finite, f"{name} is not finite at outputs of {value:g} ({situation.name})")
            if situation == subject.home:
                slope = input_gradient(exercise, "outputs", ("log_prob",), given=given)
                finite = np.isfinite(slope).all()
                owe(finite, f"the gradient is not finite at outputs of {value:g}")


@law("mean-is-the-expectation", "mean(outputs) is the mean of draws.", "likelihood")
def mean_is_the_expectation(subject: Subject) -> None:
    """Reconstructions show the mean, so it must be that of the distribution that was learned.

    At the first weights and once they have moved. Look whether both use the same parameters of the
    outputs.
    """
    data = subject.home.data
    low, high = data.value_range or (0.0, 1.0)
    # Half a level is what a mean of discrete data may be off by.
    slack = 0.5 * (high - low) / (data.levels - 1) if data.levels else 1e-4
    for exercise, moved in each_state(subject, subject.home):
        outputs = np.repeat(exercise.inputs(1)["outputs"], DRAWS, axis=0)
        tensor = ops.convert_to_tensor(outputs)
        drawn = array(exercise.object.sample(tensor, 3))
        mean = array(exercise.object.mean(tensor))[0]
        error = drawn.std(axis=0, ddof=1) / math.sqrt(len(drawn))
        gap = np.abs(drawn.mean(axis=0) - mean)
        sound = np.all(gap < SIGMAS * error + slack)
        owe(sound, f"they differ by up to {gap.max():.4f}{moved}")


@law("mean-is-in-range", "mean(outputs) lies within the data's range.", "likelihood")
def mean_is_in_range(subject: Subject) -> None:
    """Reconstructions are data. Squash it with a sigmoid scaled to data.value_range."""
    for situation in subject.accepted:
        if situation.data.value_range is not None:
            low, high = situation.data.value_range
            mean = Exercise(subject, situation).numpy()["mean"]
            inside = mean.min() >= low - 1e-5 and mean.max() <= high + 1e-5
            owe(inside, f"it reaches from {mean.min():.3f} to {mean.max():.3f} ({situation.name})")


@law("a-better-fit-is-likelier", "x is likelier under its own draws' outputs.", "likelihood")
def a_better_fit_is_likelier(subject: Subject) -> None:
    """Draws from outputs are on average likelier under those outputs than under others.

    Else look for a wrong sign, or for parameters in a wrong order.
    """
    exercise = Exercise(subject, subject.home, batch=64)
    outputs = ops.convert_to_tensor(exercise.inputs()["outputs"])
    drawn = exercise.object.sample(outputs, 3)
    own = array(exercise.object.log_prob(drawn, outputs)).mean()
    other = array(exercise.object.log_prob(drawn, ops.flip(outputs, axis=0))).mean()
    owe(own > other, f"log_prob is {own:.3f} under their own outputs and {other:.3f} under others")
