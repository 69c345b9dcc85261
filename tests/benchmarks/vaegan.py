"""A VAE-GAN step of vaereg beside a loop by hand with two optimizers.

    python -m tests.benchmarks vaegan --backend tensorflow jax torch

The model `vaegan` of registry.toml with a fixed weight in place of the adaptive one and without
warm-up: the convolutional VAE against a critic of patches (of vaereg-plugin-adversarial), which
compares pictures with reconstructions and with samples. On every side both players are updated
from one forward pass, in which the critic sees each image once.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from tests.benchmarks.sides.made import OURS
from tests.benchmarks.timing.one_process import compare

MAKE = "tests.benchmarks.sides.made:adversarial_sides"

STEPS = 20
"""Of an epoch, which is a round."""

SMALL_STEPS = 3
APART = 0.15
"""How far the losses of two sides may be apart: two players go their ways sooner than one."""


def main(argv: Sequence[str]) -> None:
    """Prints the table."""
    compare(
        "vaegan",
        argv,
        does=__doc__.splitlines()[0],
        make=MAKE,
        given=lambda small: {"steps": SMALL_STEPS if small else STEPS},
        network="vaegan",
        ours=OURS,
        within=APART,
    )


if __name__ == "__main__":
    main(sys.argv[1:])
