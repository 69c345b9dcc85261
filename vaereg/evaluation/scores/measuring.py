"""Metrics on evidence: every score with its interval, its reference and the arrays behind it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import attrs
import numpy as np

from vaereg.assembly.build_component import build_component, evaluation_context
from vaereg.component import Offer
from vaereg.contracts.catalog import ComponentSource
from vaereg.contracts.data import DataSpec
from vaereg.contracts.metric import Measured, Metric, ScoreInfo
from vaereg.declaration.declaration import Slot
from vaereg.declaration.read_params import default_params
from vaereg.discovery.blame import cause
from vaereg.discovery.catalog import BUILTIN
from vaereg.errors import ContractError, DataError, PluginError
from vaereg.evaluation.evaluation import LEVEL, Score
from vaereg.evaluation.evidence.evaluation_data import ExtractedFeatures
from vaereg.evaluation.evidence.lazy_evidence import LazyEvidence
from vaereg.evaluation.scores.intervals import interval
from vaereg.host.current_folder import keeping_current_folder


@attrs.frozen(kw_only=True, eq=False)
class BuiltMetric:
    """A metric that is ready to measure."""

    slot: Slot
    metric: Metric


MeasureReference = Callable[
    [BuiltMetric, str, Callable[[], dict[str, Measured]]], dict[str, Measured]
]
"""(metric, extractor's name, what measures the reference) -> the reference, perhaps cached."""


@attrs.frozen(kw_only=True, eq=False)
class Measurements:
    """The results of the metrics.

    Args:
        scores: the scores by name.
        arrays: the influences and kept values of each score, as in evaluation.h5.
        warnings: the metrics that could not be used, and why.
    """

    scores: dict[str, Score]
    arrays: dict[str, np.ndarray]
    warnings: tuple[str, ...]


def build_metrics(
    source: ComponentSource,
    spec: DataSpec,
    cache: Path,
    wanted: Callable[[Offer], bool] = lambda offer: True,
) -> tuple[list[BuiltMetric], list[str]]:
    """Every installed metric that takes this form of data, and warnings about broken metrics.

    A broken metric does not stop an evaluation.
    """
    metrics, warnings = [], []
    # `measure` keeps the first of two scores with one name. As with the names of components, the
    # built-in ones keep theirs: a verdict must rest on the same score wherever it is computed.
    offers = sorted(source.offers("metric"), key=lambda offer: offer.distribution != BUILTIN)
    for offer in offers:
        if spec.form not in offer.component.for_data or not wanted(offer):
            continue
        try:
            params = default_params(offer, source)
            slot = Slot(kind="metric", key=offer.name, offer=offer, params=params)
            metric = build_component(slot, evaluation_context(offer.name, spec, cache), Metric)
            declared = dict(metric.scores)
            if not all(isinstance(info, ScoreInfo) for info in declared.values()):
                raise ContractError("its `scores` are not of type vaereg.ScoreInfo")
            metrics.append(BuiltMetric(slot=slot, metric=metric))
        except Exception as error:  # noqa: BLE001  # a metric may raise anything; it is left out
            warnings.append(
                f"the metric {offer.full_name} {offer.version} is left out: {cause(error)}"
            )
    return metrics, warnings


def full_name(score: str, extractor: str) -> str:
    """The name of a score, with that of the extractor whose features it was measured in."""
    return f"{score}_{extractor}" if extractor else score


def measure(
    metrics: Sequence[BuiltMetric],
    evidence: LazyEvidence,
    reference: LazyEvidence | None,
    features: Mapping[str, ExtractedFeatures],
    show: Callable[[str], None],
    measure_reference: MeasureReference = lambda built, extractor, make: make(),
) -> Measurements:
    """Runs metrics on a model's evidence and on that of real data against real data.

    A metric of a plugin that fails is left out with a warning.

    Args:
        metrics: the metrics to run.
        evidence: the evidence of the model.
        reference: the evidence of real data against real data; None to leave references out.
        features: the features of both, by the name of the extractor.
        show: receives a line before each metric.
        measure_reference: returns the reference of a metric, perhaps from a cache.

    Raises:
        DataError: from a built-in metric, if the data cannot be measured.
        ContractError: if a built-in metric breaks its contract.
    """
    scores: dict[str, Score] = {}
    arrays: dict[str, np.ndarray] = {}
    warnings: list[str] = []
    views: dict[str, tuple[LazyEvidence, LazyEvidence | None]] = {"": (evidence, reference)}
    for name, extracted in features.items():
        views[name] = (
            evidence.seen_by(extracted.model),
            None if reference is None else reference.seen_by(extracted.reference),
        )
    for built in metrics:
        for extractor in features if built.metric.uses_features else ("",):
            within = f" in the features of {extractor!r}" if extractor else ""
            show(f"measuring {built.slot.offer.name}{within}")
            of_model, of_reference = views[extractor]
            try:
                measured = _measured(built, of_model)
                references = (
                    {}
                    if of_reference is None
                    else measure_reference(built, extractor, _measure_later(built, of_reference))
                )
            except (DataError, PluginError, ContractError) as error:
                if built.slot.offer.distribution == BUILTIN:
                    raise  # vaereg's verdicts rest on its own metrics, a veto of copies included
                warnings.append(f"{built.slot.offer.label} is left out: {error}")
                continue
            for base, score in measured.items():
                name = full_name(base, extractor)
                if name in scores:
                    warnings.append(
                        f"{built.slot.offer.label} measures {name}, which "
                        f"{scores[name].metric} already measured; the first one is kept."
                    )
                    continue
                scores[name] = _score(built, base, extractor, score, references.get(base))
                arrays.update(_score_arrays(name, score, references.get(base)))
    return Measurements(scores=scores, arrays=arrays, warnings=tuple(warnings))


def _measure_later(built: BuiltMetric, evidence: LazyEvidence) -> Callable[[], dict[str, Measured]]:
    """A function that measures when called, since a cached reference need not be measured."""
    return lambda: _measured(built, evidence)


def _measured(built: BuiltMetric, evidence: LazyEvidence) -> dict[str, Measured]:
    who = built.slot.offer.label
    try:
        with keeping_current_folder():
            measured = dict(built.metric(evidence))
    except (DataError, ContractError) as error:
        raise type(error)(f"{who}: {error}") from error
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as error:  # SystemExit too: a metric does not end an evaluation
        raise PluginError(f"{who} fails: {cause(error)}") from error
    for name, score in measured.items():
        if name not in built.metric.scores or not isinstance(score, Measured):
            raise ContractError(
                f"{who} breaks its contract: it measured {name!r}, which it does not declare as a "
                f"score; it declares {', '.join(built.metric.scores) or 'none'}."
            )
        if not math.isfinite(score.value):
            raise ContractError(f"{who} breaks its contract: {name} is {score.value}.")
    return measured


def _score(
    built: BuiltMetric, base: str, extractor: str, measured: Measured, reference: Measured | None
) -> Score:
    info = built.metric.scores[base]
    low, high = _score_interval(info, measured)
    reference_low, reference_high = _score_interval(info, reference)
    return Score(
        name=full_name(base, extractor),
        metric=built.slot.offer.full_name,
        extractor=extractor,
        **attrs.asdict(info),
        value=float(measured.value),
        low=low,
        high=high,
        reference=None if reference is None else float(reference.value),
        reference_low=reference_low,
        reference_high=reference_high,
        limit=None if measured.limit is None else float(measured.limit),
        detail=measured.detail,
        sample_size=int(measured.sample_size),
    )


def _score_interval(
    info: ScoreInfo, measured: Measured | None
) -> tuple[float | None, float | None]:
    """The interval; that of a share is cut at 0 and 1, which a normal interval may exceed."""
    ends = None if measured is None else interval(measured, LEVEL)
    if ends is None:
        return None, None
    low, high = ends
    return (max(low, 0.0), min(high, 1.0)) if info.share else (low, high)


def _score_arrays(
    name: str, measured: Measured, reference: Measured | None
) -> dict[str, np.ndarray]:
    arrays = {
        f"scores/{name}/generated": measured.influence_of_generated,
        f"scores/{name}/real": measured.influence_of_real,
        f"scores/{name}/values": measured.values,
        f"scores/{name}/curve": measured.curve,
        f"references/{name}/values": None if reference is None else reference.values,
    }
    return {key: np.asarray(value) for key, value in arrays.items() if value is not None}
