"""Laws of likelihoods: densities are normalised, draws follow them, and nothing overflows.

Densities of a single value are integrated (see `one_value`). Draws are compared with them by a
Kolmogorov-Smirnov test, which a correct component fails once in ten thousand checks.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from keras import ops

from vaereg.contracts.likelihood import log_density_of
from vaereg.contracts.tensor import Tensor
from vaereg.errors import DataError
from vaereg.testing.accepted_cases import accepted_cases, home_case
from vaereg.testing.cases import Case, doubled
from vaereg.testing.component_under_test import ComponentUnderTest
from vaereg.testing.densities.one_value import OneValue, single_values
from vaereg.testing.harness import Harness
from vaereg.testing.law import NotHere, law, require
from vaereg.testing.laws_of.gradients import input_gradient
from vaereg.testing.moved_weights import each_state

DRAWS = 2000
SIGMAS = 5.0

MANY_DRAWS = 8000
FALSE_ALARM = 1e-4
"""The probability that draws of a correct likelihood fail the test; seeds are fixed."""

WELL_SUMMED = 3e-3
"""How far from 1 an integral may be."""

MOST_OVER = 0.02
"""How far above 1 the integral of a bound may be."""

OUTPUTS = (0.0, 0.4, -0.4)
"""Constant outputs at which a density is integrated, in addition to random ones."""

EXTREMES = (0.0, 30.0, -30.0)
"""Outputs that must give finite numbers: a decoder may start at 0, and training may push it far."""

MOST_OFF = 0.4
"""How far log_prob of a doubled example may be from the sum over its halves, as a share of it.

With an average it is off by a half; with dependent dimensions by less."""


def array(value: Tensor) -> np.ndarray:
    """A tensor in double precision."""
    return np.asarray(ops.convert_to_numpy(value), dtype=np.float64)


def single_value_harnesses(component: ComponentUnderTest) -> Iterator[tuple[Case, Harness, str]]:
    """Each case of one value that the likelihood is meant for, at initial and at moved weights.

    Raises:
        NotHere: if the likelihood accepts no data of a single value.
    """
    taken, refused = False, ""
    for case in single_values(component.offer.component.for_data):
        try:
            component.build(case)
        except (ValueError, DataError) as refusal:
            refused = str(refusal)
            continue
        taken = True
        if not _is_for(component, case):
            continue
        for harness, moved in each_state(component, case):
            yield case, harness, moved
    if not taken:
        raise NotHere(f"it accepts no data of a single value: {refused}")


def _is_for(component: ComponentUnderTest, case: Case) -> bool:
    """Whether the component's tags `discrete` and `binary` allow the levels of this case."""
    tags, levels = component.offer.component.tags, case.data.levels
    if "binary" in tags:
        return levels == 2
    return "discrete" not in tags or bool(levels)


def outputs_of(harness: Harness) -> Iterator[np.ndarray]:
    """Decoder outputs (1, ..., channels) at which densities are checked."""
    drawn = [harness.inputs(1, seed=seed)["outputs"] for seed in (0, 1)]
    yield from drawn
    for value in OUTPUTS:
        yield np.full_like(drawn[0], value)


@law(
    "likelihood-is-normalised",
    "exp(log_prob) integrates to 1, or sums to 1 over the levels of discrete data.",
    "likelihood",
)
def likelihood_is_normalised(component: ComponentUnderTest) -> None:
    """Otherwise ELBOs of different likelihoods cannot be compared.

    Checked for one value: unbounded, in [0, 1], [-1, 1] or [0, 255], and on 2 and 256 levels. Check
    the constant and the term log(high - low). A likelihood that gives probabilities of levels needs
    the tag `discrete` or `binary`. A likelihood with `exact = False` integrates to at most 1.
    """
    for case, harness, moved in single_value_harnesses(component):
        for outputs in outputs_of(harness):
            seen = OneValue(harness, outputs)
            exact = getattr(harness.object, "exact", True)
            sound = seen.sound(WELL_SUMMED) if exact else seen.at_most_one(MOST_OVER)
            require(sound, f"{seen.description}{moved} ({case.name})")


@law(
    "likelihood-draws-follow-the-density",
    "Draws of one value follow the distribution exp(log_prob).",
    "likelihood",
)
def likelihood_draws_follow_the_density(component: ComponentUnderTest) -> None:
    """Samples show what the model learned only if sample and log_prob define one distribution.

    8,000 draws are compared with the integrated density (Kolmogorov-Smirnov), at initial and at
    moved weights. Check the scale of the noise, and whether draws are clipped but the density is
    not.
    """
    bound = math.sqrt(-math.log(FALSE_ALARM / 2) / (2 * MANY_DRAWS))
    for case, harness, moved in single_value_harnesses(component):
        for outputs in list(outputs_of(harness))[:3]:
            seen = OneValue(harness, outputs)
            if not getattr(harness.object, "exact", True):
                return  # the density is not known; another law compares draws with the bound
            if not seen.sound(WELL_SUMMED):
                continue  # no distribution to follow; another law reports it
            many = ops.convert_to_tensor(np.repeat(outputs, MANY_DRAWS, axis=0))
            drawn = array(harness.part.sample(many, 3)).ravel()
            if seen.discrete:
                off = np.abs(drawn[:, None] - seen.levels[None]).min(axis=1).max()
                require(off < 1e-3, f"a draw is {off:.3g} from the nearest level ({case.name})")
            gap, at = seen.gap(drawn)
            found = (
                f"the share of draws up to {at:.4g} differs from the density's by "
                f"{100 * gap:+.1f} percentage points; draws have mean {drawn.mean():.4g} and "
                f"standard deviation {drawn.std():.4g}, the density has {seen.mean:.4g} and "
                f"{seen.deviation:.4g}{moved} ({case.name})"
            )
            require(abs(gap) < bound, found)


@law(
    "log-prob-sums-over-dimensions",
    "log_prob is summed over dimensions, not averaged.",
    "likelihood",
)
def log_prob_sums_over_dimensions(component: ComponentUnderTest) -> None:
    """An average weights the reconstruction too little against the KL divergence.

    Two examples joined into one of twice the size must have about the sum of their log_prob. Use
    ops.sum over every axis except the first. Checked only if both sizes have weights of equal
    shapes.
    """
    for case in _one_per_form(component):
        for axis in {0, len(case.data.shape) - 1}:  # height, time or columns; and channels
            wide = doubled(case, axis)
            try:
                small, large = Harness(component, case), Harness(component, wide)
                if not _equal_weights(small, large):
                    continue
            except (ValueError, DataError):
                continue  # it does not accept twice the size
            halves, whole = _halves_and_whole(small, large, axis)
            gap = abs(whole.mean() - halves.sum(axis=0).mean())
            allowed = MOST_OFF * np.abs(halves).sum(axis=0).mean() + 1e-3
            found = (
                f"log_prob of a doubled example is {whole.mean():.4g}; its halves have "
                f"{halves[0].mean():.4g} and {halves[1].mean():.4g} ({case.name}, axis {axis})"
            )
            require(gap <= allowed, found)


def _one_per_form(component: ComponentUnderTest) -> list[Case]:
    """The first case of each form of data, because JAX needs seconds for each new shape."""
    found: dict[str, Case] = {}
    for each in accepted_cases(component):
        found.setdefault(each.data.form, each)
    return list(found.values())


def _equal_weights(small: Harness, large: Harness) -> bool:
    """Copies the weights of the small object to the large one; False if their shapes differ."""
    pairs = list(zip(small.variables(), large.variables(), strict=False))
    if len(small.variables()) != len(large.variables()):
        return False
    if any(tuple(one.shape) != tuple(other.shape) for one, other in pairs):
        return False
    for one, other in pairs:
        other.assign(one.value)
    return True


def _halves_and_whole(small: Harness, large: Harness, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """log_prob of two batches (2, B), and of both joined along an axis (B,)."""
    given = [small.inputs(seed=seed) for seed in (0, 1)]
    count = small.batch
    last = axis == len(small.case.data.shape) - 1
    if last:  # the meaning of outputs along this axis is unknown, so use one value per example
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


def _log_prob(harness: Harness, x: np.ndarray, outputs: np.ndarray) -> np.ndarray:
    tensors = (ops.convert_to_tensor(np.array(each, np.float32)) for each in (x, outputs))
    return array(log_density_of(harness.part, *tensors, seed=0))


@law(
    "extreme-outputs-are-finite",
    "At outputs of 0 and ±30, log_prob, its gradient, the mean and draws are finite.",
    "likelihood",
)
def extreme_outputs_are_finite(component: ComponentUnderTest) -> None:
    """A decoder may start at exactly 0, and one large step may push it far away.

    Use a series where a quotient is 0 / 0, keep both branches of ops.where finite, and use
    softplus or log1p instead of the logarithm of an exponential.
    """
    for case in _one_per_form(component):
        harness = Harness(component, case)
        for value in EXTREMES:
            given = harness.inputs()
            given["outputs"] = np.full_like(given["outputs"], value)
            for name, found in harness.numpy(given).items():
                finite = np.isfinite(found).all()
                require(finite, f"{name} is not finite at outputs of {value:g} ({case.name})")
            if case == home_case(component):
                slope = input_gradient(harness, "outputs", ("log_prob",), given=given)
                finite = np.isfinite(slope).all()
                require(finite, f"the gradient is not finite at outputs of {value:g}")


@law("mean-is-the-expectation", "mean(outputs) is the mean of draws.", "likelihood")
def mean_is_the_expectation(component: ComponentUnderTest) -> None:
    """Reconstructions show the mean, so it must be the mean of the learned distribution.

    Checked at the initial weights and after they have moved. Make sure that mean and sample read
    the same parameters from the outputs.
    """
    data = home_case(component).data
    low, high = data.value_range or (0.0, 1.0)
    # The mean of discrete data may be off by half a level.
    slack = 0.5 * (high - low) / (data.levels - 1) if data.levels else 1e-4
    for harness, moved in each_state(component, home_case(component)):
        outputs = np.repeat(harness.inputs(1)["outputs"], DRAWS, axis=0)
        tensor = ops.convert_to_tensor(outputs)
        drawn = array(harness.part.sample(tensor, 3))
        mean = array(harness.part.mean(tensor))[0]
        error = drawn.std(axis=0, ddof=1) / math.sqrt(len(drawn))
        gap = np.abs(drawn.mean(axis=0) - mean)
        sound = np.all(gap < SIGMAS * error + slack)
        require(sound, f"mean(outputs) and the mean of draws differ by {gap.max():.4f}{moved}")


@law("mean-is-in-range", "mean(outputs) lies within the data's range.", "likelihood")
def mean_is_in_range(component: ComponentUnderTest) -> None:
    """Reconstructions must be valid data. Use a sigmoid scaled to data.value_range."""
    for case in accepted_cases(component):
        if case.data.value_range is not None:
            low, high = case.data.value_range
            mean = Harness(component, case).numpy()["mean"]
            inside = mean.min() >= low - 1e-5 and mean.max() <= high + 1e-5
            found = f"the mean ranges from {mean.min():.3f} to {mean.max():.3f}"
            require(inside, f"{found} ({case.name})")


@law(
    "what-is-shown-is-data",
    "draws is a bool, if there; if it is true, draws lie within the data's range.",
    "likelihood",
)
def what_is_shown_is_data(component: ComponentUnderTest) -> None:
    """With draws = True, samples and reconstructions are draws instead of means.

    A likelihood whose draws leave the range, such as a normal distribution, shows its mean. Leave
    `draws` out, or let `sample` draw valid data.
    """
    for case in accepted_cases(component):
        harness = Harness(component, case)
        draws = getattr(harness.object, "draws", False)
        require(isinstance(draws, bool), f"draws = {draws!r}")
        if not draws or case.data.value_range is None:
            continue
        low, high = case.data.value_range
        drawn = harness.numpy(harness.inputs(64))["sample"]
        inside = drawn.min() >= low - 1e-5 and drawn.max() <= high + 1e-5
        found = f"draws range from {drawn.min():.3f} to {drawn.max():.3f}"
        require(inside, f"draws is true, and {found} ({case.name})")


@law(
    "a-better-fit-is-likelier",
    "Draws are likelier under the outputs they were drawn from than under other outputs.",
    "likelihood",
)
def a_better_fit_is_likelier(component: ComponentUnderTest) -> None:
    """Compared on average over 64 draws.

    If the law is broken, look for a wrong sign, or for parameters in the wrong order.
    """
    own, other, moved = 0.0, 0.0, ""
    for harness, moved in each_state(component, home_case(component), batch=64):  # noqa: B007
        outputs = ops.convert_to_tensor(harness.inputs()["outputs"])
        drawn = harness.part.sample(outputs, 3)
        own = array(log_density_of(harness.part, drawn, outputs, seed=0)).mean()
        other = array(log_density_of(harness.part, drawn, ops.flip(outputs, axis=0), seed=0)).mean()
        if own != other:
            break  # equal where a likelihood with weights ignores its outputs at first
    found = f"log_prob of draws is {own:.3f} under their own outputs and {other:.3f} under others"
    require(own > other, f"{found}{moved}")
