"""Laws of the distributions of latents: densities are normalised, and draws follow them.

Densities over two dimensions are summed on a grid; draws are compared with it by moments, within
five standard errors, so that a sound component fails less than once in a million checks.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from keras import ops

from vaereg.contracts.latent import Latent
from vaereg.testing.accepted_cases import accepted_cases, home_case
from vaereg.testing.cases import Case
from vaereg.testing.component_under_test import ComponentUnderTest
from vaereg.testing.harness import Harness
from vaereg.testing.law import law, require
from vaereg.testing.moved_weights import each_state

DRAWS = 4000
PRIOR_DRAWS = 16_000
SIGMAS = 5.0
GRID = np.linspace(-12.0, 12.0, 241, dtype=np.float64)
FAR_GRID = np.sinh(np.linspace(-6.0, 6.0, 401, dtype=np.float64))
"""From -200 to 200 and close together in the middle, for what bends far or stands steep."""

MOST_LOST = 0.01
"""How far from 1 the sum of a density over a plane may be."""

WELL_SUMMED = 1e-3
"""How near to 1 it is where nobody need look farther."""


def _flat_case(component: ComponentUnderTest) -> Case:
    """A case with a latent of two dimensions, which a grid can cover."""
    for case in accepted_cases(component):
        if case.latent_shape == (2,):
            return case
    return home_case(component)


def _array(value: Any) -> np.ndarray:
    return np.asarray(ops.convert_to_numpy(value), dtype=np.float64)


class _Plane:
    """A density over two dimensions, summed on a grid.

    Args:
        prior: whose density.
        grid: the places along each axis, in ascending order.

    Attributes:
        z: the points (n, 2) float32.
        log_density: log p(z) at each, (n,) float64.
        chance: p(z) times the area around each, (n,) float64.
        total: their sum.
    """

    def __init__(self, prior: Any, grid: np.ndarray) -> None:
        self.z = np.stack(np.meshgrid(grid, grid), axis=-1).reshape(-1, 2).astype(np.float32)
        self.log_density = _array(prior.log_prob(ops.convert_to_tensor(self.z)))
        area = np.outer(np.gradient(grid), np.gradient(grid)).ravel()
        self.chance = np.exp(self.log_density) * area
        self.total = float(self.chance.sum())


def _plane_of(prior: Any) -> _Plane:
    """The density on the grid that holds it best; the far one only if the near one may not do."""
    near = _Plane(prior, GRID)
    if abs(near.total - 1.0) < WELL_SUMMED:
        return near
    return min((near, _Plane(prior, FAR_GRID)), key=lambda each: abs(each.total - 1.0))


def _near(drawn: np.ndarray, wanted: np.ndarray | float, what: str) -> None:
    """The mean of draws (n, ...) must lie within five standard errors of what is wanted."""
    error = drawn.std(axis=0, ddof=1) / math.sqrt(len(drawn)) + 1e-4  # + rounding in float32
    gap = np.abs(drawn.mean(axis=0) - wanted)
    worst = float(np.max(gap / error))
    require(worst < SIGMAS, f"{what}: {drawn.mean(axis=0)} instead of {wanted}, {worst:.1f} sigma")


@law("density-integrates-to-1", "exp(log_prob) integrates to 1.", "prior")
def density_integrates_to_1(component: ComponentUnderTest) -> None:
    """Summed over a plane of latents, at the first weights and once they have moved.

    Else bounds on log p(x) mean nothing. Look for the normalising constant, and for the sign and
    the terms of a log-determinant.
    """
    for harness, moved in each_state(component, _flat_case(component)):
        total = _plane_of(harness.object).total
        require(abs(total - 1.0) < MOST_LOST, f"it integrates to {total:.4f}{moved}")


@law("draws-follow-the-density", "The moments of draws are those of the density.", "prior")
def draws_follow_the_density(component: ComponentUnderTest) -> None:
    """Means, products and log densities of 16,000 draws against the grid.

    At the first weights and once they have moved: the model learns log_prob and is sampled by
    sample, so one must undo the other, step by step and in the opposite order.
    """
    for harness, moved in each_state(component, _flat_case(component)):
        prior = harness.object
        plane = _plane_of(prior)
        drawn = prior.sample(PRIOR_DRAWS, 3)
        statistics = _moments(_array(drawn), _array(prior.log_prob(drawn)))
        wanted = plane.chance @ _moments(plane.z.astype(np.float64), plane.log_density)
        _near(statistics, wanted / plane.total, f"mean of z, z z' and log p(z){moved}")


def _moments(z: np.ndarray, log_density: np.ndarray) -> np.ndarray:
    first, second = z[:, 0], z[:, 1]
    # The clip keeps far corners of the grid, whose chance is 0, from being 0 times infinity.
    columns = [first, second, first**2, second**2, first * second, np.clip(log_density, -60, None)]
    return np.stack(columns, axis=1)


@law(
    "kl-is-what-samples-say",
    "A closed-form kl is >= 0 and equals the mean of log q(z) - log p(z).",
    "prior",
)
def kl_is_what_samples_say(component: ComponentUnderTest) -> None:
    """For three different posteriors, at the first weights and once they have moved.

    A prior without a closed form has nothing to show. Look for factors of one half and for the
    direction of the divergence.
    """
    for harness, moved in each_state(component, _flat_case(component)):
        if not hasattr(harness.object, "kl"):
            return
        rng = np.random.default_rng(4)
        for seed in range(3):
            shape = (1, *harness.case.latent_shape)
            mean, log_var = rng.normal(size=shape), rng.normal(size=shape) - 0.5
            eps = np.random.default_rng(seed).normal(size=(DRAWS, *shape[1:]))
            _require_kl(harness.object, mean, log_var, eps, moved)


def _require_kl(
    prior: Any, mean: np.ndarray, log_var: np.ndarray, eps: np.ndarray, moved: str
) -> None:
    """Holds kl against draws mean + exp(log_var / 2) eps of one posterior, (1, *latent)."""
    z = mean + np.exp(0.5 * log_var) * eps
    per_dim = -0.5 * (math.log(2 * math.pi) + log_var + eps**2)
    log_q = per_dim.reshape(len(eps), -1).sum(axis=1)
    log_p = _array(prior.log_prob(ops.convert_to_tensor(z.astype(np.float32))))
    q = (ops.convert_to_tensor(each.astype(np.float32)) for each in (mean, mean, log_var))
    groups = _array(prior.kl(Latent(*q)))
    require(np.all(groups >= -1e-5), f"a group's kl is {groups.min():.3g}{moved}")
    _near(log_q - log_p, float(groups.sum()), f"the mean of log q - log p, and kl{moved}")


@law(
    "draws-are-k-major",
    "The K draws of an example stand B apart, and are different unless it is deterministic.",
    "posterior",
)
def draws_are_k_major(component: ComponentUnderTest) -> None:
    """The engine reshapes (K·B, ...) to (K, B, ...).

    Repeat with ops.tile, whose copies stand B apart, not with ops.repeat.
    """
    harness = Harness(component, home_case(component))
    single = harness.object(ops.convert_to_tensor(harness.inputs()["features"]), samples=1, seed=1)
    both = harness.numpy()
    mean = _array(single.mode)
    twice = np.concatenate([mean, mean])
    require(np.allclose(both["mode"], twice, atol=1e-5), "mode is not that of x_1 … x_B, x_1 … x_B")
    if not harness.object.deterministic:
        first, second = np.split(both["z"], 2)
        require(not np.array_equal(first, second), "both draws of an example are the same")


@law("the-mode-ignores-the-seed", "mode does not depend on the seed.", "posterior")
def the_mode_ignores_the_seed(component: ComponentUnderTest) -> None:
    """Reconstructions are made from it. Give the mode, not the draw."""
    harness = Harness(component, home_case(component))
    first, second = (harness.numpy(seed=s)["mode"] for s in (1, 2))
    require(np.array_equal(first, second), "mode changes with the seed")


@law(
    "determinism-is-told",
    "deterministic means that z is mode and there is no log_q; else there is one.",
    "posterior",
)
def determinism_is_told(component: ComponentUnderTest) -> None:
    """The engine leaves the KL out where q is a point.

    Set `deterministic` on the class to what is so, and give log_q only where there is a density.
    """
    harness = Harness(component, home_case(component))
    found = harness.numpy()
    if harness.object.deterministic:
        require("log_q" not in found, "it is deterministic and has a log_q")
        require(np.array_equal(found["z"], found["mode"]), "it is deterministic and z is not mode")
    else:
        require("log_q" in found, "it is not deterministic and log_q is None")


@law("log-q-is-the-density-of-z", "log_q is the normalised log density of z.", "posterior")
def log_q_is_the_density_of_z(component: ComponentUnderTest) -> None:
    """For any density h, the mean of h(z) / q(z) over draws z is 1; here h is narrower than q.

    At the first weights and once they have moved. Look for the constant of the density and for the
    log-determinant of a transform.
    """
    for harness, moved in each_state(component, _flat_case(component)):
        if harness.object.deterministic:
            return
        harness.outputs()
        features = ops.convert_to_tensor(harness.inputs(1)["features"])
        latent = harness.object(features, samples=DRAWS, seed=3)
        z, log_q = _array(latent.z).reshape(DRAWS, -1), _array(latent.log_q)
        scale = 0.6 * z.std(axis=0)
        standard = (z - z.mean(axis=0)) / scale
        log_h = -0.5 * (standard**2 + math.log(2 * math.pi)).sum(axis=1) - np.log(scale).sum()
        _near(np.exp(log_h - log_q), 1.0, f"the mean of h(z) / q(z){moved}")
