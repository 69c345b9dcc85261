"""Images per second on an accelerator, in float32 and bfloat16, and the share of its peak.

    python -m tests.benchmarks accelerator --backend jax torch --json accelerator.json

The conv VAE on 28x28 in growing batches beside loops by hand, and a residual VAE on 64x64. It runs
on whatever the backend finds and says what that was; on a processor the sizes are tiny, since its
figures say nothing of an accelerator. Each row has a process of its own, whose sides take turns.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from tests.benchmarks.sides.accelerated import PRECISIONS, PROFILED, network_of
from tests.benchmarks.sides.made import OURS
from tests.benchmarks.sides.operations import products, training_operations
from tests.benchmarks.timing.comparison import SMALL_ROUNDS
from tests.benchmarks.timing.peaks import peak_tflops
from tests.benchmarks.timing.results import add_json, report, surroundings, table
from tests.benchmarks.timing.rounds import Timed, alternate, as_figures, ratio
from tests.benchmarks.timing.trains import require_the_same
from tests.benchmarks.timing.worker import Worker

SIDES = "tests.benchmarks.sides.accelerated"
BATCHES = {"conv": (128, 512, 2048, 8192), "resnet": (128, 512)}
IMAGES = {"conv": 102_400, "resnet": 5_120}
"""Of a round, but for large batches, of which there are at least LEAST_STEPS."""

LEAST_STEPS = 10
TINY_BATCHES = {"conv": (32,), "resnet": (8,)}
TINY_STEPS = 4
APART = 0.2
"""How far the losses of two sides may be apart, whose orders and roundings differ."""

SHOWN = 10
"""Operations of a profile that are told."""

HEAD = ("backend", "network", "precision", "batch", "side", "images/s", "vaereg / side", "of peak")


@attrs.frozen(kw_only=True)
class Case:
    """One process.

    Args:
        network, precision, batch, tiny: see `accelerated_sides`.
        steps: of a round.
    """

    network: str
    precision: str
    batch: int
    steps: int
    tiny: bool


def cases(options: argparse.Namespace, *, tiny: bool) -> list[Case]:
    """What is measured, on a processor tiny ones."""
    found = []
    for network in options.network:
        batches = options.batch or (TINY_BATCHES if tiny else BATCHES)[network]
        for batch in batches:
            steps = TINY_STEPS if tiny else max(LEAST_STEPS, IMAGES[network] // batch)
            found += [
                Case(
                    network=network,
                    precision=precision,
                    batch=batch,
                    steps=options.steps or steps,
                    tiny=tiny,
                )
                for precision in options.precision
            ]
    return found


def device_of(backend: str) -> str:
    """What a backend computes on, asked in a process of its own."""
    with Worker(f"{SIDES}:device", {}, backend=backend, threads=None) as worker:
        return next(iter(worker.sides))


def measured(
    case: Case, backend: str, options: argparse.Namespace
) -> tuple[dict[str, Timed], dict[str, float]]:
    """The sides of a case, and the milliseconds of vaereg's operations, if asked for."""
    given = {**attrs.asdict(case), "profile": options.profile}
    with Worker(f"{SIDES}:accelerated_sides", given, backend=backend, threads=None) as worker:
        names = [name for name in worker.sides if name != PROFILED]
        rounds = SMALL_ROUNDS if options.small else options.rounds
        sides = alternate([(worker, name) for name in names], rounds=rounds, epochs=1)
        profile = worker.train(PROFILED, 1)["also"] if options.profile else {}
    require_the_same(sides, within=APART)
    return sides, profile


def share_of_peak(timed: Timed, case: Case, device: str, peak: float | None) -> float | None:
    """Operations a second over what the matrix units could do; None if that is not known.

    Args:
        timed: a side.
        case: what it trained.
        device: its name.
        peak: 10^12 operations a second, where the user tells it.
    """
    peak = peak or peak_tflops(device, case.precision)
    if peak is None:
        return None
    operations = training_operations(products(network_of(case.network, case.batch, case.tiny)))
    return timed.wall_rate * operations / (peak * 1e12)


def _rows(
    backend: str, case: Case, sides: Mapping[str, Timed], shares: Mapping[str, float | None]
) -> list[tuple[str, ...]]:
    return [
        (
            backend,
            case.network,
            case.precision,
            f"{case.batch:,}",
            name,
            f"{timed.wall_rate:,.0f}",
            "" if name == OURS else str(ratio(sides[OURS], timed, "wall")),
            "" if shares[name] is None else f"{100 * (shares[name] or 0.0):.1f} %",
        )
        for name, timed in sides.items()
    ]


def _told_profile(backend: str, case: Case, profile: Mapping[str, float]) -> str:
    whole = sum(profile.values())
    rows = [
        (name[:72], f"{spent:.1f}", f"{100 * spent / whole:.0f} %")
        for name, spent in list(profile.items())[:SHOWN]
    ]
    title = f"{backend}, {case.network}, {case.precision}, {case.batch}: {case.steps} steps"
    return f"{title}\n\n{table(('operation', 'ms', 'share'), rows)}"


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="accelerator", description=__doc__.splitlines()[0])
    parser.add_argument("--backend", nargs="+", choices=("jax", "torch"), default=["jax", "torch"])
    parser.add_argument("--network", nargs="+", choices=tuple(BATCHES), default=list(BATCHES))
    parser.add_argument("--precision", nargs="+", choices=PRECISIONS, default=list(PRECISIONS))
    parser.add_argument("--batch", nargs="+", type=int, help=f"default: {BATCHES}")
    parser.add_argument("--steps", type=int, help="of a round")
    parser.add_argument("--rounds", type=int, default=5, help="that are timed (default 5)")
    parser.add_argument("--peak-tflops", type=float, help="of the matrix units, if not known")
    parser.add_argument("--profile", action="store_true", help="tell where vaereg's time goes")
    parser.add_argument("--small", action="store_true", help="tiny sizes, two rounds")
    add_json(parser)
    return parser.parse_args(argv)


def main(argv: Sequence[str]) -> None:
    """Prints the table, and under it the profiles."""
    options = _options(argv)
    found = surroundings()
    rows: list[tuple[str, ...]] = []
    told, profiles, figures = [], [], []
    for backend in options.backend:
        device = device_of(backend)
        on_processor = device.startswith("CPU")
        told.append(f"{backend} on {device}{', with tiny sizes' if on_processor else ''}")
        for case in cases(options, tiny=on_processor or options.small):
            sys.stderr.write(f"{case.network}, {case.precision}, {case.batch} on {backend}\n")
            sides, profile = measured(case, backend, options)
            shares = {
                name: share_of_peak(timed, case, device, options.peak_tflops)
                for name, timed in sides.items()
            }
            rows += _rows(backend, case, sides, shares)
            if profile:
                profiles.append(_told_profile(backend, case, profile))
            of_case: dict[str, Any] = {**attrs.asdict(case), "backend": backend, "device": device}
            of_case["sides"] = as_figures(sides, OURS, "wall")
            figures.append({**of_case, "of_peak": shares, "profile": profile})
    text = (
        f"{table(HEAD, rows, words=5)}\n\n{'; '.join(told)}. Images a second on the clock, medians "
        "of rounds; vaereg / side: of rates, the median [least-most]. Of peak: the operations of "
        "convolutions and matrix products, counted from the shapes, over those that the matrix "
        "units could make."
    )
    report("accelerator", argv, "\n\n".join([text, *profiles]), figures, found)


if __name__ == "__main__":
    main(sys.argv[1:])
