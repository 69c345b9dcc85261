"""Laws of the first steps of training, in a tiny model that contains the component."""

from __future__ import annotations

import numpy as np

from vaereg.testing.accepted_cases import home_case
from vaereg.testing.component_under_test import ComponentUnderTest
from vaereg.testing.first_steps import STEPS, FirstSteps, first_steps
from vaereg.testing.harness import TENSOR_KINDS
from vaereg.testing.law import law, require

MINIMISING = tuple(kind for kind in TENSOR_KINDS if kind != "discriminator")
"""Where the model plays against no one, so that its loss is due to fall."""

FEW = 2
"""How many of the first and of the last steps are compared."""

REPEATED = 3
"""How many steps are made again: what differs, does so once weights and noise were used anew."""

TOLERANCE = 1e-4
"""Between two trainings, relative: devices may sum in another order."""


def _steps(component: ComponentUnderTest) -> FirstSteps:
    """The first steps, shared by three laws."""
    return component.shared("steps", lambda: first_steps(component, home_case(component)))


@law(
    "training-stays-finite",
    "In the first steps of training every term and every weight stays finite.",
    *TENSOR_KINDS,
    level="training",
)
def training_stays_finite(component: ComponentUnderTest) -> None:
    """What is finite at the start may not be once weights move.

    Look for roots and norms at 0, whose gradient is infinite, and for what grows without bound.
    """
    seen = _steps(component)
    for name, values in seen.terms.items():
        bad = np.flatnonzero(~np.isfinite(values))
        if bad.size:
            require(False, f"{name} is {values[bad[0]]} at step {bad[0]}")
    for path, values in seen.weights.items():
        require(np.isfinite(values).all(), f"{path} is not finite after {STEPS} steps")


@law(
    "training-repeats-by-seed",
    "Two trainings with the same seed go the same way.",
    *TENSOR_KINDS,
    level="training",
)
def training_repeats_by_seed(component: ComponentUnderTest) -> None:
    """Else a run can be neither repeated nor compared with one seed for both.

    Draw by the seed that you are handed, and keep no state that a checkpoint does not hold.
    """
    first, second = _steps(component), first_steps(component, home_case(component), steps=REPEATED)
    for name in first.terms:
        values = first.terms[name][:REPEATED]
        gap = np.abs(values - second.terms[name])
        allowed = TOLERANCE * (1.0 + np.abs(values))
        off = np.flatnonzero(~(gap <= allowed))
        if off.size and np.isfinite(values).all():
            at = off[0]
            require(
                False, f"{name} at step {at} is {values[at]:.6g} and {second.terms[name][at]:.6g}"
            )


@law(
    "training-lowers-the-loss",
    "The loss falls in the first steps.",
    *MINIMISING,
    level="training",
)
def training_lowers_the_loss(component: ComponentUnderTest) -> None:
    """A few steps of Adam on one batch, which any model can learn.

    Look for a gradient of the wrong sign, for noise larger than the term, and for values that
    explode once weights move.
    """
    loss = _steps(component).terms["loss"]
    start, end = float(loss[:FEW].mean()), float(loss[-FEW:].mean())
    require(end < start, f"it goes from {start:.4g} to {end:.4g}")
