"""Several trainings one after another, each in a process of its own.

So that memory, compiled functions and random states of one reach no other, and the result of each
is what it would be alone.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from vaereg.cli.outcome import summary
from vaereg.cli.output import print_json
from vaereg.cli.terminal import Terminal
from vaereg.declaration.declaration import Declaration
from vaereg.errors import Interrupted
from vaereg.workflows.open_registry import warn

PROGRAM = (sys.executable, "-m", "vaereg")
"""How a child process is started."""


def train_many(declarations: Sequence[Declaration], args: argparse.Namespace) -> int:
    """Trains each declaration with each seed; one that fails does not stop the others.

    Returns:
        0, or the exit code of the first that failed.

    Raises:
        Interrupted: if one was interrupted; the rest is not begun.
    """
    terminal = Terminal(sys.stdout, args.color)
    results: list[dict[str, Any]] = []
    failed = 0
    jobs = [
        (declaration.model, declaration.train.seed + offset)
        for declaration in declarations
        for offset in range(args.seeds or 1)
    ]
    for number, (model, seed) in enumerate(jobs, start=1):
        if not args.quiet:
            sys.stderr.write(f"[{number}/{len(jobs)}] {model}, seed {seed}\n")
        code, document = run_child(train_command(model, seed, args))
        if code == Interrupted.exit_code or code < 0:
            raise Interrupted(message_of(document) or "interrupted")
        if code:
            failed = failed or code
            results.append({"model": model, "seed": seed, **document})
            # --json keeps stderr silent about errors; they stand in the document
            if not args.json:
                warn(args, f"{model}, seed {seed}, failed:\n{message_of(document)}")
            continue
        result = {"seed": seed, **document["runs"][0]}
        results.append(result)
        if not args.json:
            terminal.print(summary(result))
    if args.json:
        print_json({"runs": results})
    elif failed:
        count = sum("error" in result for result in results)
        terminal.print(f"{count} of {len(jobs)} trainings failed")
    return failed


def train_command(model: str, seed: int, args: argparse.Namespace) -> list[str]:
    """`vaereg train MODEL --seed SEED --json` with the options that were given."""
    command = [*PROGRAM, "train", model, "--json"]
    command += [f"--registry={args.registry}", f"--out={args.root}", f"--seed={seed}"]
    command += [f"--set={each}" for each in args.overrides]
    command += no_plugins_options(args)
    for option in ("epochs", "samples_every", "evaluate_every", "backend"):
        value = getattr(args, option)
        if value is not None:
            command.append(f"--{option.replace('_', '-')}={value}")
    if args.tensorboard:
        command.append("--tensorboard")
    if args.quiet:
        command.append("--quiet")
    return command


def no_plugins_options(args: argparse.Namespace) -> list[str]:
    """--no-plugins as it was given."""
    if args.no_plugins is True:
        return ["--no-plugins=*"]
    return [f"--no-plugins={','.join(args.no_plugins)}"] if args.no_plugins else []


def run_child(command: list[str]) -> tuple[int, dict[str, Any]]:
    """Runs one training; signals go to it, and its exit code and what it prints come back."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as child:
        # Ctrl-C reaches the child from the terminal; SIGTERM reaches this process alone.
        before = {
            signal.SIGINT: signal.signal(signal.SIGINT, signal.SIG_IGN),
            signal.SIGTERM: signal.signal(signal.SIGTERM, lambda *_: child.terminate()),
        }
        try:
            text, _ = child.communicate()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
    try:
        return child.returncode, json.loads(text)
    except ValueError:
        return child.returncode or 1, {"error": {"message": text.strip() or "it said nothing"}}


def message_of(document: dict[str, Any]) -> str:
    """Why a training failed, from what `run_child` gave; empty where it did not."""
    return str(document.get("error", {}).get("message", ""))
