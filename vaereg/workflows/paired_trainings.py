"""Two declarations trained over the same seeds; what was trained before is used again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from vaereg.declaration.declaration import Declaration
from vaereg.discovery.catalog import Catalog
from vaereg.errors import Interrupted, LockError, RunError, VaeregError
from vaereg.runs.read import Run, read_run
from vaereg.runs.same_declaration import runs_of_same_declaration
from vaereg.workflows.options import RegistryOptions, TrainOptions
from vaereg.workflows.tell import Tell
from vaereg.workflows.train_many import (
    PROGRAM,
    message_of,
    no_plugins_options,
    run_child,
    train_command,
)

UNFINISHED = ("interrupted", "killed")
"""States of a run that can be continued."""


def paired_trainings(
    declarations: Sequence[Declaration],
    seeds: Sequence[int],
    catalog: Catalog,
    registry: RegistryOptions,
    options: TrainOptions,
    tell: Tell,
) -> dict[str, dict[int, Run]]:
    """The finished runs of each model by seed: found, continued or trained now.

    Each training is a process of its own. Seed by seed, so that an interrupted one leaves pairs.
    If the data has changed since a run that was found, that run is trained anew.

    Args:
        declarations: what to train, with the options already in it.
        seeds: the training seeds.
        catalog: the installed plugins.
        registry: what each process reads, with the overrides that declare the models.
        options: what each process is told; the backend is given.
        tell: hears which training begins.

    Raises:
        VaeregError: if a training failed: the ablation has to hold for all its seeds.
        Interrupted: if one was interrupted.
    """
    backend = options.backend or "auto"
    found = {each.model: _newest(each, catalog, backend, options.runs) for each in declarations}

    def finished(model: str, seed: int, run: Run | None, count: str) -> Run:
        train = train_command(model, seed, registry, options, quiet=tell.quiet)
        resume = [*no_plugins_options(registry.no_plugins), *(["--quiet"] if tell.quiet else [])]
        return _finished(model, seed, run, count, train, resume, tell)

    done: dict[str, dict[int, Run]] = {each.model: {} for each in declarations}
    jobs = [(each.model, seed) for seed in seeds for each in declarations]
    for number, (model, seed) in enumerate(jobs, start=1):
        count = f"[{number}/{len(jobs)}] {model}, seed {seed}"
        done[model][seed] = finished(model, seed, found[model].get(seed), count)
    for model, seed in _of_other_data(done):
        count = f"{model}, seed {seed}, anew, since the data has changed"
        done[model][seed] = finished(model, seed, None, count)
    return done


def _newest(declaration: Declaration, catalog: Catalog, backend: str, root: Path) -> dict[int, Run]:
    """By seed, the newest finished run, else the newest in any state."""
    found: dict[int, Run] = {}
    for run in runs_of_same_declaration(declaration, root, catalog.records, backend):
        seed = int(run.lock["seed"])
        before = found.get(seed)
        finished_before = before is not None and before.status.state == "finished"
        if run.status.state == "finished" or not finished_before:
            found[seed] = run
    return found


def _finished(
    model: str,
    seed: int,
    found: Run | None,
    count: str,
    train: Sequence[str],
    resume_options: Sequence[str],
    tell: Tell,
) -> Run:
    """The run that was found, continued if it is not finished; otherwise a new one."""
    state = found.status.state if found else ""
    if found and state == "running":
        raise RunError(
            f"{found.folder} is being trained by another process. Wait until it has finished, "
            "then ablate again."
        )
    if found and state == "finished":
        tell.say(f"{count}: as trained in {found.folder}")
        return found
    if found and state in UNFINISHED:
        tell.say(f"{count}: continuing {found.folder}")
        command = [*PROGRAM, "resume", str(found.folder.path), "--json", *resume_options]
        continued = _trained(command, model, seed, or_none=LockError.exit_code)
        if continued:
            return continued
        tell.say(f"{count}: installed versions have changed, so from the beginning")
    else:
        tell.say(count)
    made = _trained(train, model, seed)
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
            "The same command continues: what is trained and evaluated is used again."
        )
    if code == or_none:
        return None
    if code:
        raise _failure(
            code,
            f"{model}, seed {seed}, failed:\n{message_of(document)}\n"
            "The ablation has no result: it has to hold for every seed.",
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
