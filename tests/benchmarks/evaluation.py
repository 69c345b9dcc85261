"""What evaluating 10,000 samples costs, beside the packages that people know.

    python -m tests.benchmarks evaluation --threads 1

Features of 10,000 real and as many generated examples in 1,280 dimensions, in clusters and never
negative as a network's last layer gives them, and of 10,000 training examples. vaereg measures
Fréchet distance, kernel distance, precision, recall, density, coverage, copy rate and duplicates
with its metrics, sharing what an evaluation shares. Beside it stand torch-fidelity's Fréchet and
kernel distance (100 subsets of 1,000, its defaults), prdc, and the copy rate and duplicates as one
would write them with scikit-learn, since neither package has them. Each has a process of its own
with as many threads and as many processors, and starts from the same files. Processor time is what
other work on the machine changes least; memory is the peak beyond what was there before.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.timing.results import add_json, report, surroundings, table

COMMON = ("frechet", "kernel", "prdc")
"""The metrics that torch-fidelity and prdc have too. They are measured before the others."""

SIDES = ("vaereg", "torch-fidelity", "prdc", "scikit-learn")
"""Who measures; the second and third together are what vaereg is held against."""

K = 5
"""The neighbour that bounds a neighbourhood; both sides' default."""

FILES = ("real", "generated", "train")
CLUSTERS = 10
QUANTILE = 0.01

FASTER, SMALLER = 5.0, 0.1
"""The aims: so much less processor time, and so much of prdc's memory."""


def made_features(n: int, d: int) -> dict[str, np.ndarray]:
    """Three sets (n, d) of float32: clusters, few wide directions, and zeros where negative.

    Made after EfficientNet's features of Fashion-MNIST (10,000 in 1,280 dimensions), beside whose
    figures stand those of these: 40, 160 and 320 directions hold 68, 85 and 92 % of the variance
    (69, 86, 92), 64 % of values are 0 (63), a nearest neighbour is at 0.22 of the mean squared
    distance (0.20). Generated ones vary less, are a little off, and lack a cluster.
    """
    rng = np.random.default_rng(5)

    def ways(count: int) -> np.ndarray:
        falling = 1.0 / np.arange(1, count + 1)
        falling /= np.sqrt(np.square(falling).sum())
        return (rng.normal(size=(count, d)) * falling[:, None]).astype(np.float32)

    centres = rng.normal(size=(CLUSTERS, d)).astype(np.float32)
    common = ways(d // 2)
    own = [ways(d // 16) for _ in range(CLUSTERS)]

    def drawn(clusters: int, spread: float) -> np.ndarray:
        of = rng.integers(0, clusters, n)
        values = 0.55 * centres[of]
        values += spread * rng.normal(size=(n, len(common))).astype(np.float32) @ common
        for each in range(clusters):
            rows = np.flatnonzero(of == each)
            near = rng.normal(size=(len(rows), len(own[each]))).astype(np.float32)
            values[rows] += spread * near @ own[each]
        values += 0.12 * rng.normal(size=values.shape)
        return np.maximum(values - 0.35, 0.0).astype(np.float32)

    return {
        "real": drawn(CLUSTERS, 0.7),
        "generated": drawn(CLUSTERS - 1, 0.63) * np.float32(0.98),
        "train": drawn(CLUSTERS, 0.7),
    }


def of_vaereg(sets: dict[str, np.ndarray], thorough: bool) -> dict[str, Callable[[], Any]]:
    """What vaereg measures, each a step of one evaluation."""
    from importlib import import_module
    from types import SimpleNamespace

    from vaereg.basics.metrics.declared import COMPONENTS
    from vaereg.contracts.context import BuildContext
    from vaereg.contracts.data import DataSpec
    from vaereg.evaluation.evidence.lazy_evidence import LazyEvidence, LazyFeatures

    spec = DataSpec(form="vector", shape=sets["real"].shape[1:], size=len(sets["train"]))
    examples = SimpleNamespace(**sets)
    # Without halves: the packages do not measure reconstructions either.
    evidence = LazyEvidence(spec, examples, thorough=thorough, in_halves=False).seen_by(
        LazyFeatures("made", examples)
    )
    declared = {component.name: component for component in COMPONENTS}

    def metric(name: str) -> Callable[[], dict[str, float]]:
        module, factory = declared[name].factory.split(":")
        fields = {"coverage_k": K} if name == "prdc" else {}  # as the package counts
        params = declared[name].params(**fields)
        built = getattr(import_module(module), factory)(params, BuildContext(name=name))
        return lambda: {score: each.value for score, each in built(evidence).items()}

    return {name: metric(name) for name in ("frechet", "kernel", "prdc", "copies", "duplicates")}


def of_torch_fidelity(sets: dict[str, np.ndarray], subsets: int) -> dict[str, Callable[[], Any]]:
    """Its Fréchet and kernel distance, of features that are there."""
    from tests.helpers.torchvision_stand_in import stand_in_for_torchvision

    stand_in_for_torchvision()
    import torch
    from torch_fidelity.metric_fid import fid_features_to_statistics, fid_statistics_to_metric
    from torch_fidelity.metric_kid import kid_features_to_metric

    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    generated, real = (torch.from_numpy(sets[name]) for name in ("generated", "real"))

    def frechet() -> dict[str, float]:
        statistics = [fid_features_to_statistics(each) for each in (generated, real)]
        found = fid_statistics_to_metric(*statistics, verbose=False)
        return {"frechet_distance": next(iter(found.values()))}

    def kernel() -> dict[str, float]:
        x, y = generated, real
        size = 1000
        if subsets == 1:  # everything, on the scale of vaereg's metric: its figure
            scale = np.sqrt(sets["real"].var(axis=0, ddof=1, dtype=np.float64).mean())
            x, y = ((each - real.mean(0, dtype=torch.float64)) / scale for each in (x, y))
            size = len(y)
        found = kid_features_to_metric(
            x, y, kid_subsets=subsets, kid_subset_size=size, rng_seed=0, verbose=False
        )
        return {"kernel_distance": found["kernel_inception_distance_mean"]}

    return {"frechet": frechet, "kernel": kernel}


def of_prdc(sets: dict[str, np.ndarray]) -> dict[str, Callable[[], Any]]:
    """Its four figures."""
    from prdc import compute_prdc

    def prdc() -> dict[str, float]:
        kept = sys.stdout
        sys.stdout = sys.stderr  # it prints the numbers of examples
        try:
            found = compute_prdc(sets["real"], sets["generated"], nearest_k=K)
        finally:
            sys.stdout = kept
        return {name: float(value) for name, value in found.items()}

    return {"prdc": prdc}


def of_scikit_learn(sets: dict[str, np.ndarray]) -> dict[str, Callable[[], Any]]:
    """The copy rate and the duplicates by its neighbour search."""
    from sklearn.metrics import pairwise_distances
    from sklearn.neighbors import NearestNeighbors

    def copies() -> dict[str, float]:
        search = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(sets["train"])
        real, generated = (search.kneighbors(sets[x])[0][:, 0] for x in ("real", "generated"))
        return {"copy_rate": float(np.mean(generated < np.quantile(real, QUANTILE)))}

    def duplicates() -> dict[str, float]:
        def apart(values: np.ndarray) -> np.ndarray:
            near = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(values).kneighbors()[0]
            some = pairwise_distances(
                values[np.random.default_rng(0).permutation(len(values))[:500]]
            )
            return near[:, 0] / np.median(some[np.triu_indices(len(some), 1)])

        limit = np.quantile(apart(sets["real"]), QUANTILE)
        return {"duplicate_rate": float(np.mean(apart(sets["generated"]) <= limit))}

    return {"copies": copies, "duplicates": duplicates}


def resident(field: str) -> int:
    """A figure of this process's memory in bytes: VmRSS now, VmHWM at most so far."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(field):
            return int(line.split()[1]) * 1024
    raise KeyError(field)


def child(side: str, folder: Path, threads: int, thorough: bool, subsets: int) -> dict[str, Any]:
    """Measures as one side, in this process."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    sets = {name: np.load(folder / f"{name}.npy") for name in FILES}
    made = {
        "vaereg": lambda: of_vaereg(sets, thorough),
        "torch-fidelity": lambda: of_torch_fidelity(sets, subsets),
        "prdc": lambda: of_prdc(sets),
        "scikit-learn": lambda: of_scikit_learn(sets),
    }
    steps = made[side]()
    few = np.random.default_rng(0).normal(size=(64, 64))
    np.linalg.eigvalsh(few @ few.T)  # the library's own buffers are there before
    before = resident("VmRSS")
    result: dict[str, Any] = {"steps": {}, "values": {}}
    for name, step in steps.items():
        if name not in COMMON:
            result.setdefault("memory_of_common", max(0, resident("VmHWM") - before))
        started, used = time.perf_counter(), time.process_time()
        result["values"].update(step())
        result["steps"][name] = {
            "processor": time.process_time() - used,
            "wall": time.perf_counter() - started,
        }
    result["memory"] = max(0, resident("VmHWM") - before)
    result.setdefault("memory_of_common", result["memory"])
    return result


def measured(n: int, d: int, args: argparse.Namespace) -> dict[str, dict[str, Any]]:
    """What each side measured, side by side on the same files."""
    threads = str(args.threads)
    names = ("OMP", "OPENBLAS", "MKL", "BLIS", "VECLIB_MAXIMUM", "NUMEXPR")
    environment = {**os.environ, **{f"{name}_NUM_THREADS": threads for name in names}}
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, values in made_features(n, d).items():
            np.save(Path(folder, f"{name}.npy"), values)
        for side in args.sides:
            command = [sys.executable, "-m", "tests.benchmarks.evaluation", "--child", side]
            command += ["--folder", folder, "--threads", threads, "--subsets", str(args.subsets)]
            command += ["--thorough"] if args.thorough else []
            told = subprocess.run(
                command, env=environment, check=True, stdout=subprocess.PIPE, text=True
            )
            found[side] = json.loads(told.stdout.splitlines()[-1])
    return found


def disagreements(found: dict[str, dict[str, Any]], subsets: int) -> list[str]:
    """Where two sides give another figure for the same thing, beyond a millionth."""
    ours = found["vaereg"]["values"]
    wrong = []
    for side in SIDES[1:]:
        for name, theirs in found.get(side, {"values": {}})["values"].items():
            # Subsets are another estimate, and so are the medians of other examples.
            estimate = name == "kernel_distance" and subsets > 1
            estimate |= name == "duplicate_rate" and subsets > 1
            if not estimate and not np.isclose(ours[name], theirs, rtol=1e-6, atol=0.0):
                wrong.append(f"{name}: {ours[name]!r} here and {theirs!r} in {side}")
    return wrong


def told(found: dict[str, dict[str, Any]]) -> str:
    """The table, and how the aims are met."""
    rows, total, shared = [], {}, {}
    for side, each in found.items():
        steps = each["steps"]
        for name, spent in steps.items():
            rows.append([side, name, f"{spent['processor']:.2f}", f"{spent['wall']:.2f}", ""])
        total[side] = sum(spent["processor"] for spent in steps.values())
        wall = sum(spent["wall"] for spent in steps.values())
        memory = f"{each['memory'] / 2**20:.0f}"
        rows.append([side, "together", f"{total[side]:.2f}", f"{wall:.2f}", memory])
        common = [spent for name, spent in steps.items() if name in COMMON]
        if 0 < len(common) < len(steps):
            shared[side] = sum(spent["processor"] for spent in common)
            wall = sum(spent["wall"] for spent in common)
            memory = f"{each['memory_of_common'] / 2**20:.0f}"
            rows.append([side, "common", f"{shared[side]:.2f}", f"{wall:.2f}", memory])
    lines = [table(["side", "step", "processor s", "wall s", "peak MiB"], rows, words=2)]
    if set(SIDES) <= set(found):
        packages = total["torch-fidelity"] + total["prdc"]
        both = packages + total["scikit-learn"]
        shares = [
            found["vaereg"][which] / found["prdc"]["memory"]
            for which in ("memory_of_common", "memory")
        ]
        lines += [
            f"on the metrics that both sides have, torch-fidelity and prdc take "
            f"{packages / shared['vaereg']:.2f} times vaereg's processor time (aim {FASTER:g}); "
            f"with copies and duplicates, by scikit-learn, {both / total['vaereg']:.2f} times",
            f"on these metrics, vaereg takes {shares[0]:.3f} of prdc's memory (aim {SMALLER:g}); "
            f"with copies and duplicates, {shares[1]:.3f}",
        ]
    return "\n".join(lines)


def main(argv: Sequence[str]) -> None:
    """Prints the table, and ends with status 1 where two sides disagree."""
    parser = argparse.ArgumentParser(prog="evaluation", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--examples", type=int, default=10_000)
    parser.add_argument("--dimensions", type=int, default=1_280)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--subsets", type=int, default=100, help="of torch-fidelity's kernel")
    parser.add_argument("--thorough", action="store_true", help="vaereg extrapolates as well")
    parser.add_argument("--small", action="store_true", help="500 against 500 in 64 dimensions")
    parser.add_argument("--sides", nargs="+", choices=SIDES, default=list(SIDES))
    parser.add_argument("--child", choices=SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    add_json(parser)
    args = parser.parse_args(argv)
    if args.child:
        result = child(args.child, args.folder, args.threads, args.thorough, args.subsets)
        sys.stdout.write(json.dumps(result) + "\n")
        return
    if args.small:
        args.examples, args.dimensions, args.subsets = 500, 64, 1
    around = surroundings(("vaereg", "numpy", "scipy", "torch", "torch_fidelity", "prdc"))
    found = measured(args.examples, args.dimensions, args)
    what = (
        f"{args.examples:,} against {args.examples:,} in {args.dimensions:,} dimensions, "
        f"{args.threads} thread{'s' * (args.threads != 1)} and as many processors"
    )
    report("evaluation", argv, f"{what}\n\n{told(found)}", found, around)
    wrong = disagreements(found, args.subsets) if "vaereg" in found else []
    if wrong:
        sys.exit("\n".join(["the sides disagree:", *wrong]))


if __name__ == "__main__":
    main(sys.argv[1:])
