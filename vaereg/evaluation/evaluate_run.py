"""A run, its model and its data -> scores and the arrays behind them."""

from __future__ import annotations

import time

import attrs
import numpy as np

import vaereg
from vaereg.assembly.told import handed_out
from vaereg.contracts.catalog import ComponentSource
from vaereg.declaration.declaration import AUTO, Declaration, Slot
from vaereg.discovery.entry_points import version_of
from vaereg.errors import RunError
from vaereg.evaluation.evaluation import Evaluation, Extractor
from vaereg.evaluation.evaluation_files import Variant, write_evaluation
from vaereg.evaluation.evidence.cache import Cache
from vaereg.evaluation.evidence.conditions_of_sets import ConditionsOfSets
from vaereg.evaluation.evidence.evaluation_data import EvaluationData
from vaereg.evaluation.evidence.extractors import (
    FittedExtractor,
    choose_extractors,
    fit_extractor,
)
from vaereg.evaluation.evidence.presets import Preset
from vaereg.evaluation.evidence.real_examples import choose_real
from vaereg.evaluation.evidence.run_model import RunModel
from vaereg.evaluation.exhibits.examples import exhibits
from vaereg.evaluation.scores.measuring import build_metrics, full_name, measure
from vaereg.evaluation.scores.reference_scores import CachedReferences
from vaereg.host.progress import Progress
from vaereg.runs.read import Run, check_finished
from vaereg.runs.run_lock import BACKENDS
from vaereg.trained.load_weights import digest_of_final
from vaereg.trained.open_trained import open_trained
from vaereg.trained.run_data import read_run_data
from vaereg.trained.samplers import TrainSampler

COPIES = "copy_rate"
"""The score of copies in features. It needs the features of all training examples, which the report
uses too; where the score is not measured, they are not computed for the report alone."""

SHOWN_AS_DRAWS = (
    "samples and reconstructions are draws of the likelihood, as it asks for, and not its means"
)
"""What a reader of the scores must know of a model whose likelihood has `draws`."""


@attrs.frozen(kw_only=True)
class EvaluationRequest:
    """What to evaluate, and how.

    Args:
        variant: which samples of the run to evaluate.
        sampler: the slot of the sampler to draw with.
        preset: how thoroughly to evaluate.
        extractors: the slots of feature extractors, or "auto".
        held: the names of extractors that a model of the comparison held in its training.
        ignore_lock: use data even if its content differs from the data of the training.
        command: the command that repeats the evaluation, for the report.
    """

    variant: Variant
    sampler: Slot
    preset: Preset
    extractors: tuple[Slot | str, ...] = (AUTO,)
    held: tuple[str, ...] = ()
    ignore_lock: bool = False
    command: str = ""


def evaluate_run(
    run: Run,
    declaration: Declaration,
    source: ComponentSource,
    progress: Progress,
    request: EvaluationRequest,
    train_sampler: TrainSampler | None = None,
) -> Evaluation:
    """Evaluates a finished run and writes evaluation.json and its arrays into its folder.

    Keras must be imported already.

    Args:
        run: the run.
        declaration: the declaration of the run.
        source: the available components.
        progress: shows progress.
        request: what to evaluate, and how.
        train_sampler: trains a sampler that learns by steps, if the run has none.

    Raises:
        RunError: if the run is not finished, or has no weights.
        DataError: if there are too few held-out examples, or an extractor cannot take the data.
        LockError: if the data has changed since training.
    """
    began = time.monotonic()
    check_finished(run)
    variant, thorough = request.variant, request.preset.thorough
    data = read_run_data(run, declaration, progress, ignore_lock=request.ignore_lock)
    real = choose_real(data, request.preset)
    evaluation_data = EvaluationData.of(data, real)
    spec = evaluation_data.quantizer.quantized_spec
    cache = Cache(declaration.cache, lambda text: progress.say(f"warning: {text}"))
    chosen, choice_warnings = choose_extractors(
        request.extractors, source, spec, cache, held=request.held
    )
    extractors = [
        fit_extractor(each, evaluation_data.quantized, spec, cache, progress) for each in chosen
    ]

    # Before they are read: if they are replaced meanwhile, the evaluation counts as outdated.
    weights_digest = digest_of_final(run)
    trained = open_trained(run, declaration, progress, data=data, train_sampler=train_sampler)
    vae = trained.vae
    progress.stage(f"drawing {len(real.held_out)} samples")
    told = handed_out(declaration, data.spec)
    conditions = ConditionsOfSets.of(real, told, variant.seed)
    samples, latents = trained.draw(
        len(real.held_out), variant.seed, request.sampler, given=conditions.generated
    )
    if not np.isfinite(samples).all():
        raise RunError(f"the samples of {run.folder} are not finite; its weights are broken.")

    model = RunModel(
        vae,
        latents,
        evaluation_data.raw_held_out,
        evaluation_data.raw_train,
        variant.seed,
        conditions,
    )
    evidence = evaluation_data.evidence(
        vae, samples, model, thorough=thorough, conditions=conditions
    )
    reference = evaluation_data.reference(thorough=thorough, conditions=conditions)
    features = {each.name: evaluation_data.features(each, evidence) for each in extractors}
    metrics, faults = build_metrics(source, spec, cache.folder)
    references = CachedReferences(
        cache=cache,
        digest=data.digest,
        real=real,
        thorough=thorough,
        identities={each.name: each.identity for each in extractors},
        told=tuple(each.name for each in told),
    )
    measured = measure(metrics, evidence, reference, features, progress.stage, references)
    progress.stage("choosing examples for the report")
    copies_in = [name for name in features if full_name(COPIES, name) in measured.scores]
    shown = exhibits(
        vae,
        evidence,
        features,
        evaluation_data,
        latents,
        variant.seed,
        conditions=conditions,
        copies_in=next(iter(copies_in), ""),
    )
    progress.end_stage()

    evaluation = Evaluation(
        run=str(run.folder),
        model=declaration.model,
        seed=declaration.train.seed,
        epochs=run.status.epochs,
        weights=trained.weights,
        weights_digest=weights_digest,
        sampler=request.sampler.offer.full_name,
        sampling_seed=variant.seed,
        preset=request.preset.name,
        generated=len(samples),
        evaluated_on=evaluation_data.evaluated_on(declaration.data_name),
        extractors={each.name: _extractor_record(each) for each in extractors},
        held=request.held,
        scores=measured.scores,
        warnings=(
            *([SHOWN_AS_DRAWS] if vae.draws else []),
            *choice_warnings,
            *faults,
            *measured.warnings,
            *model.warnings(),
            *evaluation_data.warnings(extractors),
        ),
        seconds=round(time.monotonic() - began, 1),
        made=time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        vaereg=vaereg.__version__,
        backend=_backend_version(),
        command=request.command,
    )
    write_evaluation(run.folder, variant, evaluation, {**measured.arrays, **shown})
    return evaluation


def _extractor_record(extractor: FittedExtractor) -> Extractor:
    return Extractor(
        component=extractor.slot.offer.full_name,
        identity=extractor.identity,
        facts=dict(extractor.extractor.facts),
    )


def _backend_version() -> str:
    """The active backend with its version."""
    from keras import backend

    name = str(backend.backend())
    return f"{name} {version_of(*BACKENDS.get(name, (name,)))}"
