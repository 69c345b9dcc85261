"""The evaluations of runs: read if they exist, made if they are missing."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from vaereg.declaration.declaration import AUTO, Slot
from vaereg.errors import UsageError
from vaereg.runs.held_extractors import held_extractors
from vaereg.runs.layout import RunFolder, portable_name
from vaereg.runs.read import locked_backend
from vaereg.trained.opened_run import OpenedRun, read_opened_run
from vaereg.trained.sampler_slot import sampler_slot
from vaereg.workflows.options import EvaluateOptions, Preset
from vaereg.workflows.tell import Tell

if TYPE_CHECKING:
    from vaereg.contracts.plain_values import TomlValue
    from vaereg.evaluation.evaluation import Evaluation
    from vaereg.evaluation.evaluation_files import Variant


def ensure_evaluated(
    runs: Sequence[tuple[RunFolder, Variant]], options: EvaluateOptions, tell: Tell
) -> list[Evaluation]:
    """The evaluation of each run, made now if it is missing, stale or has another preset.

    Without a preset, full evaluations are used if every run has one; otherwise quick ones are used
    and made. Without `features`, evaluations with any extractor are used; but if a model held an
    extractor in its training, all runs are measured with further extractors, in which they can be
    compared. If a new evaluation gives an extractor another identity, evaluations with its older
    identity are made again. Evaluations that another version of vaereg made in another form are
    made again.

    Args:
        runs: the runs, each with the variant of its samples.
        options: how to evaluate.
        tell: receives warnings and progress.

    Raises:
        RunError: if a run is not finished, or its evaluation is damaged.
    """
    keys = [(folder.path.resolve(), variant) for folder, variant in runs]
    first = sorted({keys.index(key) for key in keys})
    if len(first) < len(runs):  # a run that is named twice is evaluated once
        once = ensure_evaluated([runs[index] for index in first], options, tell)
        return [once[first.index(keys.index(key))] for key in keys]
    opened = [
        read_opened_run(
            folder.path,
            options.runs,
            warn=tell.warn,
            ignore_lock=options.ignore_lock,
            no_plugins=options.no_plugins,
        )
        for folder, _ in runs
    ]
    variants = [variant for _, variant in runs]
    held = tuple(sorted({name for each in opened for name in _held_names(each)}))
    found = [
        None if options.again else _read_existing(each, variant, options, tell)
        for each, variant in zip(opened, variants, strict=True)
    ]
    preset = options.preset or _common_preset(found)
    extractors = tuple(_extractor_slot(text, opened[0]) for text in options.features)
    names = {slot.offer.name for slot in extractors}
    missing = [
        index
        for index, each in enumerate(found)
        if each is None
        or each.preset != preset
        or not names <= set(each.extractors)
        or (not names and not set(held) <= set(each.held))
    ]
    missing = missing or _of_older_extractors([each for each in found if each is not None])
    for _ in range(2):  # first the missing evaluations, then those that these make outdated
        if not missing:
            break
        wanted = [(opened[index], variants[index]) for index in missing]
        made = _evaluate(wanted, preset, extractors, held, options, tell)
        for index, evaluation in zip(missing, made, strict=True):
            found[index] = evaluation
        missing = _of_older_extractors([each for each in found if each is not None])
    return [each for each in found if each is not None]


def _of_older_extractors(found: Sequence[Evaluation]) -> list[int]:
    """The indices of evaluations that used an older identity of an extractor than the newest one.

    Another version of vaereg, or other training data, gives an extractor another identity. Scores
    of different identities cannot be compared, so the older evaluations are made again.
    """
    newest = max(found, key=_time_made)
    return [
        index
        for index, each in enumerate(found)
        if any(
            name in newest.extractors
            and extractor.component == newest.extractors[name].component
            and extractor.identity != newest.extractors[name].identity
            and each.evaluated_on.digest == newest.evaluated_on.digest
            for name, extractor in each.extractors.items()
        )
    ]


def _time_made(evaluation: Evaluation) -> datetime:
    """When it was made; texts cannot be compared, since time zones differ."""
    try:
        return datetime.fromisoformat(evaluation.made).astimezone(UTC)
    except (ValueError, OverflowError):
        return datetime.min.replace(tzinfo=UTC)  # edited by hand


def _held_names(opened: OpenedRun) -> list[str]:
    """The names of the extractors that the run's model held in its training."""
    run = opened.run
    return [each.name.rpartition("/")[2] for each in held_extractors(run.lock, run.folder.lock)]


def _read_existing(
    opened: OpenedRun, variant: Variant, options: EvaluateOptions, tell: Tell
) -> Evaluation | None:
    """The existing evaluation, if it has the present form and was made from the run's weights."""
    from vaereg.evaluation.evaluation import FORM
    from vaereg.evaluation.evaluation_files import OlderFormError, arrays_path, read_evaluation
    from vaereg.evaluation.outdated import why_outdated
    from vaereg.runs.read import check_finished

    check_finished(opened.run)
    try:
        found = read_evaluation(opened.run.folder, variant)
    except OlderFormError as error:
        tell.warn(
            f"the evaluation of {opened.run.folder} has form {error.form}, which cannot be "
            f"compared with form {FORM} of this version of vaereg; the run is evaluated again"
        )
        return None
    if found is None or not arrays_path(opened.run.folder, variant).exists():
        return None
    outdated = why_outdated(opened.run, found, warn=tell.warn, ignore_lock=options.ignore_lock)
    if outdated:
        tell.warn(f"{outdated}; the run is evaluated again")
        return None
    return found


def _common_preset(found: Sequence[Evaluation | None]) -> Preset:
    presets = {each.preset for each in found if each is not None}
    return "full" if presets == {"full"} else "quick"


def _evaluate(
    runs: Sequence[tuple[OpenedRun, Variant]],
    preset: Preset,
    extractors: tuple[Slot, ...],
    held: tuple[str, ...],
    options: EvaluateOptions,
    tell: Tell,
) -> list[Evaluation]:
    """Evaluates the runs one after another in this process, and reports progress."""
    from vaereg.comparison.targets import argument_of
    from vaereg.evaluation.evaluate_run import EvaluationRequest, evaluate_run
    from vaereg.evaluation.evaluation_files import check_evaluations_folder, evaluations_folder
    from vaereg.evaluation.evidence.presets import BY_NAME
    from vaereg.host.import_keras import import_keras
    from vaereg.host.progress import duration
    from vaereg.runs.read import check_finished
    from vaereg.trained.run_data import check_data_found
    from vaereg.workflows.backend_choice import backend_choice, backend_of_run, imported_backend
    from vaereg.workflows.train_samplers import train_sampler

    for opened, _ in runs:  # before the evaluation of another run takes minutes
        check_finished(opened.run)
        check_data_found(opened.run, opened.declaration)
        check_evaluations_folder(opened.run.folder)
    samplers = [
        sampler_slot(opened.declaration, opened.catalog, variant.sampler or None)
        for opened, variant in runs
    ]
    if imported_backend():
        choice = backend_choice(options.backend, tell)
    else:
        trained_with = locked_backend(runs[0][0].run)
        choice = backend_of_run(options.backend, trained_with, tell)
    progress = tell.progress
    import_keras(choice, progress)
    import keras

    made = []
    for number, ((opened, variant), sampler) in enumerate(zip(runs, samplers, strict=True), 1):
        count = f"[{number}/{len(runs)}] " if len(runs) > 1 else ""
        progress.say(f"{count}evaluating {argument_of(str(opened.run.folder), variant)}, {preset}")
        evaluation = evaluate_run(
            opened.run,
            opened.declaration,
            opened.catalog,
            progress,
            EvaluationRequest(
                variant=variant,
                sampler=sampler,
                preset=BY_NAME[preset],
                extractors=extractors or (AUTO,),
                held=held,
                ignore_lock=options.ignore_lock,
                command=_repeating_command(opened, variant, preset, options.features),
            ),
            train_sampler,
        )
        progress.say(f"{count}evaluated in {duration(evaluation.seconds)}")
        kept_in = evaluations_folder(opened.run.folder)
        if kept_in != opened.run.folder.path:
            tell.warn(f"{opened.run.folder} is read-only; its evaluation is kept in {kept_in}")
        made.append(evaluation)
        keras.utils.clear_session()  # the next model compiles functions of its own
    return made


def _repeating_command(
    opened: OpenedRun, variant: Variant, preset: Preset, features: Sequence[str]
) -> str:
    from vaereg.comparison.targets import argument_of

    name = portable_name(opened.run.folder)
    words = ["vaereg", "evaluate", argument_of(name, variant), f"--{preset}"]
    for text in features:
        words += ["--features", text]
    return shlex.join([*words, "--again"])


def _extractor_slot(text: str, opened: OpenedRun) -> Slot:
    """The slot that a value of `features` declares: a name or a TOML table.

    Raises:
        UsageError: if it cannot be read.
        DeclarationError: if a parameter is wrong.
        PluginError: if its plugin cannot be used.
    """
    from vaereg.declaration.slot_from_value import slot_from_value

    value: TomlValue = text
    if text.lstrip().startswith("{"):
        from vaereg.declaration.text.read_toml import TomlError, read_toml_value

        try:
            value = read_toml_value(text)
        except TomlError as fault:
            raise UsageError(
                f"features: {text}: {fault}\n"
                'write a name, or a TOML table such as { use = "pixels", dimensions = 32 }'
            ) from None
    return slot_from_value("feature_extractor", value, ("features",), opened.catalog, "features")
