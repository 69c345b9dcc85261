"""Laws of posteriors: draws in order, a mode, and the density of the draws."""

from __future__ import annotations

import math

import numpy as np

from vaereg.contracts.support import REALS, SPHERE, support_of
from vaereg.testing.accepted_cases import home_case
from vaereg.testing.component_under_test import ComponentUnderTest
from vaereg.testing.densities.dense_cells import DenseCells
from vaereg.testing.densities.pareto_shape import HEAVY, pareto_shape
from vaereg.testing.harness import Harness
from vaereg.testing.law import NotHere, law, require
from vaereg.testing.laws_of.distributions import DRAWS, array, flat_case, require_mean
from vaereg.testing.moved_weights import each_state

FEWEST = 200
"""Draws that a quarter of the plane must have in its cells."""

ON_CIRCLE = 7200
"""Points on the circle at which a density is summed."""

CELL_DRAWS = 40_000
"""Draws that make the cells, and as many that are counted in them."""


@law(
    "draws-are-k-major",
    "The K draws of an example are B rows apart, and differ unless the posterior is deterministic.",
    "posterior",
)
def draws_are_k_major(component: ComponentUnderTest) -> None:
    """The engine reshapes (K·B, ...) to (K, B, ...).

    Repeat rows with ops.tile, which places copies B rows apart, not with ops.repeat.
    """
    for harness, moved in each_state(component, home_case(component)):
        given = harness.inputs()
        single = harness.told(given)(harness.features(given), samples=1, seed=1)
        both = harness.numpy()
        mean = array(single.mode)
        twice = np.concatenate([mean, mean])
        ordered = np.allclose(both["mode"], twice, atol=1e-5)
        require(ordered, f"the rows of mode are not in the order x_1 … x_B, x_1 … x_B{moved}")
        if not harness.object.deterministic:
            first, second = np.split(both["z"], 2)
            require(not np.array_equal(first, second), f"both draws of an example are equal{moved}")


@law("the-mode-ignores-the-seed", "mode does not depend on the seed.", "posterior")
def the_mode_ignores_the_seed(component: ComponentUnderTest) -> None:
    """Reconstructions start from the mode. Return the mode of q(z given x), not a draw."""
    for harness, moved in each_state(component, home_case(component)):
        first, second = (harness.numpy(seed=s)["mode"] for s in (1, 2))
        require(np.array_equal(first, second), f"mode changes with the seed{moved}")


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

    Checked with an h narrower than q or, if that mean rests on few draws (by Pareto k-hat), with
    one on the cells where draws are dense. Also after the weights have moved. If `support` is
    "sphere", h is a density on the unit circle; others are not checked. Check the
    normalising constant and the log-determinant of any transform.
    """
    undecided = ""
    for harness, moved in each_state(component, flat_case(component)):
        if harness.object.deterministic:
            return
        harness.outputs()
        support = support_of(harness.object)
        z, log_q = _drawn(harness, DRAWS, 3)
        if support == SPHERE and z.shape[1] == 2:
            off = float(np.abs(np.linalg.norm(z, axis=1) - 1.0).max())
            require(off < 1e-3, f"support is 'sphere', but |z| differs from 1 by {off:.3g}{moved}")
            weights = np.exp(_log_of_narrow_bump(z) - log_q)
            require_mean(weights, 1.0, f"the mean of h(z) / q(z) on the circle{moved}")
            continue
        if support != REALS:
            raise NotHere(f"undecided: densities on {support!r} are not integrated")
        weights = np.exp(_log_of_narrow_normal(z) - log_q)
        shape = pareto_shape(weights)
        if shape < HEAVY:
            require_mean(weights, 1.0, f"the mean of h(z) / q(z){moved}")
            continue
        undecided = undecided or _require_dense_cells(harness, shape, moved)
    if undecided:
        raise NotHere(undecided)


def _drawn(harness: Harness, draws: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draws z (draws, d) of one example and their log_q (draws,), in double precision."""
    features = harness.features(harness.inputs(1))
    latent = harness.part(features, samples=draws, seed=seed)
    return array(latent.z).reshape(draws, -1), array(latent.log_q)


def _log_of_narrow_normal(z: np.ndarray) -> np.ndarray:
    """The log density at z (n, d) of a normal distribution somewhat narrower than the draws."""
    scale = 0.6 * z.std(axis=0)
    standard = (z - z.mean(axis=0)) / scale
    log_h: np.ndarray = -0.5 * (standard**2 + math.log(2 * math.pi)).sum(axis=1)
    return log_h - np.log(scale).sum()


def _log_of_narrow_bump(z: np.ndarray) -> np.ndarray:
    """The same on the unit circle: (1 + cos)^n around the mean direction of the draws (n, 2)."""
    mean = z.mean(axis=0)
    length = float(np.clip(np.linalg.norm(mean), 1e-6, 1.0 - 1e-9))
    power = 2.0 / (0.36 * -2.0 * math.log(length))  # close to the peak its variance is 2 / n
    angles = 2 * math.pi * np.arange(ON_CIRCLE) / ON_CIRCLE
    peak = power * math.log(2.0)  # so that nothing overflows
    total = np.exp(power * np.log1p(np.cos(angles)) - peak).sum() * 2 * math.pi / ON_CIRCLE
    along = np.clip(z @ mean / length, -1.0 + 1e-12, 1.0)
    log_h: np.ndarray = power * np.log1p(along) - peak - math.log(total)
    return log_h


def _require_dense_cells(harness: Harness, shape: float, moved: str) -> str:
    """The same for densities on cells with many draws; why it is undecided, or an empty string.

    h is uniform on the cells of one quarter of the plane, so a log-determinant that is wrong in
    opposite ways in two places is seen as well.
    """
    undecided = (
        f"undecided: the mean of h(z) / q(z) rests on few draws (Pareto k = {shape:.2f}, and below "
        f"{HEAVY:g} it can be trusted){moved}"
    )
    if math.prod(harness.case.latent_shape) != 2:
        return f"{undecided}; cells can be counted in two dimensions only"
    cells = DenseCells(*_drawn(harness, CELL_DRAWS, 4))
    z, log_q = _drawn(harness, CELL_DRAWS, 5)
    found = cells.quarters_of(z)
    decided = 0
    for quarter, area in enumerate(cells.areas):
        inside = found == quarter
        if area <= 0 or inside.sum() < FEWEST or pareto_shape(np.exp(-log_q[inside])) >= HEAVY:
            continue
        decided += 1
        weights = np.where(inside, np.exp(-log_q), 0.0) / area
        require_mean(weights, 1.0, f"the mean of h(z) / q(z) where draws are dense{moved}")
    return "" if decided else f"{undecided}; nor is there a cell across which q changes little"
