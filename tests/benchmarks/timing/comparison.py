"""The comparisons of vaereg with others: their options, and the rows of their tables."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence

from tests.benchmarks.timing.results import add_json
from tests.benchmarks.timing.rounds import Timed, ratio

BACKENDS = ("tensorflow", "jax", "torch")
SMALL_ROUNDS = 2

HEAD = ("backend", "network", "side", "images/s", "on the clock", "µs a step", "vaereg / side")
WORDS = 3
"""How many columns of the head hold words."""

_EXPLAINED = (
    "images/s and µs a step: of processor time, medians of the rounds. vaereg / side: vaereg's "
    "rate over that side's, the median of the rounds [least-most]."
)


_SMALL = "These rounds are too few and too short to say which side is faster. "


def explained(options: argparse.Namespace) -> str:
    """What to know of the figures of a table."""
    warning = _SMALL if options.small else ""
    return f"{warning}{options.threads} thread(s) a process. {_EXPLAINED}"


def explained_alone(options: argparse.Namespace) -> str:
    """The same where vaereg is not compared with others."""
    warning = _SMALL if options.small else ""
    return f"{warning}{options.threads} thread(s) a process. µs of processor time, medians."


def add_options(parser: argparse.ArgumentParser, backends: Sequence[str] = BACKENDS) -> None:
    """Adds the options that every comparison has."""
    parser.add_argument("--backend", nargs="+", choices=backends, default=list(backends))
    parser.add_argument("--rounds", type=int, default=7, help="that are timed (default 7)")
    parser.add_argument("--threads", type=int, default=1, help="of a process (default 1)")
    parser.add_argument(
        "--small",
        action="store_true",
        help=f"few steps and {SMALL_ROUNDS} rounds: ablates that all sides train, times nothing",
    )
    add_json(parser)


def rounds_of(options: argparse.Namespace) -> int:
    """How many rounds were asked for."""
    return SMALL_ROUNDS if options.small else options.rounds


def rows(
    backend: str, network: str, found: Mapping[str, Timed], reference: str
) -> list[tuple[str, ...]]:
    """A row of the table for each side, vaereg's as `reference` names it."""
    return [
        (
            backend,
            network,
            name,
            f"{timed.rate:,.0f}",
            f"{timed.wall_rate:,.0f}",
            f"{timed.step_microseconds:,.0f}",
            "" if name == reference else str(ratio(found[reference], timed)),
        )
        for name, timed in found.items()
    ]
