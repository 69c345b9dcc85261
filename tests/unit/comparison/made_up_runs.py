"""Evaluated runs with scores and influences as a generator of random numbers gives them."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import attrs
import numpy as np

from vaereg.comparison.comparison import METHOD, WEIGHTS
from vaereg.comparison.measured_run import Influences, MeasuredRun
from vaereg.comparison.pairing import Pairing
from vaereg.evaluation.evaluation import Evaluated, Evaluation, Extractor, Score

FEATURES = "classifier"

REAL = np.random.default_rng(1234).normal(size=(3, 500))
"""What the held-out examples, the same for every run, add to three scores."""


@attrs.frozen(kw_only=True)
class Quality:
    """What a model is like, before the noise of sampling.

    Args:
        gap: hf_gap in dB.
        coverage, recall, copies: the shares.
        kernel: kernel_distance.
    """

    gap: float = -6.0
    coverage: float = 0.4
    recall: float = 0.5
    kernel: float = 0.05
    copies: float = 0.01


def score(name: str, value: float, **fields: Any) -> Score:
    """A score that says of itself what is needed."""
    extractor = FEATURES if name.endswith(f"_{FEATURES}") else ""
    told = {"metric": "vaereg/made_up", "sample_size": 500, "question": "health", "direction": 0}
    return Score(name=name, extractor=extractor, value=value, **{**told, **fields})


def evaluation(scores: dict[str, Score], **fields: Any) -> Evaluation:
    """An evaluation on one data set."""
    data = Evaluated(
        name="fashion",
        digest="d" * 64,
        split="test",
        positions="p" * 16,
        held_out=500,
        train=1000,
        form="image",
        shape=(28, 28, 1),
    )
    told: dict[str, Any] = {
        "run": "runs/m/1",
        "model": "m",
        "seed": 0,
        "epochs": 30,
        "weights": "final",
        "sampler": "vaereg/prior",
        "sampling_seed": 0,
        "preset": "quick",
        "generated": 500,
        "data": data,
        "extractors": {FEATURES: Extractor(component="vaereg/classifier", identity="abc")},
        "made": "2026-01-01T00:00:00",
        "vaereg": "0.1.0",
    }
    return Evaluation(scores=scores, **{**told, **fields})


def run(rng: np.random.Generator, quality: Quality | None = None, name: str = "r") -> MeasuredRun:
    """One evaluated run of a model, its samples drawn anew."""
    quality = quality or Quality()
    count = REAL.shape[1]
    gap = rng.normal(quality.gap, 3.0, count)
    kernel = rng.normal(0.0, 0.1, count)
    # What an example is worth differs little between two models, so most of its noise is shared.
    real_gap, real_kernel = REAL[0] + rng.normal(0, 0.1, count), 0.1 * REAL[1]
    # Some examples are easier to cover than others, for every model.
    ease = 0.3 * REAL[2]
    covered = (rng.normal(size=count) * 0.95 + ease < _quantile(quality.coverage)) * 1.0
    reached = (rng.normal(size=count) * 0.95 + ease < _quantile(quality.recall)) * 1.0
    copied = (rng.random(count) < quality.copies) * 1.0
    scores = [
        score(
            "hf_gap",
            float(gap.mean() + real_gap.mean()),
            question="sharp",
            ideal=0.0,
            unit="dB",
            reference=0.0,
            reference_low=-0.1,
            reference_high=0.1,
        ),
        score(
            f"coverage_{FEATURES}",
            float(covered.mean()),
            question="varied",
            direction=1,
            share=True,
            reference=0.965,
            reference_low=0.96,
            reference_high=0.97,
        ),
        score(
            f"kernel_distance_{FEATURES}",
            float(quality.kernel + kernel.mean() + real_kernel.mean()),
            question="true",
            direction=-1,
            reference=0.0,
            reference_low=-0.0005,
            reference_high=0.0005,
        ),
        score(
            f"recall_{FEATURES}",
            float(reached.mean()),
            question="varied",
            direction=1,
            share=True,
            reference=0.95,
            reference_low=0.94,
            reference_high=0.96,
        ),
        score(
            f"copy_rate_{FEATURES}",
            float(copied.mean()),
            question="true",
            direction=-1,
            share=True,
            reference=0.01,
            low=float(copied.mean()) - 0.02,
            high=float(copied.mean()) + 0.02,
        ),
    ]
    influences = {
        "hf_gap": Influences(generated=gap, real=real_gap),
        f"coverage_{FEATURES}": Influences(real=covered),
        f"kernel_distance_{FEATURES}": Influences(generated=kernel, real=real_kernel),
        f"recall_{FEATURES}": Influences(real=reached),
        f"copy_rate_{FEATURES}": Influences(generated=copied),
    }
    named = {each.name: each for each in scores}
    return MeasuredRun(run=name, evaluation=evaluation(named, run=name), influences=influences)


def trained(rng: np.random.Generator, quality: Quality, spread: float = 1.0) -> MeasuredRun:
    """One training of a method: its quality varies, and its samples do."""
    return run(
        rng,
        attrs.evolve(
            quality,
            gap=quality.gap + spread * rng.normal(0, 0.5),
            coverage=quality.coverage + spread * rng.normal(0, 0.03),
            kernel=quality.kernel + spread * rng.normal(0, 0.004),
        ),
    )


def pairing(seeds: int = 1, **fields: Any) -> Pairing:
    """Pairs of runs whose folders nobody reads."""
    told: dict[str, Any] = {
        "question": METHOD if seeds > 1 else WEIGHTS,
        "seeds": tuple(range(seeds)),
        "label_a": "old",
        "label_b": "new",
        "a": (),
        "b": (),
    }
    return Pairing(**{**told, **fields})


def _quantile(share: float) -> float:
    return NormalDist().inv_cdf(min(max(share, 0.001), 0.999))
