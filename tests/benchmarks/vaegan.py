"""A VAE-GAN step of vaereg beside a loop by hand with two optimizers.

    python -m tests.benchmarks vaegan --backend tensorflow jax torch

The model `vaegan` of registry.toml with a fixed weight in place of the adaptive one and without
warm-up: the convolutional VAE against a critic of patches (of vaereg-plugin-adversarial), which
compares pictures with reconstructions and with samples. On every side both players are updated
from one forward pass, in which the critic sees each image once.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from tests.benchmarks.sides.made import OURS
from tests.benchmarks.timing.comparison import (
    HEAD,
    WORDS,
    add_options,
    explained,
    rounds_of,
    rows,
)
from tests.benchmarks.timing.results import report, surroundings, table
from tests.benchmarks.timing.rounds import alternate, as_figures
from tests.benchmarks.timing.trains import require_the_same
from tests.benchmarks.timing.worker import Worker

MAKE = "tests.benchmarks.sides.made:adversarial_sides"

STEPS = 20
"""Of an epoch, which is a round."""

SMALL_STEPS = 3
APART = 0.15
"""How far the losses of two sides may be apart: two players go their ways sooner than one."""


def main(argv: Sequence[str]) -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_options(parser)
    options = parser.parse_args(argv)
    found = surroundings()
    told, figures = [], []
    for backend in options.backend:
        sys.stderr.write(f"vaegan on {backend}\n")
        given = {"steps": SMALL_STEPS if options.small else STEPS}
        with Worker(MAKE, given, backend=backend, threads=options.threads) as worker:
            sides = alternate(
                [(worker, name) for name in worker.sides], rounds=rounds_of(options), epochs=1
            )
        require_the_same(sides, within=APART)
        told += rows(backend, "vaegan", sides, OURS)
        measured = as_figures(sides, OURS)
        figures.append({"backend": backend, "threads": options.threads, "sides": measured})
    text = f"{table(HEAD, told, words=WORDS)}\n\n{explained(options)}"
    report("vaegan", argv, text, figures, found)


if __name__ == "__main__":
    main(sys.argv[1:])
