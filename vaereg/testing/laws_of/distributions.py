"""Laws of priors and posteriors: densities are normalised, and draws follow them.

Densities over two dimensions are summed on a grid. The moments of draws must agree with the grid
within five standard errors, so a correct component fails less than once in a million checks.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from keras import ops

from vaereg.contracts.latent import Latent, log_density_by_dimension, reparameterized
from vaereg.contracts.prior import Prior
from vaereg.contracts.tensor import Tensor
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
"""From -200 to 200, dense in the middle: for densities with long tails or narrow peaks."""

MOST_LOST = 0.01
"""How far from 1 the sum of a density over a plane may be."""

WELL_SUMMED = 1e-3
"""If the sum on the near grid is this close to 1, the far grid is not tried."""


def _flat_case(component: ComponentUnderTest) -> Case:
    """A case with two latent dimensions, which a grid can cover."""
    for case in accepted_cases(component):
        if case.latent_shape == (2,):
            return case
    return home_case(component)


def _array(value: Tensor) -> np.ndarray:
    return np.asarray(ops.convert_to_numpy(value), dtype=np.float64)


class _Plane:
    """A density over two dimensions, summed on a grid.

    Args:
        prior: the prior whose density is summed.
        grid: coordinates along each axis, in ascending order.

    Attributes:
        z: the points (n, 2) float32.
        log_density: log p(z) at each point, (n,) float64.
        chance: p(z) times the area around each point, (n,) float64.
        total: the sum of `chance`.
    """

    def __init__(self, prior: Prior, grid: np.ndarray) -> None:
        self.z = np.stack(np.meshgrid(grid, grid), axis=-1).reshape(-1, 2).astype(np.float32)
        self.log_density = _array(prior.log_prob(ops.convert_to_tensor(self.z)))
        area = np.outer(np.gradient(grid), np.gradient(grid)).ravel()
        self.chance = np.exp(self.log_density) * area
        self.total = float(self.chance.sum())


def _plane_of(prior: Prior) -> _Plane:
    """The density on the near grid or, if its sum is not close to 1, on the better of the two."""
    near = _Plane(prior, GRID)
    if abs(near.total - 1.0) < WELL_SUMMED:
        return near
    return min((near, _Plane(prior, FAR_GRID)), key=lambda each: abs(each.total - 1.0))


def _require_mean(drawn: np.ndarray, wanted: np.ndarray | float, what: str) -> None:
    """The mean of draws (n, ...) must lie within five standard errors of the wanted value."""
    error = drawn.std(axis=0, ddof=1) / math.sqrt(len(drawn)) + 1e-4  # + rounding in float32
    gap = np.abs(drawn.mean(axis=0) - wanted)
    worst = float(np.max(gap / error))
    require(worst < SIGMAS, f"{what}: {drawn.mean(axis=0)} instead of {wanted}, {worst:.1f} sigma")


@law("density-integrates-to-1", "exp(log_prob) integrates to 1.", "prior")
def density_integrates_to_1(component: ComponentUnderTest) -> None:
    """Otherwise bounds on log p(x) mean nothing.

    Summed over a plane of latents, at the initial weights and after they have moved. Check the
    normalising constant, and the sign and terms of any log-determinant.
    """
    for harness, moved in each_state(component, _flat_case(component)):
        total = _plane_of(harness.part).total
        require(abs(total - 1.0) < MOST_LOST, f"it integrates to {total:.4f}{moved}")


@law(
    "draws-follow-the-density",
    "Draws have the moments of the density exp(log_prob).",
    "prior",
)
def draws_follow_the_density(component: ComponentUnderTest) -> None:
    """Training uses log_prob and sampling uses sample, so both must define one distribution.

    Moments and log densities of 16,000 draws are compared with sums on a grid, at the initial
    weights and after they have moved. In a flow, sample must invert the steps of log_prob, in
    reverse order.
    """
    for harness, moved in each_state(component, _flat_case(component)):
        prior = harness.part
        plane = _plane_of(prior)
        drawn = prior.sample(PRIOR_DRAWS, 3)
        statistics = _moments(_array(drawn), _array(prior.log_prob(drawn)))
        wanted = plane.chance @ _moments(plane.z.astype(np.float64), plane.log_density)
        _require_mean(statistics, wanted / plane.total, f"mean of z, z z' and log p(z){moved}")


def _moments(z: np.ndarray, log_density: np.ndarray) -> np.ndarray:
    first, second = z[:, 0], z[:, 1]
    # The clip keeps far corners of the grid, whose chance is 0, from being 0 times infinity.
    columns = [first, second, first**2, second**2, first * second, np.clip(log_density, -60, None)]
    return np.stack(columns, axis=1)


@law(
    "kl-is-what-samples-say",
    "A closed-form kl is >= 0 and equals the mean of log q(z) - log p(z) over draws from q.",
    "prior",
)
def kl_is_what_samples_say(component: ComponentUnderTest) -> None:
    """Checked for three posteriors, at the initial weights and after they have moved.

    A prior without `kl` keeps this law. Check factors of one half and the direction of the KL
    divergence.
    """
    for harness, moved in each_state(component, _flat_case(component)):
        if not hasattr(harness.object, "kl"):
            return
        rng = np.random.default_rng(4)
        for seed in range(3):
            shape = (1, *harness.case.latent_shape)
            mean, log_var = rng.normal(size=shape), rng.normal(size=shape) - 0.5
            eps = np.random.default_rng(seed).normal(size=(DRAWS, *shape[1:]))
            _require_kl(harness.part, mean, log_var, eps, moved)


def _require_kl(
    prior: Any,  # a Prior with the method kl
    mean: np.ndarray,
    log_var: np.ndarray,
    eps: np.ndarray,
    moved: str,
) -> None:
    """Compares kl with draws mean + exp(log_var / 2) eps of one posterior, (1, *latent)."""
    z = reparameterized(mean, log_var, eps)
    log_q = log_density_by_dimension(log_var, eps).reshape(len(eps), -1).sum(axis=1)
    log_p = _array(prior.log_prob(ops.convert_to_tensor(z)))
    q = (ops.convert_to_tensor(each.astype(np.float32)) for each in (mean, mean, log_var))
    groups = _array(prior.kl(Latent(*q)))
    require(np.all(groups >= -1e-5), f"a group's kl is {groups.min():.3g}{moved}")
    _require_mean(
        log_q - log_p, float(groups.sum()), f"the mean of log q - log p against kl{moved}"
    )


@law(
    "draws-are-k-major",
    "The K draws of an example are B rows apart, and differ unless the posterior is deterministic.",
    "posterior",
)
def draws_are_k_major(component: ComponentUnderTest) -> None:
    """The engine reshapes (K·B, ...) to (K, B, ...).

    Repeat rows with ops.tile, which places copies B rows apart, not with ops.repeat.
    """
    harness = Harness(component, home_case(component))
    given = harness.inputs()
    features = ops.convert_to_tensor(given["features"])
    single = harness.told(given)(features, samples=1, seed=1)
    both = harness.numpy()
    mean = _array(single.mode)
    twice = np.concatenate([mean, mean])
    ordered = np.allclose(both["mode"], twice, atol=1e-5)
    require(ordered, "the rows of mode are not in the order x_1 … x_B, x_1 … x_B")
    if not harness.object.deterministic:
        first, second = np.split(both["z"], 2)
        require(not np.array_equal(first, second), "both draws of an example are equal")


@law("the-mode-ignores-the-seed", "mode does not depend on the seed.", "posterior")
def the_mode_ignores_the_seed(component: ComponentUnderTest) -> None:
    """Reconstructions start from the mode. Return the mode of q(z given x), not a draw."""
    harness = Harness(component, home_case(component))
    first, second = (harness.numpy(seed=s)["mode"] for s in (1, 2))
    require(np.array_equal(first, second), "mode changes with the seed")


@law(
    "determinism-is-declared",
    "If deterministic is true, z equals mode and log_q is None; otherwise log_q is given.",
    "posterior",
)
def determinism_is_declared(component: ComponentUnderTest) -> None:
    """The engine leaves out the KL divergence if q is a point.

    Set `deterministic` on the class, and return log_q if and only if q has a density.
    """
    harness = Harness(component, home_case(component))
    found = harness.numpy()
    if harness.object.deterministic:
        require("log_q" not in found, "deterministic is true, but log_q is given")
        equal = np.array_equal(found["z"], found["mode"])
        require(equal, "deterministic is true, but z differs from mode")
    else:
        require("log_q" in found, "deterministic is false, but log_q is None")


@law("log-q-is-the-density-of-z", "log_q is the normalised log density of z.", "posterior")
def log_q_is_the_density_of_z(component: ComponentUnderTest) -> None:
    """For any density h, the mean of h(z) / q(z) over draws z from q is 1.

    Checked with an h narrower than q, at the initial weights and after they have moved. Check the
    normalising constant and the log-determinant of any transform.
    """
    for harness, moved in each_state(component, _flat_case(component)):
        if harness.object.deterministic:
            return
        harness.outputs()
        features = ops.convert_to_tensor(harness.inputs(1)["features"])
        latent = harness.part(features, samples=DRAWS, seed=3)
        z, log_q = _array(latent.z).reshape(DRAWS, -1), _array(latent.log_q)
        scale = 0.6 * z.std(axis=0)
        standard = (z - z.mean(axis=0)) / scale
        log_h = -0.5 * (standard**2 + math.log(2 * math.pi)).sum(axis=1) - np.log(scale).sum()
        _require_mean(np.exp(log_h - log_q), 1.0, f"the mean of h(z) / q(z){moved}")
