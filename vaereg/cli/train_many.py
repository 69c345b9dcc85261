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
from vaereg.cli.session import warn
from vaereg.cli.terminal import Terminal
from vaereg.errors import Interrupted
from vaereg.spec.declaration import Declaration


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
        code, document = _child(_command(model, seed, args))
        if code == Interrupted.exit_code or code < 0:
            raise Interrupted(_message(document) or "interrupted")
        if code:
            failed = failed or code
            results.append({"model": model, "seed": seed, **document})
            # --json keeps stderr silent about errors; they stand in the document
            if not args.json:
                warn(args, f"{model}, seed {seed}, failed:\n{_message(document)}")
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


def _command(model: str, seed: int, args: argparse.Namespace) -> list[str]:
    command = [sys.executable, "-m", "vaereg", "train", model, "--json"]
    command += [f"--registry={args.registry}", f"--out={args.root}", f"--seed={seed}"]
    command += [f"--set={each}" for each in args.overrides]
    if args.no_plugins is True:
        command.append("--no-plugins=*")
    elif args.no_plugins:
        command.append(f"--no-plugins={','.join(args.no_plugins)}")
    for option in ("epochs", "samples_every", "evaluate_every", "backend"):
        value = getattr(args, option)
        if value is not None:
            command.append(f"--{option.replace('_', '-')}={value}")
    if args.tensorboard:
        command.append("--tensorboard")
    if args.quiet:
        command.append("--quiet")
    return command


def _child(command: list[str]) -> tuple[int, dict[str, Any]]:
    """Runs one training; signals go to it, and what it prints comes back."""
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


def _message(document: dict[str, Any]) -> str:
    return str(document.get("error", {}).get("message", ""))
