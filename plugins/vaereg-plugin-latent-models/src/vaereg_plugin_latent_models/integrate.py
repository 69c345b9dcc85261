"""Solvers of dz/dt = v(z, t) from t = 0 to t = 1."""

from __future__ import annotations

from collections.abc import Callable

import vaereg

Velocity = Callable[[vaereg.Tensor, float], vaereg.Tensor]
"""z (n, ...) and t -> v (n, ...)."""


def integrate(velocity: Velocity, start: vaereg.Tensor, steps: int, solver: str) -> vaereg.Tensor:
    """z(1) for z(0) = start, in equal steps.

    The error falls with the step as its first power for "euler", one velocity a step, and as its
    second for "heun" and "midpoint", two velocities a step.

    Args:
        velocity: the velocity at a time.
        start: (n, ...).
        steps: how many.
        solver: "euler", "heun" or "midpoint".
    """
    step, z = 1.0 / steps, start
    for index in range(steps):
        t = index * step
        first = velocity(z, t)
        if solver == "heun":
            second = velocity(z + step * first, t + step)
            z = z + 0.5 * step * (first + second)
        elif solver == "midpoint":
            z = z + step * velocity(z + 0.5 * step * first, t + 0.5 * step)
        else:
            z = z + step * first
    return z
