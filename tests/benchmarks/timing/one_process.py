"""vaereg and what it is compared with, taking turns in one process for each backend."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Any

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


def compare(
    name: str,
    argv: Sequence[str],
    *,
    does: str,
    make: str,
    given: Callable[[bool], dict[str, Any]],
    network: str,
    ours: str,
    within: float,
) -> None:
    """Prints the table of a benchmark whose rounds are single epochs.

    Args:
        name: of the benchmark.
        argv: its options.
        does: what `--help` says of it.
        make: "module:function" that makes the sides.
        given: what the function is given, for a small run or a whole one.
        network: as the table names it.
        ours: the name of vaereg's side.
        within: how far the losses of two sides may be apart, as a share.
    """
    parser = argparse.ArgumentParser(description=does)
    add_options(parser)
    options = parser.parse_args(argv)
    found = surroundings()
    told, figures = [], []
    for backend in options.backend:
        sys.stderr.write(f"{name} on {backend}\n")
        with Worker(make, given(options.small), backend=backend, threads=options.threads) as worker:
            sides = alternate(
                [(worker, side) for side in worker.sides], rounds=rounds_of(options), epochs=1
            )
        require_the_same(sides, within=within)
        told += rows(backend, network, sides, ours)
        measured = as_figures(sides, ours)
        figures.append({"backend": backend, "threads": options.threads, "sides": measured})
    report(name, argv, f"{table(HEAD, told, words=WORDS)}\n\n{explained(options)}", figures, found)
