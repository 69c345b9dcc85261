"""How long it takes to a held-out bound and to a Fréchet distance, by schedule, EMA and precision.

    python -m tests.benchmarks convergence --jobs 2

The model `baseline` of registry.toml on the bundled pictures, trained by `vaereg train` with one
thing changed at a time. Each seed's thresholds are what the default reaches after half of its
epochs, so that all are compared at equal quality.
"""

from __future__ import annotations

import argparse
import itertools
import os
import queue
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import attrs

from tests.benchmarks.timing.results import add_json, report, surroundings, table
from tests.benchmarks.timing.watched_training import Epoch, watched_training
from tests.benchmarks.timing.worker import ROOT

MODEL = "baseline"
DEFAULT = "default"
BATCH = 128
SCORE = "frechet_distance"
WARM_UP = 2
"""Epochs of the warm-up."""

CLEARLY = 0.9
"""A variant wins where it reaches both thresholds in at most this share of the default's time."""

NO_WORSE = {"bound": 1.001, "frechet": 1.02}
"""And where its last values are at most these times the default's: seeds differ by as much."""


def adam(rate: str) -> str:
    """The override for Adam with a rate, which may be a table that says a schedule."""
    return f'train.optimizer={{ use = "adam", learning_rate = {rate} }}'


def cosine(peak: float, steps: int, warm_up: int = 0) -> str:
    """A cosine that ends at 0 after `steps`; with a linear warm-up before, within them."""
    first = f"initial_learning_rate = {0.0 if warm_up else peak}"
    more = f", warmup_target = {peak}, warmup_steps = {warm_up}" if warm_up else ""
    return f'{{ use = "cosine_decay", {first}, decay_steps = {steps - warm_up}{more} }}'


def variants(epochs: int, examples: int) -> dict[str, list[str]]:
    """By name, what is overridden; schedules end with the last step."""
    epoch = examples // BATCH
    steps = epochs * epoch
    return {
        DEFAULT: [],
        "Adam 2e-3": [adam("2e-3")],
        "cosine from 2e-3": [adam(cosine(2e-3, steps))],
        "warm-up, cosine from 3e-3": [adam(cosine(3e-3, steps, min(WARM_UP * epoch, steps // 2)))],
        "EMA 0.999": ["train.ema=0.999"],
        "batch 64": ["train.batch_size=64"],
        "batch 256": ["train.batch_size=256"],
        "mixed_bfloat16": ['train.precision="mixed_bfloat16"'],
    }


NARROW = [f"models.{MODEL}.{part}.widths=[4, 4]" for part in ("encoder", "decoder")]
"""With --small: networks that train in seconds."""

NAMES = tuple(variants(1, BATCH))


@attrs.frozen
class Point:
    """After an epoch: steps and processor seconds so far, both measures, smaller is better.

    The bound is minus the ELBO of the validation examples in nats, with the whole KL divergence
    whatever weight the training gives it; the distance is None where it was not measured.
    """

    epoch: int
    steps: int
    processor: float
    bound: float
    frechet: float | None


@attrs.frozen
class Reached:
    """When a threshold was reached first."""

    epoch: int
    steps: int
    processor: float


def points(epochs: Sequence[Epoch]) -> list[Point]:
    """What the histories' columns say of both measures."""
    found = []
    for each in epochs:
        distances = [v for name, v in each.values.items() if name.startswith(f"eval_{SCORE}")]
        bound = each.values["val_reconstruction"] + each.values["val_kl"]
        distance = distances[0] if distances else None
        found.append(Point(each.number, each.steps, each.processor, bound, distance))
    return found


def reached(course: Sequence[Point], measure: str, threshold: float) -> Reached | None:
    """When the measure was first at most the threshold; None for never."""
    for point in course:
        value = getattr(point, measure)
        if value is not None and value <= threshold:
            return Reached(point.epoch, point.steps, point.processor)
    return None


def last(course: Sequence[Point], measure: str, until: int | None = None) -> float:
    """The last value of a measure, up to an epoch."""
    values = [getattr(p, measure) for p in course if until is None or p.epoch <= until]
    return [value for value in values if value is not None][-1]


def evaluated(
    courses: Mapping[str, Sequence[Point]], thresholds: Mapping[str, float]
) -> dict[str, dict[str, Any]]:
    """Of each variant of one seed: when it reached both thresholds, and its last values."""
    return {
        name: {
            "reached": {m: reached(course, m, value) for m, value in thresholds.items()},
            "last": {m: last(course, m) for m in thresholds},
        }
        for name, course in courses.items()
    }


def wins(found: Mapping[str, Any], default: Mapping[str, Any]) -> bool:
    """Whether a variant reaches all thresholds clearly sooner and ends no worse."""
    for measure, ours in found["reached"].items():
        theirs = default["reached"][measure]
        if ours is None or (theirs and ours.processor > CLEARLY * theirs.processor):
            return False
        if found["last"][measure] > NO_WORSE[measure] * default["last"][measure]:
            return False
    return True


def trained_all(options: argparse.Namespace, folder: Path) -> dict[int, dict[str, list[Point]]]:
    """The course of every variant by seed; `options.jobs` at once, each on its own processors."""
    registry = folder / "registry.toml"
    registry.write_text((ROOT / "registry.toml").read_text(encoding="utf-8"), encoding="utf-8")
    free: queue.Queue[list[int]] = queue.Queue()
    processors = sorted(os.sched_getaffinity(0))
    for job in range(options.jobs):
        first = job * options.threads % len(processors)
        free.put(processors[first : first + options.threads])
    numbers = itertools.count()

    def course(overrides: Sequence[str], seed: int, epochs: int) -> list[Point]:
        wish = f'use = "{options.features}"'
        sets = [
            f'train.evaluate={{ scores = ["{SCORE}"], examples = {options.examples}, '
            f"features = {{ {wish} }} }}",
            *(NARROW if options.small else ()),
            *overrides,
        ]
        arguments = [MODEL, "-f", str(registry), "--seed", str(seed), "--epochs", str(epochs)]
        arguments += ["--evaluate-every", str(options.every), "--samples-every", "0"]
        arguments += [word for each in sets for word in ("--set", each)]
        mine = free.get()
        try:
            epochs_found = watched_training(
                arguments,
                folder / f"runs-{next(numbers)}",
                backend=options.backend,
                threads=options.threads,
                processors=mine,
            )
        finally:
            free.put(mine)
        return points(epochs_found)

    if options.features == "classifier":
        course([], 0, 1)  # fits the extractor, which all others take from the cache
    known = variants(options.epochs, _training_examples())
    found: dict[int, dict[str, list[Point]]] = {seed: {} for seed in options.seeds}

    def one(seed: int, name: str) -> None:
        found[seed][name] = course(known[name], seed, options.epochs)
        told = found[seed][name][-1]
        sys.stderr.write(
            f"seed {seed}, {name}: {told.processor:.1f} s, bound {told.bound:.2f}, "
            f"Fréchet {last(found[seed][name], 'frechet'):.2f}\n"
        )

    with ThreadPoolExecutor(options.jobs) as pool:
        for done in [
            pool.submit(one, seed, name) for seed in options.seeds for name in options.variants
        ]:
            done.result()
    return {
        seed: {name: courses[name] for name in options.variants} for seed, courses in found.items()
    }


def _training_examples() -> int:
    from vaereg.basics.datasets.bundled.fashion_mnist_bundle import read_bundle

    return len(read_bundle()[0].images)


def _cells(ours: Reached | None, theirs: Reached | None) -> list[str]:
    """Seconds, steps and the share of the default's time of one threshold."""
    if ours is None:
        return ["never", "", ""]
    share = f"{ours.processor / theirs.processor:.2f}" if theirs else ""
    return [f"{ours.processor:.1f}", str(ours.steps), share]


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="convergence", description=__doc__.splitlines()[0])
    parser.add_argument("--backend", choices=("tensorflow", "jax", "torch"), default="tensorflow")
    parser.add_argument("--epochs", type=int, default=30, help="of every variant (default 30)")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1], metavar="S")
    parser.add_argument("--variants", nargs="+", choices=NAMES, default=list(NAMES))
    parser.add_argument("--every", type=int, default=1, help="epochs between Fréchet distances")
    parser.add_argument("--examples", type=int, default=1000, help="that they are measured on")
    parser.add_argument("--features", choices=("classifier", "pixels"), default="classifier")
    parser.add_argument("--bound", type=float, help="the threshold in nats; default: see --share")
    parser.add_argument("--frechet", type=float, help="that of the Fréchet distance; as above")
    parser.add_argument(
        "--share",
        type=float,
        default=0.5,
        help="thresholds are what the default has reached after this share of its epochs",
    )
    parser.add_argument("--threads", type=int, default=1, help="of a training (default 1)")
    parser.add_argument("--jobs", type=int, default=1, help="trainings at once (default 1)")
    parser.add_argument(
        "--small", action="store_true", help="narrow networks, two variants, two epochs, a seed"
    )
    add_json(parser)
    options = parser.parse_args(argv)
    if options.small:
        options.epochs, options.seeds, options.variants = 2, [0], list(NAMES[:2])
        options.examples, options.features = 100, "pixels"
    if DEFAULT not in options.variants:
        options.variants = [DEFAULT, *options.variants]
    return options


def main(argv: Sequence[str]) -> None:
    """Prints the table, and which variants win on every seed."""
    options = _options(argv)
    found = surroundings()
    with tempfile.TemporaryDirectory() as folder:
        courses = trained_all(options, Path(folder))
    half = max(options.every, round(options.share * options.epochs))
    rows, figures, told = [], [], []
    winners = [name for name in options.variants if name != DEFAULT]
    for seed, of_seed in courses.items():
        given = {"bound": options.bound, "frechet": options.frechet}
        thresholds = {
            measure: last(of_seed[DEFAULT], measure, half) if value is None else value
            for measure, value in given.items()
        }
        told.append(
            f"seed {seed}: bound {thresholds['bound']:.2f} nats, "
            f"Fréchet {thresholds['frechet']:.2f}"
        )
        results = evaluated(of_seed, thresholds)
        for name, result in results.items():
            cells = [
                cell
                for measure in thresholds
                for cell in _cells(result["reached"][measure], results[DEFAULT]["reached"][measure])
            ]
            ends = [f"{result['last'][measure]:.2f}" for measure in thresholds]
            whole = f"{of_seed[name][-1].processor:.1f}"
            rows.append([name, str(seed), *cells, *ends, whole])
        winners = [name for name in winners if wins(results[name], results[DEFAULT])]
        figures.append(
            {
                "seed": seed,
                "thresholds": thresholds,
                "variants": {
                    name: {
                        "reached": {
                            measure: attrs.asdict(each) if each else None
                            for measure, each in result["reached"].items()
                        },
                        "last": result["last"],
                        "course": [attrs.asdict(point) for point in of_seed[name]],
                    }
                    for name, result in results.items()
                },
            }
        )
    head = ["variant", "seed", "bound: s", "steps", "of default's", "Fréchet: s", "steps"]
    head += ["of default's", "last bound", "last Fréchet", f"s of {options.epochs} epochs"]
    text = (
        f"{table(head, rows)}\n\nThresholds, {options.backend}, {options.threads} thread(s): "
        f"{'; '.join(told)}. s: processor time from the first step to the end of the epoch that "
        f"reaches them, evaluation not counted.\nBoth in at most {CLEARLY:g} of the default's "
        f"time and no worse at the end, on every seed: {', '.join(winners) or 'none'}."
    )
    report("convergence", argv, text, {"seeds": figures, "winners": winners}, found)


if __name__ == "__main__":
    main(sys.argv[1:])
