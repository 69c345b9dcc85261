"""`vaereg check-plugin DIST --backend all`: the checks on each installed backend.

Each backend has a process of its own, since a process can load only one.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from itertools import groupby
from time import perf_counter
from typing import TYPE_CHECKING

from vaereg.cli.check_results import Results, Row
from vaereg.cli.exit_code import ExitCode
from vaereg.cli.output import print_json
from vaereg.cli.terminal import Terminal, error_text
from vaereg.errors import BackendError, Interrupted
from vaereg.host.devices import BACKENDS, installed_backends
from vaereg.host.progress import duration
from vaereg.workflows.train_many import PROGRAM, message_of, no_plugins_options, run_child

if TYPE_CHECKING:
    from vaereg.contracts.plain_values import JsonObject


def check_on_each(args: argparse.Namespace) -> int:
    """Prints the results of the checks on each installed backend, and a summary.

    Returns:
        0, or the first exit code that is not 0.

    Raises:
        BackendError: if no backend is installed.
        Interrupted: if one was interrupted; the remaining backends are not started.
    """
    installed = installed_backends()
    if not installed:
        raise BackendError(
            "no Keras backend is installed: TensorFlow, JAX or PyTorch.\n  pip install vaereg"
        )
    documents, told, failed = [], [], 0
    for number, backend in enumerate(installed, start=1):
        if not args.quiet:
            sys.stderr.write(f"[{number}/{len(installed)}] {backend}\n")
        started = perf_counter()
        code, document = run_child(_check_command(args, backend))
        if code == Interrupted.exit_code or code < 0:
            raise Interrupted(message_of(document) or "interrupted")
        failed = failed or code
        document = {"backend": backend, **document}
        document.pop("schema_version", None)
        documents.append(document)
        summary = _print_results(document, args)
        told.append(f"{backend}: {summary} ({duration(perf_counter() - started)})")
    absent = [each for each in BACKENDS if each not in installed]
    if args.json:
        kept = failed == ExitCode.DONE
        print_json({"kept": kept, "backends": documents, "not_installed": absent})
        return failed
    terminal = Terminal(sys.stdout, args.color)
    for line in told:
        terminal.print(line)
    for each in absent:
        terminal.print(f"{each}: not installed; pip install 'vaereg[{each}]'")
    return failed


def _check_command(args: argparse.Namespace, backend: str) -> list[str]:
    command = [*PROGRAM, "check-plugin", args.distribution, "--json", f"--backend={backend}"]
    command += [f"--only={each}" for each in args.only]
    command += [f"--expect={each}" for each in args.expect]
    command += [f"--set={each}" for each in args.overrides]
    command += [f"--minimum={args.minimum}", *no_plugins_options(args.no_plugins)]
    command += ["--fast"] * args.fast + ["-v"] * args.verbose
    return [*command, "--quiet"] if args.quiet else command


def _print_results(document: JsonObject, args: argparse.Namespace) -> str:
    """Prints the results of one backend, and returns a short summary."""
    if "error" in document:
        if not args.json:
            terminal = Terminal(sys.stderr, args.color)
            terminal.print(error_text(message_of(document), terminal))
        return "the checks could not be run"
    results = Results(
        color=args.color,
        minimum=args.minimum,
        left_out=document["left_out"] if args.fast else None,
        silent=args.json,
        verbose=bool(args.verbose),
        **{key: document[key] for key in ("distribution", "version", "backend")},
    )
    for rows in _by_component(document["checks"]):
        results.tell(rows)
    results.end()
    if not args.json:
        results.terminal.print()
    return results.summary


def _by_component(rows: Iterable[Row]) -> Iterable[Sequence[Row]]:
    for _, each in groupby(rows, key=lambda row: (row["kind"], row["component"])):
        yield list(each)
