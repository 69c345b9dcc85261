"""Training on data that stays on disk, beside the same data in memory.

    python -m tests.benchmarks memory

The bundled images, repeated to as many as asked for, are written to a temporary folder: as a .npy
file, which vaereg maps into memory and reads as steps need it, beside a .npz file, which it reads
whole; and as image files with the decoded images in a file, beside decoded images in memory. Each
is trained on for some epochs by `vaereg train` in a process of its own, by turns. Told are images
per second, as the run tells them, and the most memory that the process held: of its own
(RssAnon), which must not grow with the data, and pages of files (RssFile), which the system takes
back when it needs them. The aims are a rate of at least 0.9 of that in memory, and memory that
stays.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.timing.results import add_json, report, surroundings, table

RATE = 0.9
"""The aim: at least this share of the rate in memory."""

GROWTH = 0.1
"""Memory that grows by less than this share of what the data grows by does not hold the data."""

KINDS = {
    "npy": {
        "disk": 'use = "arrays"\npath = "images-{n}.npy"',
        "memory": 'use = "arrays"\npath = "images-{n}.npz"',
    },
    "folder": {
        place: f'use = "image_folder"\npath = "images-{{n}}"\nchannels = 1\ncache = "{place}"'
        for place in ("disk", "memory")
    },
}
"""How each kind of data is declared on disk and in memory."""

REGISTRY = """
[data.images]
{data}

[models.conv]
data = "images"
latent = 16
encoder = {{ use = "conv", widths = {widths} }}
decoder = {{ use = "conv", widths = {mirrored} }}
likelihood = "bernoulli"

[train]
epochs = {epochs}
batch_size = {batch}
"""


def write_images(kind: str, folder: Path, n: int) -> int:
    """Writes n images of a kind, for disk and for memory; returns how many bytes they hold."""
    from vaereg.basics.datasets.bundled.fashion_mnist_bundle import read_bundle

    bundled = read_bundle()[0].images
    chosen = np.arange(n) % len(bundled)
    if kind == "npy":
        values = bundled[chosen].astype(np.float32) / np.float32(255)
        np.save(folder / f"images-{n}.npy", values)
        np.savez(folder / f"images-{n}.npz", x=values)
        return values.nbytes
    from PIL import Image

    (folder / f"images-{n}").mkdir()
    for number, position in enumerate(chosen):
        Image.fromarray(bundled[position]).save(folder / f"images-{n}" / f"{number:06d}.png")
    return bundled[chosen].nbytes


def trained(folder: Path, data: str, args: argparse.Namespace) -> dict[str, float]:
    """What one `vaereg train` told and took."""
    text = REGISTRY.format(
        data=data,
        widths=args.widths,
        mirrored=args.widths[::-1],
        epochs=args.epochs,
        batch=args.batch,
    )
    (folder / "registry.toml").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "vaereg", "train", "--json", "-q", "--seed", "0"]
    command += ["--samples-every", "0", *(["--backend", args.backend] if args.backend else [])]
    with (folder / "told.json").open("w+b") as told:
        process = subprocess.Popen(command, cwd=folder, stdout=told)
        most = {"RssAnon": 0, "RssFile": 0}
        while process.poll() is None:
            for name, held in resident(process.pid).items():
                most[name] = max(most[name], held)
            time.sleep(0.02)
        if process.returncode:
            raise SystemExit(f"{' '.join(command)}: status {process.returncode}")
        told.seek(0)
        (outcome,) = json.load(told)["runs"]
    return {"rate": outcome["images_per_second"], "own": most["RssAnon"], "file": most["RssFile"]}


def resident(pid: int) -> dict[str, int]:
    """Bytes of memory that a process holds, of its own and of files; none once it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return {}
    fields = (line.split() for line in lines)
    return {
        words[0].rstrip(":"): int(words[1]) * 1024
        for words in fields
        if words[0] in ("RssAnon:", "RssFile:")
    }


def measured(kind: str, folder: Path, args: argparse.Namespace) -> dict[str, Any]:
    """Rates and memory of a kind by number of examples and place."""
    found: dict[str, Any] = {}
    for n in args.examples:
        size = write_images(kind, folder, n)
        each: dict[str, list[dict[str, float]]] = {"disk": [], "memory": []}
        for _ in range(args.rounds):
            for place, runs in each.items():
                runs.append(trained(folder, KINDS[kind][place].format(n=n), args))
        found[str(n)] = {"bytes": size, **each}
    return found


def rows(kind: str, found: dict[str, Any]) -> list[list[str]]:
    """A line for each number of examples and place."""
    lines = []
    for n, each in found.items():
        ratios = [d["rate"] / m["rate"] for d, m in zip(each["disk"], each["memory"], strict=True)]
        for place in ("disk", "memory"):
            own, file, rate = (
                statistics.median(run[name] for run in each[place])
                for name in ("own", "file", "rate")
            )
            ratio = f"{statistics.median(ratios):.2f}" if place == "disk" else ""
            megabytes = (f"{value / 1e6:.0f}" for value in (each["bytes"], own, file))
            lines.append([kind, place, f"{int(n):,}", *megabytes, f"{rate:.0f}", ratio])
    return lines


def growth(found: dict[str, Any], place: str) -> float:
    """By how much of what the data grew memory of the process's own grew, or 0 for one number."""
    first, *_, last = [*found.values(), *found.values()]
    if first is last:
        return 0.0
    least = [min(run["own"] for run in each[place]) for each in (first, last)]
    return (least[1] - least[0]) / (last["bytes"] - first["bytes"])


def main(argv: Sequence[str]) -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(prog="memory", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--examples", type=int, nargs="+", default=[20_000, 60_000])
    parser.add_argument("--kinds", nargs="+", choices=list(KINDS), default=list(KINDS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--backend", choices=("tensorflow", "jax", "torch"))
    parser.add_argument("--small", action="store_true", help="600 images, once, a narrow network")
    add_json(parser)
    args = parser.parse_args(argv)
    args.widths = [4, 8] if args.small else [32, 64]
    if args.small:
        args.examples, args.rounds, args.epochs = [600], 1, 1
    found = surroundings()
    figures = {}
    for kind in args.kinds:
        with tempfile.TemporaryDirectory() as folder:
            figures[kind] = measured(kind, Path(folder), args)
    head = ["data", "from", "examples", "MB", "own MB", "file MB", "images/s", "disk / memory"]
    text = table(head, [row for kind, each in figures.items() for row in rows(kind, each)], words=2)
    if len(args.examples) > 1:
        text += "".join(
            f"\n{kind}: of what the data grew by, memory grew by {growth(each, 'disk'):.2f} from "
            f"disk and by {growth(each, 'memory'):.2f} in memory (aim below {GROWTH:g} from disk)"
            for kind, each in figures.items()
        )
    report("memory", argv, f"{text}\naim: disk / memory at least {RATE:g}", figures, found)


if __name__ == "__main__":
    main(sys.argv[1:])
