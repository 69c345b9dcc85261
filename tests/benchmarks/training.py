"""Training steps of vaereg beside a loop by hand, a plain Keras `fit`, and Pythae's trainer.

    python -m tests.benchmarks training --backend tensorflow jax torch --network conv mlp

All sides begin with the same weights and train the same network with Adam on the same pictures,
in batches of 128. Those of a backend take turns in one process. Pythae, which is PyTorch, has a
process of its own, which takes turns with vaereg's processes on TensorFlow and on PyTorch.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import sys
from collections.abc import Sequence
from typing import Any

from tests.benchmarks.sides.made import OURS, PYTHAE
from tests.benchmarks.timing.comparison import (
    HEAD,
    WORDS,
    add_options,
    explained,
    rounds_of,
    rows,
)
from tests.benchmarks.timing.results import report, surroundings, table
from tests.benchmarks.timing.rounds import Timed, alternate, as_figures
from tests.benchmarks.timing.trains import require_the_same
from tests.benchmarks.timing.worker import Worker

MAKE = "tests.benchmarks.sides.made:training_sides"
AGAINST_PYTHAE = ("tensorflow", "torch")

STEPS = 40
"""Of an epoch: about the bundled pictures once."""

EPOCHS = {"conv": 2, "mlp": 10}
"""Of a round, which is one call of Keras's `fit`, so that a round takes some seconds."""

SMALL_STEPS = 2
APART = 0.1
"""How far the losses of two sides may be apart: they see the examples in orders of their own."""


def main(argv: Sequence[str]) -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_options(parser)
    parser.add_argument("--network", nargs="+", choices=tuple(EPOCHS), default=list(EPOCHS))
    parser.add_argument("--no-pythae", action="store_true", help="leave Pythae out")
    parser.add_argument("--steps", type=int, default=STEPS, help=f"of an epoch (default {STEPS})")
    parser.add_argument("--epochs", type=int, help=f"of a round (default: {EPOCHS})")
    options = parser.parse_args(argv)
    if not options.no_pythae and importlib.util.find_spec("pythae") is None:
        sys.stderr.write("pythae is not installed, so it is left out\n")
        options.no_pythae = True
    found = surroundings()
    told, figures = [], []
    for network in options.network:
        for backend in options.backend:
            sides = _of_a_backend(network, backend, options)
            told += rows(backend, network, sides, OURS)
            figures.append(_figures(network, backend, sides, OURS, options))
        backends = [backend for backend in AGAINST_PYTHAE if backend in options.backend]
        if backends and not options.no_pythae:
            for backend, sides in _against_pythae(network, backends, options).items():
                told += rows(f"{backend}, process a side", network, sides, OURS)
                figures.append(_figures(network, f"{backend} beside Pythae", sides, OURS, options))
    text = f"{table(HEAD, told, words=WORDS)}\n\n{explained(options)}"
    report("training", argv, text, figures, found)


def _given(network: str, options: argparse.Namespace) -> dict[str, Any]:
    return {"network": network, "steps": SMALL_STEPS if options.small else options.steps}


def _epochs(network: str, options: argparse.Namespace) -> int:
    return 1 if options.small else options.epochs or EPOCHS[network]


def _of_a_backend(network: str, backend: str, options: argparse.Namespace) -> dict[str, Timed]:
    """vaereg, the loops by hand and Keras's `fit`, in one process."""
    sys.stderr.write(f"{network} on {backend}\n")
    given = _given(network, options)
    with Worker(MAKE, given, backend=backend, threads=options.threads) as worker:
        found = alternate(
            [(worker, name) for name in worker.sides],
            rounds=rounds_of(options),
            epochs=_epochs(network, options),
        )
    require_the_same(found, within=APART)
    return found


def _against_pythae(
    network: str, backends: Sequence[str], options: argparse.Namespace
) -> dict[str, dict[str, Timed]]:
    """By backend, vaereg and Pythae, each in a process of its own."""
    sys.stderr.write(f"{network} beside Pythae\n")
    given, threads = _given(network, options), options.threads
    with contextlib.ExitStack() as stack:
        workers = {
            backend: stack.enter_context(
                Worker(MAKE, {**given, "only": [OURS]}, backend=backend, threads=threads)
            )
            for backend in backends
        }
        pythae = stack.enter_context(
            Worker(MAKE, {**given, "pythae": True}, backend="torch", threads=threads)
        )
        sides = {backend: (worker, OURS) for backend, worker in workers.items()}
        found = alternate(
            {**sides, PYTHAE: (pythae, PYTHAE)},
            rounds=rounds_of(options),
            epochs=_epochs(network, options),
        )
    require_the_same(found, within=APART)
    return {backend: {OURS: found[backend], PYTHAE: found[PYTHAE]} for backend in backends}


def _figures(
    network: str, backend: str, sides: dict[str, Timed], reference: str, options: argparse.Namespace
) -> dict[str, Any]:
    return {
        "network": network,
        "backend": backend,
        "threads": options.threads,
        "sides": as_figures(sides, reference),
    }


if __name__ == "__main__":
    main(sys.argv[1:])
