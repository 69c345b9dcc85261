"""Trains two declarations over the same seeds; finished runs are used again."""

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
    Told,
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
    """The finished runs of each model by seed: existing, continued or trained now.

    Each training runs in a process of its own. Both models are trained on one seed before the
    next, so that an interruption leaves complete pairs. If the data has changed since an existing
    run, the run is trained again.

    Args:
        declarations: the models to train, with the options applied.
        seeds: the training seeds.
        catalog: the available components.
        registry: the registry that each process reads, with the overrides that declare the models.
        options: the options of each process; the backend must be given.
        tell: receives a line before each training.

    Raises:
        VaeregError: if a training failed, because an ablation must cover every seed.
        Interrupted: if a training was interrupted.
    """
    backend = options.backend or "auto"
    found = {each.model: _newest(each, catalog, backend, options.runs) for each in declarations}

    data_of = {each.model: each.data_name for each in declarations}
    told = Told()

    def finished(model: str, seed: int, run: Run | None, count: str) -> Run:
        starts = run is None or run.status.state != "finished"
        once = told.options(model, data_of[model]) if starts else []
        train = train_command(model, seed, registry, options, quiet=tell.quiet) + once
        resume = [*no_plugins_options(registry.no_plugins), *(["--quiet"] if tell.quiet else [])]
        return _finished_run(model, seed, run, count, train, [*resume, *once], tell)

    done: dict[str, dict[int, Run]] = {each.model: {} for each in declarations}
    jobs = [(each.model, seed) for seed in seeds for each in declarations]
    for number, (model, seed) in enumerate(jobs, start=1):
        count = f"[{number}/{len(jobs)}] {model}, seed {seed}"
        done[model][seed] = finished(model, seed, found[model].get(seed), count)
    for model, seed in _of_other_data(done):
        count = f"{model}, seed {seed}, again because the data has changed"
        done[model][seed] = finished(model, seed, None, count)
    return done


def _newest(declaration: Declaration, catalog: Catalog, backend: str, root: Path) -> dict[int, Run]:
    """For each seed, the newest finished run, else the newest run in any state."""
    found: dict[int, Run] = {}
    for run in runs_of_same_declaration(declaration, root, catalog.records, backend):
        seed = int(run.lock["seed"])
        before = found.get(seed)
        finished_before = before is not None and before.status.state == "finished"
        if run.status.state == "finished" or not finished_before:
            found[seed] = run
    return found


def _finished_run(
    model: str,
    seed: int,
    found: Run | None,
    count: str,
    train: Sequence[str],
    resume_options: Sequence[str],
    tell: Tell,
) -> Run:
    """The existing run, continued if it is not finished; without one, a new run."""
    state = found.status.state if found else ""
    if found and state == "running":
        raise RunError(
            f"{found.folder} is being trained by another process. Wait until it has finished, "
            "then run the command again."
        )
    if found and state == "finished":
        tell.say(f"{count}: using {found.folder}")
        return found
    if found and state in UNFINISHED:
        tell.say(f"{count}: continuing {found.folder}")
        command = [*PROGRAM, "resume", str(found.folder.path), "--json", *resume_options]
        continued = _run_training(command, model, seed, or_none=LockError.exit_code)
        if continued:
            return continued
        tell.say(f"{count}: starting over, because installed versions have changed")
    else:
        tell.say(count)
    made = _run_training(train, model, seed)
    assert made is not None  # only where an exit code may give none
    return made


def _run_training(
    command: Sequence[str], model: str, seed: int, *, or_none: int | None = None
) -> Run | None:
    """Runs a training and reads its run; None if it ended with the exit code `or_none`."""
    code, document = run_child(list(command))
    if code == Interrupted.exit_code or code < 0:
        raise Interrupted(
            f"{message_of(document) or 'interrupted'}\n"
            "Run the same command again to resume; it uses finished trainings and evaluations."
        )
    if code == or_none:
        return None
    if code:
        raise _failure(
            code,
            f"{model}, seed {seed}, failed:\n{message_of(document)}\n"
            "The ablation has no result, because it must cover every seed.",
        )
    return read_run(document["runs"][0]["run"])


def _failure(code: int, message: str) -> VaeregError:
    """An error with the exit code of the training."""
    error = RunError(message)
    if code in (2, 3, 4):  # usage or declaration, plugin, lock
        error.exit_code = code
    return error


def _of_other_data(done: dict[str, dict[int, Run]]) -> list[tuple[str, int]]:
    """The runs whose data differs from that of the newest run."""
    every = [(model, seed, run) for model, runs in done.items() for seed, run in runs.items()]
    newest = max((run for *_, run in every), key=lambda run: run.folder.path.name)
    return [
        (model, seed)
        for model, seed, run in every
        if run.lock["dataset"]["digest"] != newest.lock["dataset"]["digest"]
    ]
