"""Stage 6: a run, its model and its data -> scores and the arrays behind them."""

from __future__ import annotations

import time

import attrs
import numpy as np

import vaereg
from vaereg.contracts.catalog import ComponentSource
from vaereg.declaration.declaration import Declaration, Slot
from vaereg.discovery.entry_points import version_of
from vaereg.errors import RunError
from vaereg.evaluation.evaluation import Evaluation, Extractor
from vaereg.evaluation.evaluation_files import Variant, write_evaluation
from vaereg.evaluation.evidence.cache import Cache
from vaereg.evaluation.evidence.evaluation_data import Subject
from vaereg.evaluation.evidence.extractors import choose_extractors, fit_extractor
from vaereg.evaluation.evidence.presets import Preset
from vaereg.evaluation.evidence.real_examples import choose_real
from vaereg.evaluation.evidence.run_model import RunModel
from vaereg.evaluation.exhibits.examples import exhibits
from vaereg.evaluation.scores.measuring import build_metrics, measure
from vaereg.evaluation.scores.reference_scores import KeptReferences
from vaereg.host.progress import Progress
from vaereg.runs.read import Run, check_finished
from vaereg.runs.run_lock import BACKENDS
from vaereg.trained.load_weights import FINAL, load_weights
from vaereg.trained.run_data import read_run_data
from vaereg.trained.samplers import draw, ready_sampler


@attrs.frozen(kw_only=True)
class Wish:
    """What to evaluate, and how.

    Args:
        variant: which samples of the run.
        sampler: the slot of the sampler to draw with.
        preset: how thoroughly.
        extractors: slots of feature extractors, or "auto".
        ignore_lock: use data whose content is not what the run was trained on.
        command: what makes the evaluation again, for its provenance.
    """

    variant: Variant
    sampler: Slot
    preset: Preset
    extractors: tuple[Slot | str, ...] = ("auto",)
    ignore_lock: bool = False
    command: str = ""


def evaluate_run(
    run: Run,
    declaration: Declaration,
    source: ComponentSource,
    progress: Progress,
    wish: Wish,
) -> Evaluation:
    """Evaluates a finished run and writes evaluation.json and its arrays into its folder.

    Keras is imported already.

    Args:
        run: the run.
        declaration: as read from it.
        source: the components there are.
        progress: tells the user.
        wish: what to evaluate, and how.

    Raises:
        RunError: if the run is not finished, or has no weights.
        DataError: if too little was held out, or an extractor cannot take the data.
        LockError: if the data is not what it was.
    """
    from keras import backend

    from vaereg.building import build_declared

    began = time.monotonic()
    check_finished(run)
    data = read_run_data(run, declaration, progress, ignore_lock=wish.ignore_lock)
    real = choose_real(data, wish.preset)
    cache = Cache(declaration.cache)
    subject = Subject.of(data, real)
    parts, warnings = choose_extractors(
        wish.extractors, source, subject.grid.seen, thorough=wish.preset.thorough
    )
    fitted = [
        fit_extractor(part, subject.gridded, subject.grid.seen, cache, progress) for part in parts
    ]

    progress.stage(f"building {declaration.model!r}")
    vae = build_declared(declaration, data)
    weights = load_weights(vae, run.folder, FINAL)
    progress.stage(f"drawing {len(real.held_out)} samples")
    sampler = ready_sampler(vae, declaration, wish.sampler, run.folder, weights, lambda: data)
    values, latents = draw(vae, sampler, len(real.held_out), wish.variant.seed)
    if not np.isfinite(values).all():
        raise RunError(f"the samples of {run.folder} are not finite; its weights are broken.")
    model = RunModel(vae, latents, subject.raw_held_out, subject.raw_train, wish.variant.seed)
    evidence = subject.evidence(vae, values, model, thorough=wish.preset.thorough)
    reference = subject.reference(thorough=wish.preset.thorough)
    features = {each.name: subject.features(each, evidence) for each in fitted}
    metrics, faults = build_metrics(source, subject.grid.seen, cache.folder)
    references = KeptReferences(
        cache=cache,
        digest=data.digest,
        real=real,
        thorough=wish.preset.thorough,
        identities={each.name: each.identity for each in fitted},
    )
    measured = measure(metrics, evidence, reference, features, progress.stage, references)
    progress.stage("choosing what to show")
    shown = exhibits(vae, evidence, features, subject, latents, wish.variant.seed)
    progress.end_stage()

    backend_name = backend.backend()
    evaluation = Evaluation(
        run=str(run.folder),
        model=declaration.model,
        seed=declaration.train.seed,
        epochs=run.status.epochs,
        weights=weights,
        sampler=wish.sampler.offer.full_name,
        sampling_seed=wish.variant.seed,
        preset=wish.preset.name,
        generated=len(values),
        data=subject.described(declaration.data_name),
        extractors={
            each.name: Extractor(
                component=each.part.offer.full_name,
                identity=each.identity,
                facts=dict(each.extractor.facts),
            )
            for each in fitted
        },
        scores=measured.scores,
        warnings=(*warnings, *faults, *measured.warnings, *subject.warnings(fitted)),
        seconds=round(time.monotonic() - began, 1),
        made=time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        vaereg=vaereg.__version__,
        backend=f"{backend_name} {version_of(*BACKENDS.get(backend_name, (backend_name,)))}",
        command=wish.command,
    )
    write_evaluation(run.folder, wish.variant, evaluation, {**measured.arrays, **shown})
    return evaluation
