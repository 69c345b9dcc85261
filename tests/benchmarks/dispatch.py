"""What it costs to ask for a step: the processor time of one of a model with almost no work.

    python -m tests.benchmarks dispatch --backend tensorflow jax torch

Vectors of 8, one hidden layer of 8 on either side, a latent of 2, batches of 8. The arithmetic
takes microseconds, so what is left is the loop, the feeding and the framework's dispatch.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from tests.benchmarks.sides.made import OURS
from tests.benchmarks.sides.networks import TINY
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

MAKE = "tests.benchmarks.sides.made:training_sides"

STEPS = 1000
"""Of an epoch, which is a round."""

SMALL_STEPS = 100
APART = 0.2
"""How far the losses of two sides may be apart: batches of 8 differ a lot."""


def main(argv: Sequence[str]) -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_options(parser)
    options = parser.parse_args(argv)
    found = surroundings()
    told, figures = [], []
    for backend in options.backend:
        sys.stderr.write(f"dispatch on {backend}\n")
        given = {"network": TINY.name, "steps": SMALL_STEPS if options.small else STEPS}
        with Worker(MAKE, given, backend=backend, threads=options.threads) as worker:
            sides = alternate(
                [(worker, name) for name in worker.sides], rounds=rounds_of(options), epochs=1
            )
        require_the_same(sides, within=APART)
        told += rows(backend, TINY.name, sides, OURS)
        measured = as_figures(sides, OURS)
        figures.append({"backend": backend, "threads": options.threads, "sides": measured})
    text = f"{table(HEAD, told, words=WORDS)}\n\n{explained(options)}"
    report("dispatch", argv, text, figures, found)


if __name__ == "__main__":
    main(sys.argv[1:])
