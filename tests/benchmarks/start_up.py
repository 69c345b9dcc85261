"""How long the reading commands take with twenty plugins installed.

Commands take turns, so that a busy machine slows all alike. Shown are the least and the middle of
the times on the clock, and the least processor time, which other work on the machine changes less.
The aim is 0.25 s.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from tests.benchmarks.timing.results import add_json, report, surroundings
from tests.fake_distributions import simple_plugin

COMMANDS = {
    "(python -c pass)": [],
    "--help": ["--help"],
    "--version": ["--version"],
    "plugins": ["plugins"],
    "components": ["components"],
    "describe": ["describe", "likelihood/bernoulli"],
    "check": ["check"],
    "schema": ["schema"],
}
AIM = 0.25


def measured(folder: Path, plugins: int, rounds: int) -> dict[str, list[tuple[float, float]]]:
    """(seconds on the clock, of the processor) of each command in each round."""
    installed = folder / "installed"
    for number in range(plugins):
        pairs = [("prior", f"flow{number}"), ("regularizer", f"term{number}")]
        simple_plugin(installed, f"vaereg-plugin-p{number}", *pairs)
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    program = [sys.executable, "-m", "vaereg.cli"]
    quiet = {"stdout": subprocess.DEVNULL, "env": environment, "cwd": folder, "check": True}
    subprocess.run([*program, "init"], **quiet)
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in COMMANDS}
    for _ in range(rounds + 1):
        for name, arguments in COMMANDS.items():
            argv = [*program, *arguments] if arguments else [sys.executable, "-c", "pass"]
            started, used = perf_counter(), processor_time()
            subprocess.run(argv, **quiet)
            times[name].append((perf_counter() - started, processor_time() - used))
    return {name: each[1:] for name, each in times.items()}  # the first wrote the bytecode


def processor_time() -> float:
    """Seconds that this process's children have used so far."""
    spent = os.times()
    return spent.children_user + spent.children_system


def main(argv: Sequence[str]) -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plugins", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=7)
    add_json(parser)
    args = parser.parse_args(argv)
    found = surroundings()
    with tempfile.TemporaryDirectory() as folder:
        times = measured(Path(folder), args.plugins, args.rounds)
    rows = [f"{'command':<18}{'least ms':>10}{'middle ms':>11}{'processor ms':>14}  aim {AIM:g} s"]
    for name, each in times.items():
        clock = [seconds for seconds, _ in each]
        processor = min(seconds for _, seconds in each)
        verdict = "met" if min(clock) <= AIM else "missed"
        rows.append(
            f"{name:<18}{1e3 * min(clock):>10.0f}{1e3 * statistics.median(clock):>11.0f}"
            f"{1e3 * processor:>14.0f}  {verdict}"
        )
    report("start_up", argv, "\n".join(rows), times, found)


if __name__ == "__main__":
    main(sys.argv[1:])
