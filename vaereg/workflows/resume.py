"""Continues a run from a checkpoint; the result is the same to the bit."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Literal

import attrs

from vaereg.declaration.text.override import override, read_overrides
from vaereg.errors import UsageError
from vaereg.runs.layout import ROOT
from vaereg.trained.whole_number import whole_number
from vaereg.workflows.finished_run import FinishedRun, run_from_outcome
from vaereg.workflows.options import RunLike, read_folder, read_no_plugins, read_run_like
from vaereg.workflows.tell import Tell

Checkpoint = Literal["last", "best"]


def resume(
    run: RunLike,
    *,
    epochs: int | None = None,
    overrides: Sequence[str] = (),
    checkpoint: Checkpoint | None = None,
    backend: str | None = None,
    runs: str | os.PathLike[str] = ROOT,
    ignore_lock: bool = False,
    no_plugins: bool | Sequence[str] = False,
    quiet: bool = False,
    tell: Tell | None = None,
) -> FinishedRun:
    """Continues a run in this process, as `vaereg resume` does.

    Args:
        run: a run folder, a run as `train` returns it, `<model>/<id>`, or a model's name for its
            newest run.
        epochs: the total number of epochs, instead of the declared one. If early stopping had
            ended the run, it counts from 0 again.
        overrides: settings that change from here on, as on the command line
            (`["train.optimizer.learning_rate=1e-4"]`): epochs, learning rates, early stopping,
            checkpoints, evaluation, samples, and the weights of terms.
        checkpoint: "best" to continue from the best epoch; "last" to continue from the last one
            even if the checkpoint of the best epoch is lost, whose weights would be the final ones
            with early stopping. None for the last one, with an error if the other is lost.
        backend: the Keras backend; None for that of the run. With another one, the result is not
            the same to the bit.
        runs: the folder of all runs.
        ignore_lock: continue even if installed versions differ from the run lock.
        no_plugins: distributions to leave out; True for all but the built-in components.
        quiet: no warnings and no progress on stderr.
        tell: receives warnings and progress instead of stderr.

    Raises:
        RunError: if there is no such run, or it is being trained, or it cannot be continued.
        DeclarationError: if an override cannot be read.
        UsageError: if an override changes what cannot change in a run.
        LockError: if installed versions differ and `ignore_lock` is false.
        BackendError: if keras was imported with another backend.
        Interrupted: if the user interrupted it.
    """
    from vaereg.declaration.resolve import resolve
    from vaereg.runs.changed_settings import changed_settings, check_used
    from vaereg.runs.read import locked_backend
    from vaereg.trained.opened_run import read_opened_run
    from vaereg.training import launch
    from vaereg.workflows.backend_choice import backend_of_run
    from vaereg.workflows.evaluate_in_training import evaluator_maker

    if checkpoint not in (None, "last", "best"):
        raise UsageError(f'checkpoint is "last" or "best"; got {checkpoint!r}')
    tell = tell or Tell(quiet=quiet)
    opened = read_opened_run(
        read_run_like(run),
        read_folder("runs", runs),
        warn=tell.warn,
        ignore_lock=ignore_lock,
        no_plugins=read_no_plugins(no_plugins),
    )
    declaration = opened.declaration
    if settings := read_overrides(overrides):
        document = override(opened.document, settings)
        wanted = resolve(document, opened.catalog, declaration.model)
        check_used(opened.document.values, document.values, declaration)
        declaration = attrs.evolve(wanted, folder=declaration.folder)
    if epochs is not None:
        train = attrs.evolve(declaration.train, epochs=whole_number("epochs", epochs, 1))
        declaration = attrs.evolve(declaration, train=train)
    changed = changed_settings(opened.declaration, declaration)
    choice = backend_of_run(backend, locked_backend(opened.run), tell)
    outcome = launch.resume(
        opened.run,
        declaration,
        opened.records,
        choice,
        tell.progress,
        recorded=opened.changes,
        changed=changed,
        which=checkpoint,
        ignore_lock=ignore_lock,
        make_evaluator=evaluator_maker(opened.catalog),
    )
    return run_from_outcome(outcome, declaration.train.seed)
