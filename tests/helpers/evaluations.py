"""Evaluations for tests: a test gives the fields it is about; the others have plain defaults."""

from __future__ import annotations

from typing import Any

from vaereg.evaluation.evaluation import EvaluatedOn, Evaluation, Extractor, Score


def make_score(name: str, value: float, **fields: Any) -> Score:
    """A score of an invented metric."""
    plain = {
        "metric": "vaereg/some_metric",
        "sample_size": 500,
        "question": "health",
        "direction": 0,
    }
    return Score(name=name, value=value, **{**plain, **fields})


def make_evaluated_on(**fields: Any) -> EvaluatedOn:
    """Some real images."""
    plain = {
        "name": "fashion",
        "digest": "d" * 64,
        "split": "test",
        "positions": "p" * 16,
        "held_out": 500,
        "train_examples": 1000,
        "form": "image",
        "shape": (28, 28, 1),
    }
    return EvaluatedOn(**{**plain, **fields})


def make_evaluation(**fields: Any) -> Evaluation:
    """An evaluation with two extractors and no scores, unless they are given."""
    plain = {
        "run": "runs/m/1",
        "model": "m",
        "seed": 0,
        "epochs": 30,
        "weights": "final",
        "sampler": "vaereg/prior",
        "sampling_seed": 0,
        "preset": "quick",
        "generated": 500,
        "evaluated_on": make_evaluated_on(),
        "extractors": {
            name: Extractor(component=f"vaereg/{name}", identity=f"{name[:3]}123")
            for name in ("classifier", "efficientnet_lite0")
        },
        "scores": {},
        "made": "2026-01-01T00:00:00+0000",
        "vaereg": "0.1.0",
    }
    return Evaluation(**{**plain, **fields})
