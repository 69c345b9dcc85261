"""What an evaluation says: scores with intervals and references, and what they were measured on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

FORM = 1
"""Grows when a key of evaluation.json changes its meaning."""

LEVEL = 0.95
"""The confidence of the intervals of single scores."""


@attrs.frozen(kw_only=True)
class Score:
    """One score of one run.

    Args:
        name: such as "hf_gap", or "coverage_classifier" where it was measured in features.
        metric: the full name of the component that measured it.
        extractor: the name of the feature extractor, or an empty string.
        question, direction, ideal, meaning, unit, share: see `vaereg.ScoreInfo`.
        value: the figure.
        low, high: the interval for these weights, which covers the noise of sampling and of the
            held-out examples and not that of training; None where the metric gives none.
        reference: the same score of real data against real data, of the same size; None for scores
            of the model.
        reference_low, reference_high: its interval.
        sample_size: how many examples the value was computed from.
    """

    name: str
    metric: str
    extractor: str = ""
    question: str
    direction: int
    ideal: float | None = None
    meaning: str = ""
    unit: str = ""
    share: bool = False
    value: float
    low: float | None = None
    high: float | None = None
    reference: float | None = None
    reference_low: float | None = None
    reference_high: float | None = None
    sample_size: int

    @property
    def base(self) -> str:
        """The name without the extractor's."""
        return self.name.removesuffix(f"_{self.extractor}") if self.extractor else self.name


@attrs.frozen(kw_only=True)
class Extractor:
    """A feature extractor as it was used.

    Args:
        component: its full name, such as "vaereg/classifier".
        identity: the hash of weights and preprocessing.
        facts: what it says of itself, such as its held-out accuracy.
    """

    component: str
    identity: str
    facts: dict[str, Any] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class Evaluated:
    """The data that was measured against.

    Args:
        name: the key under [data].
        digest: the hash of all of it.
        split: "test", or "validation" where there is no test split.
        positions: a hash of which examples of the split were used.
        held_out: how many.
        train: how many training examples were looked at.
        form: "image", "vector" or "sequence".
        shape: of one example.
        class_names: the names of the classes, or empty.
    """

    name: str
    digest: str
    split: str
    positions: str
    held_out: int
    train: int
    form: str
    shape: tuple[int, ...]
    class_names: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Evaluation:
    """The content of evaluation.json.

    Args:
        run: the run folder, as it was named.
        model: the declared model.
        seed: of the training.
        epochs: how many were trained.
        weights: whose weights: "final", "last" or "best".
        sampler: the full name of the sampler.
        sampling_seed: the seed of the samples.
        preset: "quick" or "full".
        generated: how many samples were drawn.
        data: what was measured against.
        extractors: by name.
        scores: by name.
        warnings: what a reader must know, such as too few examples.
        seconds: how long it took.
        made: when, in ISO 8601.
        vaereg, backend: versions that it was made with.
        command: what makes it again.
    """

    run: str
    model: str
    seed: int
    epochs: int
    weights: str
    sampler: str
    sampling_seed: int
    preset: str
    generated: int
    data: Evaluated
    extractors: dict[str, Extractor]
    scores: dict[str, Score]
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0
    made: str = ""
    vaereg: str = ""
    backend: str = ""
    command: str = ""


def as_dict(evaluation: Evaluation) -> dict[str, Any]:
    """The content of evaluation.json."""
    return {"form": FORM, **attrs.asdict(evaluation)}


def from_dict(content: Mapping[str, Any]) -> Evaluation:
    """The evaluation of a content of evaluation.json.

    Raises:
        TypeError, KeyError, AttributeError: if it has another form.
    """
    fields = {name: value for name, value in content.items() if name != "form"}
    data = dict(fields.pop("data"))
    for key in ("shape", "class_names"):
        data[key] = tuple(data[key])
    return Evaluation(
        **{
            **fields,
            "data": Evaluated(**data),
            "extractors": {n: Extractor(**e) for n, e in fields["extractors"].items()},
            "scores": {n: Score(**s) for n, s in fields["scores"].items()},
            "warnings": tuple(fields["warnings"]),
        }
    )
