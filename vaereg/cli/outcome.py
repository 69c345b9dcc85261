"""What a training gave, on the screen or as JSON."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from vaereg.cli.output import print_json
from vaereg.cli.terminal import Terminal

FILES = ("samples", "reconstructions", "arrays", "weights")
"""The order in which what a run made is told."""


def as_dict(outcome: Any) -> dict[str, Any]:
    """An `Outcome` for `--json`."""
    return {
        "run": str(outcome.run),
        "model": outcome.model,
        "epochs": outcome.epochs,
        "stopped_early": outcome.stopped_early,
        "terms": outcome.terms,
        "best": outcome.best,
        "seconds": round(outcome.seconds, 3),
        "images_per_second": round(outcome.images_per_second, 1),
        "peak_memory": outcome.peak_memory,
        "files": outcome.files,
    }


def print_outcome(outcome: Any, args: argparse.Namespace) -> None:
    """Prints the summary of a run."""
    if args.json:
        print_json({"runs": [as_dict(outcome)]})
    else:
        Terminal(sys.stdout, args.color).print(summary(as_dict(outcome)))


def summary(result: dict[str, Any]) -> str:
    """The summary of one run as text."""
    from vaereg.host.memory import size
    from vaereg.host.progress import duration, number

    epochs = f"{result['epochs']} epoch{'s' if result['epochs'] != 1 else ''}"
    if result["stopped_early"]:
        epochs += ", stopped early"
    rate = result["images_per_second"]
    speed = f", {rate:.0f} images/s" if rate else ""
    memory = "".join(
        f", {size(count)} of {'memory' if where == 'host' else 'device memory'} at most"
        for where, count in result["peak_memory"].items()
    )
    lines = [f"{result['model']}: {epochs}, {duration(result['seconds'])}{speed}{memory}"]
    lines.append("  " + "  ".join(f"{k} {number(v)}" for k, v in result["terms"].items()))
    best = result["best"]
    if best:
        lines.append(f"  best {best['term']} {number(best['value'])} in epoch {best['epoch']}")
    width = max(len(name) for name in ("run", *result["files"]))
    lines.append(f"  {'run':<{width}}  {result['run']}")
    for name in sorted(result["files"], key=FILES.index):
        lines.append(f"  {name:<{width}}  {result['files'][name]}")
    lines.append(f"next: vaereg sample {result['run']} -n 64")
    return "\n".join(lines)
