"""What it costs to ask for a step: the processor time of one of a model with almost no work.

    python -m tests.benchmarks dispatch --backend tensorflow jax torch

Vectors of 8, one hidden layer of 8 on either side, a latent of 2, batches of 8. The arithmetic
takes microseconds, so what is left is the loop, the feeding and the framework's dispatch.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from tests.benchmarks.sides.made import OURS
from tests.benchmarks.sides.networks import TINY
from tests.benchmarks.timing.one_process import compare

MAKE = "tests.benchmarks.sides.made:training_sides"

STEPS = 1000
"""Of an epoch, which is a round."""

SMALL_STEPS = 100
APART = 0.2
"""How far the losses of two sides may be apart: batches of 8 differ a lot."""


def main(argv: Sequence[str]) -> None:
    """Prints the table."""
    compare(
        "dispatch",
        argv,
        does=__doc__.splitlines()[0],
        make=MAKE,
        given=lambda small: {
            "network": TINY.name,
            "steps": SMALL_STEPS if small else STEPS,
        },
        network=TINY.name,
        ours=OURS,
        within=APART,
    )


if __name__ == "__main__":
    main(sys.argv[1:])
