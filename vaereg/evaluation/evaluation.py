"""The result of an evaluation: scores with intervals and references, and how they were measured."""

from __future__ import annotations

import attrs

from vaereg.contracts.plain_values import JsonObject
from vaereg.runs.json_form import misfit

FORM = 6
"""Increases when a key of evaluation.json changes its name or meaning, or when scores are measured
in another way, so that scores of two forms cannot be compared."""

TWIN_ENDINGS = ("_reconstructed", "_added_by_prior")
"""How the names of built-in scores end that tell the decoder's fault from that of the prior. They
are measured on halves of the examples."""

LEVEL = 0.95
"""The confidence of the intervals of single scores."""


@attrs.frozen(kw_only=True)
class Score:
    """One score of one run.

    Args:
        name: such as "hf_gap", or "coverage_classifier" if it was measured in features.
        metric: the full name of the component that measured it.
        extractor: the name of the feature extractor, or an empty string.
        question, direction, ideal, meaning, unit, share: see `vaereg.ScoreInfo`.
        value: the value.
        low, high: the interval for these weights, which covers the noise of sampling and of the
            held-out examples but not that of training; None if the metric gives none.
        reference: the same score of real data against real data, with as many examples; None for
            scores of the model itself.
        reference_low, reference_high: its interval.
        limit: a value beyond which the score shows a defect, or None; see `vaereg.Measured`.
        detail: what the value is about, in a few words, or empty; see `vaereg.Measured`.
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
    limit: float | None = None
    detail: str = ""
    sample_size: int

    @property
    def base(self) -> str:
        """The name without that of the extractor."""
        return base_name(self.name, self.extractor)

    @property
    def is_twin(self) -> bool:
        """Whether it is a score of reconstructions, or what sampling adds to one."""
        return is_twin(self.base)


def base_name(name: str, extractor: str) -> str:
    """The name of a score without that of the extractor, which may be an empty string."""
    return name.removesuffix(f"_{extractor}") if extractor else name


def is_twin(base: str) -> bool:
    """Whether a score is one of reconstructions, or what sampling adds to one.

    Args:
        base: the name without that of the extractor.
    """
    return base.endswith(TWIN_ENDINGS)


@attrs.frozen(kw_only=True)
class Extractor:
    """A feature extractor that an evaluation used.

    Args:
        component: its full name, such as "vaereg/classifier".
        identity: the hash of its weights and preprocessing.
        facts: facts that it reports, such as its held-out accuracy.
    """

    component: str
    identity: str
    facts: JsonObject = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class EvaluatedOn:
    """The real data of an evaluation.

    Args:
        name: the key under [data].
        digest: the hash of the whole data set.
        split: "test", or "validation" if there is no test split.
        positions: a hash of the positions of the examples used.
        held_out: the number of held-out examples used.
        train_examples: the number of training examples used.
        form: "image", "vector" or "sequence".
        shape: the shape of one example.
        class_names: the names of the classes, or empty.
    """

    name: str
    digest: str
    split: str
    positions: str
    held_out: int
    train_examples: int
    form: str
    shape: tuple[int, ...]
    class_names: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Evaluation:
    """The content of evaluation.json.

    Args:
        run: the run folder, as the user named it; in the file, as `portable_name` names it.
        model: the declared model.
        seed: the training seed.
        epochs: the number of epochs of training.
        weights: which weights were used: "final", "last" or "best".
        weights_digest: the digest of these weights, by which an evaluation of other weights is
            noticed.
        sampler: the full name of the sampler.
        sampling_seed: the seed of the samples.
        preset: "quick" or "full".
        generated: the number of samples drawn.
        evaluated_on: the real data.
        extractors: the feature extractors by name.
        held: the extractors that a model of a comparison held in its training when this evaluation
            was made for the comparison; others were measured beside them.
        scores: the scores by name.
        warnings: notes that a reader of the scores must know, such as that there are few examples.
        seconds: the time that the evaluation took.
        made: the time at which it was made, in ISO 8601.
        vaereg, backend: the versions used.
        command: the command that repeats the evaluation.
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
    evaluated_on: EvaluatedOn
    extractors: dict[str, Extractor]
    scores: dict[str, Score]
    held: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0
    made: str = ""
    vaereg: str = ""
    backend: str = ""
    command: str = ""
    weights_digest: str = ""


def as_dict(evaluation: Evaluation) -> JsonObject:
    """The content of evaluation.json."""
    return {"form": FORM, **attrs.asdict(evaluation)}


def from_dict(content: JsonObject) -> Evaluation:
    """The evaluation whose evaluation.json has this content.

    Raises:
        ValueError: if the content has another form.
    """
    fields = {name: value for name, value in content.items() if name != "form"}
    if wrong := misfit(fields, Evaluation):
        raise ValueError(wrong)
    evaluated_on = dict(fields.pop("evaluated_on"))
    for key in ("shape", "class_names"):
        evaluated_on[key] = tuple(evaluated_on.get(key, ()))
    return Evaluation(
        **{
            **fields,
            "evaluated_on": EvaluatedOn(**evaluated_on),
            "extractors": {n: Extractor(**e) for n, e in fields["extractors"].items()},
            "scores": {n: Score(**s) for n, s in fields["scores"].items()},
            "held": tuple(fields.get("held", ())),
            "warnings": tuple(fields.get("warnings", ())),
        }
    )
