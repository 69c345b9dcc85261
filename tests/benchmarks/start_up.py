"""How long the reading commands take with twenty plugins installed.

Commands take turns, so that a busy machine slows all alike. Shown are the least and the middle of
the times on the clock, and the least processor time, which other work on the machine changes less.
The first two lines are what nobody gets below: Python itself, and the modules that any program of
this kind imports. Bytecode is written to a temporary folder, as an installation has it. The aim is
0.15 s on the clock of an idle machine.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from tests.benchmarks.timing.results import add_json, report, surroundings
from tests.helpers.fake_distributions import simple_plugin

LIBRARIES = "import importlib.metadata, pluggy, attrs, tomllib, argparse"

BOUNDS = {"(python -c pass)": "pass", "(its libraries)": LIBRARIES}
"""What Python takes to do nothing, and to import what a program of this kind needs."""

COMMANDS = {
    "--help": ["--help"],
    "--version": ["--version"],
    "plugins": ["plugins"],
    "components": ["components"],
    "describe": ["describe", "likelihood/bernoulli"],
    "check": ["check"],
    "schema": ["schema"],
}
AIM = 0.15


def measured(folder: Path, plugins: int, rounds: int) -> dict[str, list[tuple[float, float]]]:
    """(seconds on the clock, of the processor) of each command in each round."""
    installed = folder / "installed"
    for number in range(plugins):
        pairs = [("prior", f"flow{number}"), ("regularizer", f"term{number}")]
        simple_plugin(installed, f"vaereg-plugin-p{number}", *pairs)
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, (str(installed), os.environ.get("PYTHONPATH")))),
        "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
        "PYTHONDONTWRITEBYTECODE": "",
    }
    program = [sys.executable, "-m", "vaereg.cli"]
    quiet = {"stdout": subprocess.DEVNULL, "env": environment, "cwd": folder, "check": True}
    subprocess.run([*program, "init"], **quiet)
    commands = {name: [sys.executable, "-c", code] for name, code in BOUNDS.items()}
    commands |= {name: [*program, *arguments] for name, arguments in COMMANDS.items()}
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for _ in range(rounds + 1):
        for name, argv in commands.items():
            started, used = perf_counter(), processor_time()
            subprocess.run(argv, **quiet)
            times[name].append((perf_counter() - started, processor_time() - used))
    return {name: each[1:] for name, each in times.items()}  # the first wrote the bytecode


def processor_time() -> float:
    """Seconds that this process's children have used so far."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def main(argv: Sequence[str]) -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plugins", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--small", action="store_true", help="two plugins, once")
    add_json(parser)
    args = parser.parse_args(argv)
    if args.small:
        args.plugins, args.rounds = 2, 1
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
