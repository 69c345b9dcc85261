"""Two declarations trained over the same seeds; what was trained before is taken as it is."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from vaereg.declaration.declaration import Declaration
from vaereg.discovery.catalog import Catalog
from vaereg.errors import Interrupted, LockError, RunError, VaeregError
from vaereg.runs.read import Run, read_run
from vaereg.runs.same_declaration import runs_of_same_declaration
from vaereg.workflows.train_many import (
    PROGRAM,
    message_of,
    no_plugins_options,
    run_child,
    train_command,
)

UNFINISHED = ("interrupted", "killed")
"""States of a run that can go on."""


def paired_trainings(
    declarations: Sequence[Declaration],
    seeds: Sequence[int],
    catalog: Catalog,
    backend: str,
    args: argparse.Namespace,
) -> dict[str, dict[int, Run]]:
    """The finished runs of each model by seed: found, continued or trained now.

    Each training is a process of its own. Seed by seed, so that an interrupted one leaves pairs.
    If the data has changed since a run that was found, that run is trained anew.

    Args:
        declarations: what to train, with all that options say.
        seeds: the training seeds.
        catalog: the installed plugins.
        backend: the Keras backend to train with.
        args: the options of `train_command`, with the overrides that declare the models.

    Raises:
        VaeregError: if a training failed: the ablation has to hold for all its seeds.
        Interrupted: if one was interrupted.
    """
    found = {each.model: _newest(each, catalog, backend, args) for each in declarations}
    done: dict[str, dict[int, Run]] = {each.model: {} for each in declarations}
    jobs = [(each.model, seed) for seed in seeds for each in declarations]
    for number, (model, seed) in enumerate(jobs, start=1):
        count = f"[{number}/{len(jobs)}] {model}, seed {seed}"
        done[model][seed] = _finished(model, seed, found[model].get(seed), count, backend, args)
    for model, seed in _of_other_data(done):
        count = f"{model}, seed {seed}, anew, since the data has changed"
        done[model][seed] = _finished(model, seed, None, count, backend, args)
    return done


def _newest(
    declaration: Declaration, catalog: Catalog, backend: str, args: argparse.Namespace
) -> dict[int, Run]:
    """By seed, the newest finished run, else the newest in any state."""
    found: dict[int, Run] = {}
    for run in runs_of_same_declaration(declaration, args.root, catalog.records, backend):
        seed = int(run.lock["seed"])
        before = found.get(seed)
        finished_before = before is not None and before.status.state == "finished"
        if run.status.state == "finished" or not finished_before:
            found[seed] = run
    return found


def _finished(
    model: str, seed: int, found: Run | None, count: str, backend: str, args: argparse.Namespace
) -> Run:
    """The run that was found if it is finished, or goes on to be; else a new one."""
    state = found.status.state if found else ""
    if found and state == "running":
        raise RunError(
            f"{found.folder} is being trained by another process. Wait until it has finished, "
            "then ablate again."
        )
    if found and state == "finished":
        _say(f"{count}: as trained in {found.folder}", args)
        return found
    if found and state in UNFINISHED:
        _say(f"{count}: continuing {found.folder}", args)
        command = [*PROGRAM, "resume", str(found.folder.path), "--json"]
        command += [*no_plugins_options(args), *(["--quiet"] if args.quiet else [])]
        gone_on = _trained(command, model, seed, or_none=LockError.exit_code)
        if gone_on:
            return gone_on
        _say(f"{count}: what is installed has changed, so from the beginning", args)
    else:
        _say(count, args)
    told = argparse.Namespace(**{**vars(args), "backend": backend})
    made = _trained(train_command(model, seed, told), model, seed)
    assert made is not None  # only where an exit code may give none
    return made


def _trained(
    command: Sequence[str], model: str, seed: int, *, or_none: int | None = None
) -> Run | None:
    """Runs a training and reads its run, or None where it ended with the exit code `or_none`."""
    code, document = run_child(list(command))
    if code == Interrupted.exit_code or code < 0:
        raise Interrupted(
            f"{message_of(document) or 'interrupted'}\n"
            "The same command goes on: what is trained and evaluated is taken as it is."
        )
    if code == or_none:
        return None
    if code:
        raise _failure(
            code,
            f"{model}, seed {seed}, failed:\n{message_of(document)}\n"
            "Nothing is ablated: all seeds count, also one on which the training fails.",
        )
    return read_run(document["runs"][0]["run"])


def _failure(code: int, message: str) -> VaeregError:
    """An error that ends the program as the training ended."""
    error = RunError(message)
    if code in (2, 3, 4):  # a fault of the declaration, of a plugin, of the lock
        error.exit_code = code
    return error


def _of_other_data(done: dict[str, dict[int, Run]]) -> list[tuple[str, int]]:
    """The runs whose data is not that of the newest run."""
    every = [(model, seed, run) for model, runs in done.items() for seed, run in runs.items()]
    newest = max((run for *_, run in every), key=lambda run: run.folder.path.name)
    return [
        (model, seed)
        for model, seed, run in every
        if run.lock["dataset"]["digest"] != newest.lock["dataset"]["digest"]
    ]


def _say(text: str, args: argparse.Namespace) -> None:
    if not args.quiet:
        sys.stderr.write(text + "\n")
