"""Evaluated runs whose scores and influences are random numbers."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import attrs
import numpy as np

from tests.helpers.evaluations import make_evaluation, make_score
from vaereg.comparison.compare_runs import compare_measured
from vaereg.comparison.comparison import ONE_PAIR, PAIRED_SEEDS, Comparison
from vaereg.comparison.headline_scores import PRIMARY, SHARPNESS
from vaereg.comparison.measured_run import Influences, MeasuredRun
from vaereg.comparison.pairing import Pairing
from vaereg.evaluation.evaluation import Evaluation, Score

FEATURES, TEXTURE = "classifier", "efficientnet_lite0"
SPACES = (FEATURES, TEXTURE)
SHARP = PRIMARY["sharp"]

REAL = np.random.default_rng(1234).normal(size=(3, 500))
"""The contribution of the held-out examples, the same for every run, to three scores."""


@attrs.frozen(kw_only=True)
class Quality:
    """The true scores of a model, before the noise of sampling.

    Args:
        gap: the score of sharpness in dB; its ideal is 0.
        coverage, recall, copies: the shares.
        kernel: kernel_distance.
        elsewhere: the true scores in the second feature space; None for the same ones.
    """

    gap: float = -6.0
    coverage: float = 0.4
    recall: float = 0.5
    kernel: float = 0.05
    copies: float = 0.01
    elsewhere: Quality | None = None


BETTER = Quality(gap=-3.0, coverage=0.6, kernel=0.02)


def score(name: str, value: float, **fields: Any) -> Score:
    """A score; the name says whether it was measured in features."""
    extractor = next((each for each in SPACES if name.endswith(f"_{each}")), "")
    return make_score(name, value, extractor=extractor, **fields)


def evaluation(scores: dict[str, Score], **fields: Any) -> Evaluation:
    """An evaluation of these scores."""
    return make_evaluation(scores=scores, **fields)


def run(rng: np.random.Generator, quality: Quality | None = None, name: str = "r") -> MeasuredRun:
    """One evaluated run of a model, with new samples."""
    quality = quality or Quality()
    count = REAL.shape[1]
    gap = rng.normal(quality.gap, 3.0, count)
    # Two models get similar influences from an example, so they share most of its noise.
    real_gap = REAL[0] + rng.normal(0, 0.1, count)
    scores = [
        score(
            name,
            float(gap.mean() + real_gap.mean()),
            question="sharp",
            ideal=0.0,
            unit="dB",
            reference=0.0,
            reference_low=-0.1,
            reference_high=0.1,
        )
        for name in (SHARP, SHARPNESS)
    ]
    influences = {each.name: Influences(generated=gap, real=real_gap) for each in scores}
    for space in SPACES:
        there = quality if space == FEATURES or quality.elsewhere is None else quality.elsewhere
        _measure_in(space, there, rng, scores, influences)
    named = {each.name: each for each in scores}
    return MeasuredRun(run=name, evaluation=evaluation(named, run=name), influences=influences)


def _measure_in(
    space: str,
    quality: Quality,
    rng: np.random.Generator,
    scores: list[Score],
    influences: dict[str, Influences],
) -> None:
    """Adds the scores in one feature space."""
    count = REAL.shape[1]
    kernel = rng.normal(0.0, 0.1, count)
    real_kernel = 0.1 * REAL[1]
    # Some examples are easier to cover than others, for every model.
    ease = 0.3 * REAL[2]
    covered = (rng.normal(size=count) * 0.95 + ease < _normal_quantile(quality.coverage)) * 1.0
    reached = (rng.normal(size=count) * 0.95 + ease < _normal_quantile(quality.recall)) * 1.0
    copied = (rng.random(count) < quality.copies) * 1.0
    scores += [
        score(
            f"coverage_{space}",
            float(covered.mean()),
            question="varied",
            direction=1,
            share=True,
            reference=0.965,
            reference_low=0.96,
            reference_high=0.97,
        ),
        score(
            f"kernel_distance_{space}",
            float(quality.kernel + kernel.mean() + real_kernel.mean()),
            question="true",
            direction=-1,
            reference=0.0,
            reference_low=-0.0005,
            reference_high=0.0005,
        ),
        score(
            f"recall_{space}",
            float(reached.mean()),
            question="varied",
            direction=1,
            share=True,
            reference=0.95,
            reference_low=0.94,
            reference_high=0.96,
        ),
        score(
            f"copy_rate_{space}",
            float(copied.mean()),
            question="true",
            direction=-1,
            share=True,
            reference=0.01,
            low=float(copied.mean()) - 0.02,
            high=float(copied.mean()) + 0.02,
        ),
    ]
    influences |= {
        f"coverage_{space}": Influences(real=covered),
        f"kernel_distance_{space}": Influences(generated=kernel, real=real_kernel),
        f"recall_{space}": Influences(real=reached),
        f"copy_rate_{space}": Influences(generated=copied),
    }


def trained(rng: np.random.Generator, quality: Quality, spread: float = 1.0) -> MeasuredRun:
    """One training of a method: its quality varies, and so do its samples."""
    return run(
        rng,
        attrs.evolve(_varied(rng, quality, spread), elsewhere=_varied(rng, quality, spread))
        if quality.elsewhere is None
        else attrs.evolve(
            _varied(rng, quality, spread), elsewhere=_varied(rng, quality.elsewhere, spread)
        ),
    )


def _varied(rng: np.random.Generator, quality: Quality, spread: float) -> Quality:
    """The quality of one training."""
    return attrs.evolve(
        quality,
        gap=quality.gap + spread * rng.normal(0, 0.5),
        coverage=quality.coverage + spread * rng.normal(0, 0.03),
        kernel=quality.kernel + spread * rng.normal(0, 0.004),
    )


def pairing(seeds: int = 1, **fields: Any) -> Pairing:
    """Pairs of runs whose folders are never read."""
    plain: dict[str, Any] = {
        "design": PAIRED_SEEDS if seeds > 1 else ONE_PAIR,
        "seeds": tuple(range(seeds)),
        "label_a": "old",
        "label_b": "new",
        "a": (),
        "b": (),
    }
    return Pairing(**{**plain, **fields})


def compared(a: list[MeasuredRun], b: list[MeasuredRun], **fields: Any) -> Comparison:
    """The comparison of runs in pairs."""
    return compare_measured(pairing(len(a), **fields), a, b)


def compared_methods(
    rng: np.random.Generator, a: Quality, b: Quality, seeds: int = 6, spread: float = 1.0
) -> Comparison:
    """The comparison of two methods over several trainings."""
    return compared(
        [trained(rng, a, spread) for _ in range(seeds)],
        [trained(rng, b, spread) for _ in range(seeds)],
    )


def verdicts_of(comparison: Comparison) -> list[str]:
    """The verdicts on sharp, varied and true."""
    return [each.verdict for each in comparison.verdicts]


def with_score(measured: MeasuredRun, name: str, **fields: Any) -> MeasuredRun:
    """The run with other fields of one score."""
    scores = dict(measured.evaluation.scores)
    scores[name] = attrs.evolve(scores[name], **fields)
    return with_facts(measured, scores=scores)


def with_facts(measured: MeasuredRun, **fields: Any) -> MeasuredRun:
    """The run with other fields of its evaluation."""
    return attrs.evolve(measured, evaluation=attrs.evolve(measured.evaluation, **fields))


def _normal_quantile(share: float) -> float:
    return NormalDist().inv_cdf(min(max(share, 0.001), 0.999))
