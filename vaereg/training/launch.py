"""Starts new runs and continues old ones: everything from a declaration to `train`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from vaereg.assembly.blame import reading
from vaereg.contracts.data import Data
from vaereg.declaration.declaration import Declaration
from vaereg.declaration.outlasting import outlasting
from vaereg.declaration.watched_loss import watched_loss
from vaereg.discovery.records import PluginRecord
from vaereg.errors import RunError, before_writing
from vaereg.host.devices import BackendChoice
from vaereg.host.environment import affecting_results
from vaereg.host.import_keras import import_keras, use_own_settings
from vaereg.host.progress import Progress
from vaereg.runs.atomic import JsonObject, json_text
from vaereg.runs.checkpoints import BEST, Checkpoint, Position, save_checkpoint
from vaereg.runs.layout import RunFolder, check_writable, create_run
from vaereg.runs.lock_comparison import check_lock, differences
from vaereg.runs.process_lock import holding
from vaereg.runs.read import Run
from vaereg.runs.run_declaration import Change, run_declaration_toml
from vaereg.runs.run_lock import has_earlier_splits, make_lock
from vaereg.trained.run_data import check_data_found
from vaereg.training.changed_run import changes_at, record, with_changes
from vaereg.training.evaluator import Evaluator, MakeEvaluator
from vaereg.training.outcome import TrainingOutcome
from vaereg.training.resumed_checkpoint import check_epochs, checkpoint_to_continue
from vaereg.training.take_weights import check_first_weights, first_checkpoint, take_weights

if TYPE_CHECKING:
    from vaereg.model.vae import VAE


@attrs.frozen(kw_only=True)
class PreparedModel:
    """A model that is ready to be trained.

    Args:
        vae: the model, with its initial weights.
        data: the data to train on.
        lock: the content of lock.json.
    """

    vae: VAE
    data: Data
    lock: JsonObject


def start(
    declaration: Declaration,
    records: Sequence[PluginRecord],
    root: Path,
    choice: BackendChoice,
    progress: Progress,
    make_evaluator: MakeEvaluator | None = None,
    weights_from: Run | None = None,
) -> TrainingOutcome:
    """Trains a declaration in a new run folder, which is made once all checks have passed.

    Args:
        declaration: what to train.
        records: the installed plugins, for the run lock.
        root: the folder of all runs.
        choice: the backend, as `choose_backend` returned it.
        progress: informs the user.
        make_evaluator: makes the evaluator that measures the model during training.
        weights_from: a finished run, whose weights are the first ones as far as they fit.
    """
    check_writable(root)
    check_tensorboard(declaration)
    with before_writing():
        prepared = prepare_model(declaration, records, choice, progress)
        if weights_from is not None:
            take_weights(prepared.vae, weights_from, prepared.lock, progress)
        check_before_training(prepared, declaration, root, progress)
        evaluator, declaration = _evaluated(declaration, prepared.data, make_evaluator, progress)
    # Relative paths do not depend on the name of the folder.
    text = run_declaration_toml(declaration, root / declaration.model / "run")
    run = create_run(
        root,
        declaration.model,
        {
            "declaration.toml": text,
            "lock.json": json_text(prepared.lock),
        },
    )
    with holding(run):
        first = None
        if weights_from is not None:
            first = first_checkpoint(prepared.vae, declaration, len(prepared.data.train))
            save_checkpoint(run.last, first)
        return _train(prepared, declaration, run, progress, first, evaluator)


def resume(
    run: Run,
    declaration: Declaration,
    records: Sequence[PluginRecord],
    choice: BackendChoice,
    progress: Progress,
    *,
    recorded: Sequence[Change] = (),
    changed: Sequence[Change] = (),
    which: str | None = None,
    ignore_lock: bool = False,
    make_evaluator: MakeEvaluator | None = None,
) -> TrainingOutcome:
    """Continues a run from its last (or best) checkpoint, or from the beginning if it has none.

    Args:
        run: the run to continue.
        declaration: as read from the run's declaration.toml, with the changes applied.
        records, choice, progress, make_evaluator: as in `start`.
        recorded: the changes that the run's declaration.toml holds.
        changed: the settings that change now.
        which: "last", "best" or None; see `checkpoint_to_continue`.
        ignore_lock: continue even if installed versions differ from the run lock.
    """
    check_tensorboard(declaration)
    check_data_found(run, declaration)
    with holding(run.folder):
        checkpoint = checkpoint_to_continue(
            run.folder,
            which,
            needs_best=declaration.train.early_stopping is not None,
            warn=lambda text: progress.say(f"warning: {text}"),
        )
        check_first_weights(run, checkpoint)
        position = Position() if checkpoint is None else checkpoint.position
        check_epochs(run.folder, declaration.train.epochs, position)
        changes = changes_at(recorded, changed, position)
        goes_back = checkpoint if which == BEST else None
        if checkpoint is not None:
            checkpoint = with_changes(checkpoint, changes, declaration.train, progress.say)
        prepared = prepare_model(
            declaration,
            records,
            choice,
            progress,
            earlier_splits=has_earlier_splits(run.lock),
        )
        found = differences(run.lock, prepared.lock)
        for warning in check_lock(run.folder, found, ignore=ignore_lock):
            progress.say(f"warning: {warning}")
        check_before_training(prepared, declaration, run.folder.path, progress)
        evaluator, declaration = _evaluated(declaration, prepared.data, make_evaluator, progress)
        for change in changed:
            progress.say(f"changed: {change} after {position}")
        if goes_back is not None:
            # What follows removes the later epochs from the history; if the process is killed
            # before it writes a checkpoint, the run must not continue after them.
            save_checkpoint(run.folder.last, goes_back)
        record(run.folder, declaration, changes, changed)
        return _train(prepared, declaration, run.folder, progress, checkpoint, evaluator)


def prepare_model(
    declaration: Declaration,
    records: Sequence[PluginRecord],
    choice: BackendChoice,
    progress: Progress,
    *,
    earlier_splits: bool = False,
) -> PreparedModel:
    """Imports keras, reads the data and builds the model, and shows each stage."""
    progress.spent.clear()
    found = import_keras(choice, progress)
    progress.stage("importing the engine", "imports")
    from vaereg.assembly.extractors_held_by import extractors_held_by
    from vaereg.assembly.load_data import check_batch_size, load_data
    from vaereg.assembly.suspicious_data import remarks
    from vaereg.model.build_declared import build_declared

    if choice.backend == "jax":
        from vaereg.model.backends.jax.compiled_programs import keep_compiled_programs

        keep_compiled_programs(declaration.cache, lambda text: progress.say(f"warning: {text}"))
    progress.stage(f"reading the data {declaration.data_name!r}", "data")
    data = load_data(declaration, progress.share, earlier_splits=earlier_splits)
    check_batch_size(data, declaration)
    with reading(declaration.data_slot):
        noted = remarks(data, declaration)
    for each in noted:
        progress.remark(each, "data")
    progress.stage(f"building {declaration.model!r}", "build")
    vae = build_declared(declaration, data)
    for each in use_own_settings():  # a plugin may have changed them
        progress.say(f"warning: {each}")
    lock = make_lock(
        declaration,
        records,
        backend=choice.backend,
        devices=found,
        data=data,
        environment=affecting_results(),
        held=extractors_held_by(declaration, vae.parts),
    )
    progress.end_stage()
    return PreparedModel(vae=vae, data=data, lock=lock)


def check_before_training(
    prepared: PreparedModel, declaration: Declaration, folder: Path, progress: Progress
) -> None:
    """Checks everything that can be checked before the first step.

    Warns if there are too few held-out examples to evaluate the model, and of schedules and
    warm-ups that end after the training, and tells what the watched loss counts.

    Raises:
        DataError: for values that the likelihood does not allow.
        DeclarationError, ContractError, PluginError: if the sampler cannot be built, or breaks its
            contract; it is used only after the training.
        RunError: if the disk is too full.
    """
    from vaereg.model.samplers.learned_sampler import LearnedSampler
    from vaereg.trained.samplers import build_sampler
    from vaereg.training.data_checks import check_data, check_disk, too_few_to_evaluate

    with reading(declaration.data_slot):
        check_data(
            prepared.data,
            prepared.vae.parts.likelihood,
            declaration.likelihood.offer.component.name,
        )
    built = build_sampler(prepared.vae, declaration, declaration.sampler)
    if isinstance(built, LearnedSampler) and declaration.train.evaluate is not None:
        progress.remark(
            f"note: {declaration.sampler.offer.label} is trained after the model; until then, "
            "samples come from the prior",
            "model",
        )
    check_disk(folder, sum(array.nbytes for array in prepared.vae.state().values()))
    if warning := too_few_to_evaluate(prepared.data):
        progress.remark(f"warning: {warning}", "data")
    steps_per_epoch = len(prepared.data.train) // declaration.train.batch_size
    for warning in outlasting(declaration, steps_per_epoch):
        progress.remark(f"warning: {warning}", "model")
    if told := watched_loss(declaration):
        progress.remark(told, "model")


def _evaluated(
    declaration: Declaration, data: Data, make_evaluator: MakeEvaluator | None, progress: Progress
) -> tuple[Evaluator | None, Declaration]:
    """The evaluator, if one is declared, and the declaration with the evaluator's choices in it.

    With these choices, a resumed run uses the same extractor and scores, whatever is installed by
    then.

    Raises:
        ValueError: if an evaluator is declared but `make_evaluator` is None.
    """
    if declaration.train.evaluate is None:
        return None, declaration
    if make_evaluator is None:
        raise ValueError("the declaration has [train.evaluate], but make_evaluator is None")
    progress.stage("preparing the evaluation during training")
    evaluator = make_evaluator(declaration, data, progress)
    progress.end_stage()
    settings = attrs.evolve(declaration.train, evaluate=evaluator.settings)
    return evaluator, attrs.evolve(declaration, train=settings)


def _train(
    prepared: PreparedModel,
    declaration: Declaration,
    run: RunFolder,
    progress: Progress,
    checkpoint: Checkpoint | None,
    evaluator: Evaluator | None,
) -> TrainingOutcome:
    from vaereg.training.trainer import train

    size = sum(math.prod(variable.shape) for variable in prepared.vae.trainable_variables)
    position = Position() if checkpoint is None else checkpoint.position
    progress.say(
        f"{'training' if position == Position() else f'continuing after {position}'}: "
        f"{declaration.model} ({size:,} weights) on {len(prepared.data.train):,} examples "
        f"in {run}"
    )
    return train(
        prepared.vae,
        prepared.data,
        declaration,
        run,
        progress=progress,
        checkpoint=checkpoint,
        evaluator=evaluator,
    )


def check_tensorboard(declaration: Declaration) -> None:
    """Checks that TensorBoard logs can be written, if they are declared.

    Raises:
        RunError: if TensorBoard is not installed.
    """
    if declaration.train.tensorboard:
        missing = [name for name in ("tensorflow", "tensorboard") if find_spec(name) is None]
        if missing:
            raise RunError(
                f"TensorBoard logs need {' and '.join(missing)}, not installed here.\n"
                f"  pip install {' '.join(missing)}\nor train without the option tensorboard."
            )
