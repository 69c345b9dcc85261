"""Laws of priors: densities are normalised, and draws follow them.

Densities over two dimensions are summed on a grid. The moments of draws must agree with the grid
within five standard errors, so a correct component fails less than once in a million checks.
"""

from __future__ import annotations

import math
from typing import Any

import attrs
import numpy as np
from keras import ops

from vaereg.contracts.latent import Latent, log_density_by_dimension, reparameterized
from vaereg.contracts.support import REALS, SPHERE, support_of
from vaereg.contracts.tensor import Tensor
from vaereg.errors import DataError
from vaereg.model.losses.first_draw import first_draw
from vaereg.model.losses.kl_terms import closed_kl
from vaereg.testing.accepted_cases import accepted_cases, home_case
from vaereg.testing.cases import Case
from vaereg.testing.component_under_test import ComponentUnderTest
from vaereg.testing.harness import Harness
from vaereg.testing.law import NotHere, law, require
from vaereg.testing.moved_weights import each_state
from vaereg.wording import first_lines

DRAWS = 4000
PRIOR_DRAWS = 16_000
SIGMAS = 5.0
CIRCLE = 7200
"""How many points of the unit circle a density is summed over."""

GRID = np.linspace(-12.0, 12.0, 241, dtype=np.float64)
FAR_GRID = np.sinh(np.linspace(-6.0, 6.0, 401, dtype=np.float64))
"""From -200 to 200, dense in the middle: for densities with long tails or narrow peaks."""

MOST_LOST = 0.01
"""How far from 1 the sum of a density over a plane may be."""

WELL_SUMMED = 1e-3
"""If the sum on the near grid is this close to 1, the far grid is not tried."""


def plane_case(component: ComponentUnderTest) -> Case:
    """A case whose latent holds two values, over which a density can be integrated.

    Raises:
        NotHere: if the component takes no such latent.
    """
    for case in accepted_cases(component):
        if math.prod(case.latent_shape) == 2:
            return case
    home = home_case(component)
    small = attrs.evolve(home, latent_shape=(*(1,) * (len(home.latent_shape) - 1), 2))
    try:
        Harness(component, small).outputs()
    except (ValueError, DataError) as refusal:
        raise NotHere(
            "undecided: densities are integrated over latents of two values, which it refuses: "
            f"{first_lines(refusal)}"
        ) from refusal
    return small


def flat_case(component: ComponentUnderTest) -> Case:
    """A case with two latent dimensions, which a grid can cover; else the first accepted one."""
    try:
        return plane_case(component)
    except NotHere:
        return home_case(component)


def array(value: Tensor) -> np.ndarray:
    """A tensor in double precision."""
    return np.asarray(ops.convert_to_numpy(value), dtype=np.float64)


class Surface:
    """A density over latents of two values, summed over points of a plane or of the unit circle.

    Args:
        harness: the prior whose density is summed.
        z: the points (n, 2).
        area: of the plane around each point, or the length of the circle, (n,).

    Attributes:
        z: the points (n, 2) float32.
        log_density: log p(z) at each point, (n,) float64.
        chance: p(z) times the area around each point, (n,) float64.
        total: the sum of `chance`.
    """

    def __init__(self, harness: Harness, z: np.ndarray, area: np.ndarray) -> None:
        self.z = z.astype(np.float32)
        points = ops.convert_to_tensor(self.z.reshape(-1, *harness.case.latent_shape))
        self.log_density = array(harness.part.log_prob(points))
        self.chance = np.exp(self.log_density) * area
        self.total = float(self.chance.sum())


def _plane(harness: Harness, grid: np.ndarray) -> Surface:
    z = np.stack(np.meshgrid(grid, grid), axis=-1).reshape(-1, 2)
    return Surface(harness, z, np.outer(np.gradient(grid), np.gradient(grid)).ravel())


def surface_of(harness: Harness) -> Surface | None:
    """The density of a prior over its support; None if that is neither a plane nor a circle.

    A plane is summed on the near grid or, if the sum is not close to 1, on the better of the two.
    """
    support = support_of(harness.object)
    if support == SPHERE:
        angles = 2 * math.pi * np.arange(CIRCLE) / CIRCLE
        z = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
        return Surface(harness, z, np.full(CIRCLE, 2 * math.pi / CIRCLE))
    if support != REALS:
        return None
    near = _plane(harness, GRID)
    if abs(near.total - 1.0) < WELL_SUMMED:
        return near
    return min((near, _plane(harness, FAR_GRID)), key=lambda each: abs(each.total - 1.0))


def _bound(harness: Harness) -> bool:
    """Whether the prior's log_prob is a bound; laws of bounds hold then."""
    return bool(getattr(harness.object, "bound", False))


def require_mean(drawn: np.ndarray, wanted: np.ndarray | float, what: str) -> None:
    """The mean of draws (n, ...) must lie within five standard errors of the wanted value."""
    error = drawn.std(axis=0, ddof=1) / math.sqrt(len(drawn)) + 1e-4  # + rounding in float32
    gap = np.abs(drawn.mean(axis=0) - wanted)
    worst = float(np.max(gap / error))
    require(worst < SIGMAS, f"{what}: {drawn.mean(axis=0)} instead of {wanted}, {worst:.1f} sigma")


@law("density-integrates-to-1", "exp(log_prob) integrates to 1.", "prior")
def density_integrates_to_1(component: ComponentUnderTest) -> None:
    """Otherwise bounds on log p(x) mean nothing.

    Summed over a plane of latents, or over the unit circle if the prior's `support` is "sphere", at
    the initial weights and after they have moved. A prior with `bound = True` integrates to at most
    1; other supports are not summed. Check the normalising constant, and the sign and terms of any
    log-determinant.
    """
    for harness, moved in each_state(component, plane_case(component)):
        surface = surface_of(harness)
        if surface is None:
            return
        total = surface.total
        sound = total - 1.0 < MOST_LOST if _bound(harness) else abs(total - 1.0) < MOST_LOST
        require(sound, f"it integrates to {total:.4f}{moved}")


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
    for harness, moved in each_state(component, plane_case(component)):
        prior, plane = harness.part, surface_of(harness)
        if plane is None or _bound(harness):
            return
        drawn = prior.sample(PRIOR_DRAWS, 3)
        statistics = _moments(array(drawn).reshape(-1, 2), array(prior.log_prob(drawn)))
        wanted = plane.chance @ _moments(plane.z.astype(np.float64), plane.log_density)
        require_mean(statistics, wanted / plane.total, f"mean of z, z z' and log p(z){moved}")


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
    """Checked for three Gaussian posteriors and for one that gives no log_var.

    Where `goes_with` names posteriors, for one of them. Also after the weights have moved. A prior
    without `kl`, or whose `kl` returns None or raises NotImplementedError, keeps this law; it must
    not fail otherwise. Check factors of one half and the direction of the KL divergence.
    """
    for harness, moved in each_state(component, flat_case(component)):
        if not hasattr(harness.object, "kl") or _bound(harness):
            return
        if harness.encoding is not None:
            _require_kl_of_companion(harness, moved)
            continue
        if support_of(harness.object) != REALS:
            return  # no Gaussian posterior goes with it
        rng = np.random.default_rng(4)
        for seed in range(3):
            shape = (1, *harness.case.latent_shape)
            mean, log_var = rng.normal(size=shape), rng.normal(size=shape) - 0.5
            eps = np.random.default_rng(seed).normal(size=(DRAWS, *shape[1:]))
            _require_kl(harness.part, mean, log_var, eps, moved)
        _require_kl_of_laplace(harness, rng, moved)


def _require_kl_of_companion(harness: Harness, moved: str) -> None:
    """Compares kl with draws of the posterior with which the prior works, for three examples."""
    if harness.encoding is None:
        return
    for seed in range(3):
        features = harness.features(harness.inputs(1, seed))
        drawn = harness.encoding.draw(features, DRAWS, seed)
        closed = closed_kl(first_draw(drawn, DRAWS), harness.part)
        if closed is None or drawn.log_q is None:
            return
        groups = array(closed)
        require(np.all(groups >= -1e-5), f"a group's kl is {groups.min():.3g}{moved}")
        ratio = array(drawn.log_q) - array(harness.part.log_prob(drawn.z))
        what = f"the mean of log q - log p against kl, for draws of its posterior{moved}"
        require_mean(ratio, float(groups.sum()), what)


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
    log_p = array(prior.log_prob(ops.convert_to_tensor(z)))
    q = (ops.convert_to_tensor(each.astype(np.float32)) for each in (mean, mean, log_var))
    closed = closed_kl(Latent(*q), prior)
    if closed is None:
        return
    groups = array(closed)
    require(np.all(groups >= -1e-5), f"a group's kl is {groups.min():.3g}{moved}")
    require_mean(log_q - log_p, float(groups.sum()), f"the mean of log q - log p against kl{moved}")


def _require_kl_of_laplace(harness: Harness, rng: np.random.Generator, moved: str) -> None:
    """The same for draws of a Laplace distribution, whose latent has no log_var."""
    shape = (1, *harness.case.latent_shape)
    mode, noise = rng.normal(size=shape), rng.laplace(size=(DRAWS, *shape[1:]))
    z = (mode + noise).astype(np.float32)
    log_q = -(np.abs(noise) + math.log(2.0)).reshape(DRAWS, -1).sum(axis=1)
    known = (each.astype(np.float32) for each in (z[:1], mode, log_q[:1]))
    z_1, mode_1, log_q_1 = map(ops.convert_to_tensor, known)
    closed = closed_kl(Latent(z_1, mode_1, log_q=log_q_1), harness.part)
    if closed is not None:
        log_p = array(harness.part.log_prob(ops.convert_to_tensor(z)))
        what = f"the mean of log q - log p against kl, for a q without log_var{moved}"
        require_mean(log_q - log_p, float(array(closed).sum()), what)
