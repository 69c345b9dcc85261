"""A process that holds sides and trains them when told; the driver's end and the process's own."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.benchmarks.timing.threads import environment, pin, settings

ROOT = Path(__file__).resolve().parents[3]


class WorkerError(RuntimeError):
    """A measured process ended before it was told to."""


class Worker:
    """The driver's end of a process; use it in a `with`.

    Args:
        make: "module:function"; called in the process with `options`, gives sides by name.
        options: what to hand to it, as JSON can hold it.
        backend: of Keras, "tensorflow", "jax" or "torch".
        threads: how many threads it may use, on as many processors; None for an accelerator,
            where there is one: see `environment`.
    """

    def __init__(
        self, make: str, options: Mapping[str, Any], *, backend: str, threads: int | None
    ) -> None:
        self.backend = backend
        command = [sys.executable, "-m", "tests.benchmarks.timing.worker", make]
        command += [json.dumps(options)]
        command += [] if threads is None else ["--threads", str(threads)]
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment(threads, backend),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.told: dict[str, Any] = {}

    def __enter__(self) -> Worker:
        self.told = self._answer()
        return self

    def __exit__(self, *reason: object) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(timeout=60)

    @property
    def sides(self) -> dict[str, dict[str, int]]:
        """By name, weights, steps and batch_size of each side."""
        return self.told["sides"]

    def train(self, side: str, epochs: int) -> dict[str, Any]:
        """Trains a side: processor and wall seconds, losses, and what else the side tells."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"side": side, "epochs": epochs}) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise WorkerError(
                f"the {self.backend} process ended with status {self._process.wait()}; "
                "its own words stand above"
            )
        return json.loads(line)


def serve(argv: list[str]) -> None:
    """Makes the sides, and trains them as the lines of the standard input say."""
    parser = argparse.ArgumentParser()
    parser.add_argument("make")
    parser.add_argument("options", type=json.loads)
    parser.add_argument("--threads", type=int)
    args = parser.parse_args(argv)
    # Libraries print what they like; the driver reads this copy of the standard output alone.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    processors = [] if args.threads is None else pin(args.threads)
    module, _, function = args.make.partition(":")
    sides = getattr(importlib.import_module(module), function)(**args.options)
    described = {
        name: {key: int(getattr(side, key)) for key in ("weights", "steps", "batch_size")}
        for name, side in sides.items()
    }
    told = {"processors": processors, "threads": args.threads, "environment": settings(os.environ)}
    answers.write(json.dumps({"sides": described, **told}) + "\n")
    for line in sys.stdin:
        wish = json.loads(line)
        wall, used = time.perf_counter(), time.process_time()
        losses = sides[wish["side"]].train(wish["epochs"])
        found = {
            "processor": time.process_time() - used,
            "wall": time.perf_counter() - wall,
            "losses": [float(loss) for loss in losses],
            "also": getattr(sides[wish["side"]], "also", {}),
        }
        answers.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    serve(sys.argv[1:])
