"""The solvers on a flow whose path is known: Gaussian noise to Gaussian data."""

from __future__ import annotations

import numpy as np
import pytest
from vaereg_plugin_latent_models.integrate import integrate

MEAN, VARIANCE = 1.5, 0.3


def velocity(x, t):
    """E[z - e given z_t = x] for z ~ N(MEAN, VARIANCE) and e ~ N(0, 1)."""
    share = (t * VARIANCE - (1 - t)) / (t**2 * VARIANCE + (1 - t) ** 2)
    return MEAN + share * (x - t * MEAN)


def error(solver, steps):
    start = np.linspace(-3, 3, 31)
    exact = MEAN + np.sqrt(VARIANCE) * start
    return np.abs(integrate(velocity, start, steps, solver) - exact).max()


@pytest.mark.parametrize(("solver", "order"), [("euler", 1), ("heun", 2), ("midpoint", 2)])
def test_noise_arrives_at_the_data_with_the_order_of_the_solver(solver, order):
    assert error(solver, 400) < 0.02 / 10 ** (2 * (order - 1))
    ratio = error(solver, 100) / error(solver, 200)  # midpoint gains an order on this flow
    assert ratio == pytest.approx({"euler": 2, "heun": 4, "midpoint": 8}[solver], rel=0.05)
