"""Run folders with an artificial evaluation, for tests of reports."""

from __future__ import annotations

import json
from pathlib import Path

import attrs
import numpy as np

from tests.helpers.evaluations import make_evaluated_on, make_evaluation, make_score
from tests.helpers.made_lock import COMPONENT, made_lock
from vaereg.comparison.comparison import (
    ONE_PAIR,
    PAIRED_SEEDS,
    Answer,
    Comparison,
    Difference,
    Side,
    Verdict,
)
from vaereg.discovery.discover import discover
from vaereg.evaluation.evaluation import Evaluation, Extractor, Score
from vaereg.evaluation.evaluation_files import Variant, write_evaluation
from vaereg.reporting.reported_run import ReportedRun, read_reported
from vaereg.reporting.sections.seeds import Compared
from vaereg.runs.layout import RunFolder

PLAIN = Variant()
CLASSES = ("shirt", "boot", "bag")
TEXTURE = "efficientnet_lite0"


def score(name: str, value: float, **changes: object) -> Score:
    """A score with an interval about its value."""
    given: dict[str, object] = {
        "question": "sharp",
        "ideal": 0.0,
        "meaning": "A made-up score.",
        "unit": "dB",
        "low": value - 0.2,
        "high": value + 0.2,
        "reference": 0.05,
        "reference_low": -0.1,
        "reference_high": 0.2,
        "sample_size": 2000,
    }
    return make_score(name, value, **{**given, **changes})


def scores(shift: float = 0.0) -> dict[str, Score]:
    """A score for each question, and one without interval and reference."""
    coverage = score(
        "coverage_classifier",
        0.6 + shift / 20,
        extractor="classifier",
        question="varied",
        direction=1,
        ideal=None,
        unit="",
        share=True,
        low=0.57 + shift / 20,
        high=0.63 + shift / 20,
        reference=0.96,
        reference_low=0.95,
        reference_high=0.97,
    )
    kernel = score(
        "kernel_distance_classifier",
        0.21 - shift / 40,
        extractor="classifier",
        question="true",
        direction=-1,
        ideal=None,
        unit="",
        low=0.19 - shift / 40,
        high=0.23 - shift / 40,
        reference=0.0004,
        reference_low=-0.001,
        reference_high=0.002,
    )
    active = score(
        "active_units",
        14.0,
        question="health",
        ideal=None,
        unit="",
        low=None,
        high=None,
        reference=None,
        reference_low=None,
        reference_high=None,
    )
    spectrum = score(
        "spectrum_distance",
        6.0 - shift,
        direction=-1,
        ideal=None,
        low=5.5 - shift,
        high=6.5 - shift,
    )
    found = (spectrum, score("hf_gap", -6.0 + shift), coverage, kernel, active)
    elsewhere = [
        attrs.evolve(each, name=f"{each.base}_{TEXTURE}", extractor=TEXTURE)
        for each in (coverage, kernel)
    ]
    return {each.name: each for each in (*found, *elsewhere)}


def evaluation(model: str, *, shift: float = 0.0, seed: int = 0, form: str = "image") -> Evaluation:
    """An evaluation of a model."""
    extractor = Extractor(
        component="vaereg/classifier", identity="abc123def456", facts={"accuracy": 0.91}
    )
    texture = Extractor(component=f"vaereg/{TEXTURE}", identity="fed321cba654")
    return make_evaluation(
        run=f"runs/{model}/20260101-000000-0000",
        model=model,
        seed=seed,
        epochs=20,
        generated=2000,
        evaluated_on=make_evaluated_on(
            digest="0123456789abcdef",
            positions="fedcba9876543210",
            held_out=2000,
            train_examples=4000,
            form=form,
            shape=(14, 14, 1) if form == "image" else (6,),
            class_names=CLASSES,
        ),
        extractors={"classifier": extractor, TEXTURE: texture},
        scores=scores(shift),
        warnings=("there are only 2,000 held-out examples.",),
        seconds=12.0,
        made=f"2026-01-01T00:00:00+0000 {model} {seed}",
        backend="tensorflow 2.21.0",
        command=f"vaereg evaluate runs/{model} --quick --again",
    )


def pictures(
    rng: np.random.Generator, *shape: int, channels: int = 1, side: int = 14
) -> np.ndarray:
    """Random uint8 images (*shape, side, side, channels)."""
    return rng.integers(0, 256, (*shape, side, side, channels), dtype=np.uint8)


def image_arrays(seed: int = 0, *, channels: int = 1, side: int = 14) -> dict[str, np.ndarray]:
    """Every array that the report uses, for images."""
    rng = np.random.default_rng(seed)

    def some(*shape: int) -> np.ndarray:
        return pictures(rng, *shape, channels=channels, side=side)

    arrays = {
        "exhibits/samples": some(128),
        "exhibits/prior_samples": some(64),
        "exhibits/posterior_samples": some(64),
        "exhibits/real": some(64),
        "exhibits/reconstructed": some(64),
        "exhibits/duplicates/first": some(8),
        "exhibits/duplicates/second": some(8),
        "exhibits/duplicates/distance": rng.uniform(0, 9, 8),
        "exhibits/uncovered": some(16),
        "exhibits/worst": some(16),
        "exhibits/by_class/samples": some(3, 8),
        "exhibits/by_class/present": np.arange(24).reshape(3, 8) != 23,
        "exhibits/interpolations": some(4, 9),
        "exhibits/traversals": some(8, 9),
    }
    for name in ("closest", "random", "closest_features"):
        arrays[f"exhibits/{name}/generated"] = some(8)
        arrays[f"exhibits/{name}/train"] = some(8)
        arrays[f"exhibits/{name}/distance"] = np.sort(rng.uniform(1, 9, 8))
    return arrays | curves(rng)


def vector_arrays(seed: int = 0, dimensions: int = 6) -> dict[str, np.ndarray]:
    """Every array that the report uses, for vectors."""
    rng = np.random.default_rng(seed)
    return {
        "exhibits/samples": rng.normal(size=(128, dimensions)).astype(np.float32),
        "exhibits/real": rng.normal(size=(64, dimensions)).astype(np.float32),
        "exhibits/reconstructed": rng.normal(size=(64, dimensions)).astype(np.float32),
        "exhibits/traversals": rng.normal(size=(4, 9, dimensions)).astype(np.float32),
        "exhibits/traversals/dimension": np.arange(4),
        "curves/kl_per_dimension": np.sort(rng.gamma(1, 1, 4))[::-1],
    }


def curves(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """The numbers behind the figures."""
    frequency = np.arange(1, 15) / 14
    spectrum = -10 - 30 * frequency + rng.normal(0, 0.3, 14)
    kl = np.sort(rng.gamma(1.0, 1.2, 16))[::-1]
    sizes = np.linspace(200, 2000, 15).astype(int)
    return {
        "exhibits/traversals/dimension": rng.permutation(16)[:8],
        "exhibits/traversals/kl": kl[:8],
        "curves/codes": rng.normal(0, 1.0, (1000, 2)),
        "curves/prior_codes": rng.normal(0, 1.2, (1000, 2)),
        "curves/frequency": frequency,
        "curves/spectrum_real": -10 - 25 * frequency,
        "curves/spectrum_generated": spectrum,
        "curves/spectrum_reconstructed": spectrum + 2,
        "curves/spectrum_generated_low": spectrum - 4,
        "curves/spectrum_generated_high": spectrum + 3,
        "curves/kl_per_dimension": kl,
        "curves/active_variance": np.sort(rng.beta(1, 1, 16))[::-1],
        "curves/nearest_train_generated": np.sort(rng.normal(6, 1, 2000)),
        "curves/nearest_train_real": np.sort(rng.normal(6.5, 1.3, 2000)),
        "scores/frechet_distance_infinity_classifier/curve": np.stack(
            [sizes, 20 + 3000 / sizes + rng.normal(0, 0.2, 15)]
        ),
        "curves/class_share_real": np.array([0.3, 0.3, 0.4]),
        "curves/class_share_generated": rng.dirichlet([9, 9, 9]),
        "scores/sharpness_ratio/values": rng.lognormal(-4.5, 0.8, 2000),
        "references/sharpness_ratio/values": rng.lognormal(-3.5, 0.8, 2000),
    }


DECLARATION = """default = "{model}"

[data.fashion]
use = "vaereg/fashion_mnist"

[models.{model}]
data = "fashion"
latent = 16

[models.{model}.prior]
use = "vaereg/standard_normal"

[models.{model}.likelihood]
use = "vaereg/{likelihood}"

[train]
epochs = 20
seed = {seed}
"""


def write_run(
    folder: Path,
    made: Evaluation,
    arrays: dict[str, np.ndarray],
    *,
    likelihood: str = "bernoulli",
    variant: Variant = PLAIN,
) -> RunFolder:
    """A finished run with an evaluation."""
    folder.mkdir(parents=True, exist_ok=True)
    run = RunFolder(folder)
    model = json.dumps(made.model)[1:-1]
    key = made.model if made.model.isidentifier() else f'"{model}"'
    run.declaration.write_text(
        DECLARATION.replace('default = "{model}"', f'default = "{model}"')
        .replace("{model}", key)
        .replace("{likelihood}", likelihood)
        .replace("{seed}", str(made.seed))
    )
    lock = made_lock(
        model=made.model,
        seed=made.seed,
        dataset={"name": "fashion"},
        components={"sampler": {**COMPONENT, "component": "vaereg/prior"}},
    )
    run.lock.write_text(json.dumps(lock))
    lines = ["epoch,step,loss,kl,val_loss,val_kl,eval_hf_gap"]
    for epoch in range(1, 21):
        fall = 300 / epoch
        evaluated = f"{-9 + epoch / 5}" if epoch % 5 == 0 else ""
        lines.append(
            f"{epoch},{31 * epoch},{fall + 230},{16 - 5 / epoch},{fall + 236},15.5,{evaluated}"
        )
    run.history.write_text("\n".join(lines) + "\n")
    run.status.write_text(json.dumps({"state": "finished", "epochs": 20, "of": 20}))
    write_evaluation(run, variant, made, arrays)
    return run


def reported(
    tmp_path: Path, *models: str, arrays: dict[str, np.ndarray] | None = None, form: str = "image"
) -> list[ReportedRun]:
    """Runs that were written and read back."""
    targets, evaluations = [], []
    for index, model in enumerate(models):
        made = evaluation(model, shift=2.0 * index, form=form)
        run = write_run(
            tmp_path / f"run{index}",
            made,
            image_arrays(index) if arrays is None else arrays,
            likelihood="bernoulli" if not index else "gaussian",
        )
        targets.append((run, PLAIN, model))
        evaluations.append(made)
    return read_reported(targets, evaluations, discover(no_plugins=True))


def difference(name: str, question: str, seeds: int, **changes: object) -> Difference:
    """The difference of a score of `scores`."""
    a, b = scores()[name], scores(2.0)[name]
    given: dict[str, object] = {
        "name": name,
        "extractor": a.extractor,
        "question": question,
        "direction": a.direction,
        "ideal": a.ideal,
        "unit": a.unit,
        "share": a.share,
        "meaning": a.meaning,
        "value_a": a.value,
        "value_b": b.value,
        "reference": a.reference,
        "effect": abs(b.value - a.value),
        "low": abs(b.value - a.value) * 0.7,
        "high": abs(b.value - a.value) * 1.3,
        "level": 0.983,
        "p": 0.031,
        "procedure": "paired t over seeds",
        "by_seed": tuple(abs(b.value - a.value) * (0.9 + 0.05 * each) for each in range(seeds)),
    }
    return Difference(**{**given, **changes})  # type: ignore[arg-type]


def compared(a: str = "baseline", b: str = "sharp", *, seeds: int = 6) -> Compared:
    """A comparison with three different verdicts."""
    sharp = difference("spectrum_distance", "sharp", seeds)
    varied = difference("coverage_classifier", "varied", seeds, effect=0.02, low=0.01, high=0.07)
    textured = difference(
        f"coverage_{TEXTURE}", "varied", seeds, effect=-0.04, low=-0.07, high=-0.02
    )
    true = difference("kernel_distance_classifier", "true", seeds)
    return Compared(
        comparison=Comparison(
            design=PAIRED_SEEDS if seeds > 1 else ONE_PAIR,
            a=Side(
                label=a,
                model=a,
                runs=("runs/a",) * seeds,
                sampler="vaereg/prior",
                sampling_seed=0,
                cause="Reconstructions are blurred already (-4.1 dB): the likelihood is to blame.",
            ),
            b=Side(
                label=b, model=b, runs=("runs/b",) * seeds, sampler="vaereg/prior", sampling_seed=0
            ),
            seeds=tuple(range(seeds)),
            spaces=("classifier", TEXTURE),
            verdicts=(
                Verdict(
                    question="sharp",
                    verdict="better",
                    answers=(Answer(verdict="better", score=sharp, rope=0.3),),
                    sentence=f"{b} closes 2 of the 6 dB that {a} lacks at high frequencies.",
                ),
                Verdict(
                    question="varied",
                    verdict="contested",
                    answers=(
                        Answer(space="classifier", verdict="better", score=varied, rope=0.001),
                        Answer(space=TEXTURE, verdict="worse", score=textured, rope=0.001),
                    ),
                    sentence="The feature spaces disagree.",
                ),
                Verdict(
                    question="true",
                    verdict="vetoed",
                    answers=(Answer(space="classifier", verdict="better", score=true, rope=0.01),),
                    veto="12 % of samples copy training images",
                    sentence="Nearer to the data, but 12 % of samples copy training images.",
                ),
            ),
            scores=(sharp, varied, textured, true),
            procedure="paired t over seeds, exact test of sign flips, Holm over three questions",
            preset="quick",
            warnings=("both were evaluated on few examples.",),
        ),
        a=tuple(_evaluation_of_seed(a, 0.0, seed) for seed in range(seeds)),
        b=tuple(_evaluation_of_seed(b, 2.0, seed) for seed in range(seeds)),
    )


def _evaluation_of_seed(model: str, shift: float, seed: int) -> Evaluation:
    made = evaluation(model, shift=shift, seed=seed)
    varied = {
        name: attrs.evolve(each, value=each.value * (1 + 0.03 * seed))
        for name, each in made.scores.items()
    }
    return attrs.evolve(made, scores=varied)
