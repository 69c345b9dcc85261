"""How the time of an image grows with batch, latent, image and the number of regularizers.

    python -m tests.benchmarks growth --backend tensorflow

vaereg alone. Along each axis the models differ in one thing, take turns in one process, and are
told with what the time has to do by its arithmetic.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence

from tests.benchmarks.sides.growth_cases import AXES, PAIRS, Axis, chosen
from tests.benchmarks.timing.comparison import add_options, explained_alone, rounds_of
from tests.benchmarks.timing.results import report, surroundings, table
from tests.benchmarks.timing.rounds import Timed, alternate
from tests.benchmarks.timing.trains import require_trained
from tests.benchmarks.timing.worker import Worker

MAKE = "tests.benchmarks.sides.growth_cases:growing_sides"


def main(argv: Sequence[str]) -> None:
    """Prints a table for each axis and backend."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_options(parser)
    parser.add_argument("--axis", nargs="+", choices=tuple(AXES), default=list(AXES))
    options = parser.parse_args(argv)
    found = surroundings()
    told, figures = [], []
    for backend in options.backend:
        for name in options.axis:
            sys.stderr.write(f"{name} on {backend}\n")
            axis = chosen(name, options.small)
            given = {"axis": name, "small": options.small}
            with Worker(MAKE, given, backend=backend, threads=options.threads) as worker:
                sides = alternate(
                    [(worker, case.name) for case in axis.cases],
                    rounds=rounds_of(options),
                    epochs=1,
                )
            require_trained(sides)
            told.append(f"{backend}: {axis.title}\n\n{_told(axis, sides)}\n\nDue: {axis.due}")
            times = {case: per_image(timed) for case, timed in sides.items()}
            figures.append({"backend": backend, "axis": name, "microseconds": times})
    text = "\n\n".join([*told, explained_alone(options)])
    report("growth", argv, text, figures, found)


def per_image(timed: Timed) -> float:
    """Microseconds of processor time an image, the median of the rounds."""
    return 1e6 / timed.rate


def _told(axis: Axis, sides: Mapping[str, Timed]) -> str:
    if any(case.beside for case in axis.cases):
        return _pairs(axis, sides)
    first = per_image(sides[axis.cases[0].name])
    rows = [
        (
            str(case.value),
            f"{per_image(sides[case.name]):,.1f}",
            f"{per_image(sides[case.name]) / first:.2f}",
        )
        for case in axis.cases
    ]
    return table(("value", "µs an image", "of the first"), rows, words=0)


def _pairs(axis: Axis, sides: Mapping[str, Timed]) -> str:
    """The term's own part: what a model with it takes longer than the same without."""
    rows = []
    for case in axis.cases:
        if case.beside:
            continue
        without, term = per_image(sides[case.name]), per_image(sides[f"{case.name} {PAIRS}"])
        own = term - without
        rows.append(
            (
                str(case.value),
                f"{without:,.1f}",
                f"{term:,.1f}",
                f"{own:,.1f}",
                f"{1e3 * own / case.value:,.1f}",
            )
        )
    head = ("batch size", "µs an image without", "with", "the term's", "ns an image and pair")
    return table(head, rows, words=0)


if __name__ == "__main__":
    main(sys.argv[1:])
