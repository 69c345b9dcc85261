"""Metrics of test plugins on synthetic evidence."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import attrs
import numpy as np
import pytest

import vaereg
from vaereg.component import Offer
from vaereg.contracts.data import DataSpec
from vaereg.evaluation.evidence.evaluation_data import ExtractedFeatures
from vaereg.evaluation.evidence.lazy_evidence import LazyEvidence, LazyFeatures
from vaereg.evaluation.scores.measuring import build_metrics, full_name, measure

SPEC = DataSpec(form="vector", shape=(2,), value_range=None)
GAP = vaereg.ScoreInfo(question="true", direction=-1, meaning="How far the means are apart.")


class MeanGap:
    uses_features = False
    scores = {"mean_gap": GAP}  # noqa: RUF012  # as a plugin would write it

    def __init__(self, params: Any, context: Any) -> None:
        self.data = context.data_spec

    def __call__(self, evidence: vaereg.Evidence) -> dict[str, vaereg.Measured]:
        values = evidence.generated.mean(axis=1)
        gap = float(values.mean() - evidence.real.mean())
        return {
            "mean_gap": vaereg.Measured(
                value=gap, sample_size=len(values), influence_of_generated=values, values=values
            )
        }


class FeatureGap(MeanGap):
    uses_features = True
    scores = {"feature_gap": GAP}  # noqa: RUF012

    def __call__(self, evidence: vaereg.Evidence) -> dict[str, vaereg.Measured]:
        gap = float(evidence.features.generated.mean() - evidence.features.real.mean())
        return {"feature_gap": vaereg.Measured(value=gap, sample_size=3)}


class RareShare(MeanGap):
    scores = {  # noqa: RUF012
        "rare": vaereg.ScoreInfo(question="true", direction=-1, meaning="Rare.", share=True)
    }

    def __call__(self, evidence: vaereg.Evidence) -> dict[str, vaereg.Measured]:
        rare = np.repeat([1.0, 0.0], [1, 29])
        other = np.linspace(0, 1, 30)
        return {
            "rare": vaereg.Measured(
                value=1 / 30, sample_size=30, influence_of_generated=rare, influence_of_real=other
            )
        }


class LimitedGap(MeanGap):
    def __call__(self, evidence: vaereg.Evidence) -> dict[str, vaereg.Measured]:
        (score,) = super().__call__(evidence).values()
        return {"mean_gap": attrs.evolve(score, limit=np.float32(0.25))}


class Undeclared(MeanGap):
    scores = {"other": GAP}  # noqa: RUF012


class NotFinite(MeanGap):
    def __call__(self, evidence: vaereg.Evidence) -> dict[str, vaereg.Measured]:
        return {"mean_gap": vaereg.Measured(value=float("nan"), sample_size=1)}


class Crashes(MeanGap):
    scores = {"mean_crash": GAP}  # noqa: RUF012

    def __call__(self, evidence: vaereg.Evidence) -> dict[str, vaereg.Measured]:
        raise KeyError("lost")


class Ends(Crashes):
    def __call__(self, evidence: vaereg.Evidence) -> dict[str, vaereg.Measured]:
        raise SystemExit(0)


class BadScores(MeanGap):
    scores = {"mean_gap": "not an info"}  # noqa: RUF012


class Source:
    """A catalog of the metrics above."""

    def __init__(self, *offers: tuple[type, str], **declared: Any) -> None:
        self.made = [
            Offer(
                component=vaereg.Component(
                    kind="metric",
                    name=f"made{index}",
                    factory=f"tests.unit.evaluation.scores.test_measuring:{cls.__name__}",
                    summary="Made for a test.",
                    **declared,
                ),
                distribution=distribution,
                version="1.0",
            )
            for index, (cls, distribution) in enumerate(offers)
        ]

    def offers(self, kind: str | None = None) -> list[Offer]:
        return self.made if kind == "metric" else []


def evidence(shift: float = 0.0, **options: Any) -> LazyEvidence:
    rng = np.random.default_rng(0)
    arrays = {
        "real": rng.normal(size=(30, 2)),
        "generated": rng.normal(size=(30, 2)) + shift,
        "reconstructed": rng.normal(size=(30, 2)),
        "train": rng.normal(size=(50, 2)),
    }
    return LazyEvidence(SPEC, SimpleNamespace(**arrays), **options)


def features(seen: LazyEvidence, name: str) -> LazyFeatures:
    names = ("real", "generated", "reconstructed", "train")
    return LazyFeatures(name, SimpleNamespace(**{n: 10 * getattr(seen, n) for n in names}))


def run(source: Source, *, reference: bool = True, extractors: tuple[str, ...] = ()) -> Any:
    metrics, warnings = build_metrics(source, SPEC, Path())
    own, real = evidence(shift=1.0), evidence()
    sets = {
        name: ExtractedFeatures(model=features(own, name), reference=features(real, name))
        for name in extractors
    }
    told: list[str] = []
    found = measure(metrics, own, real if reference else None, sets, told.append)
    return found, [*warnings, *found.warnings], told


def test_a_score_has_its_value_interval_reference_and_arrays():
    found, warnings, told = run(Source((MeanGap, "acme-vae")))
    score = found.scores["mean_gap"]

    assert score.metric == "acme-vae/made0"
    assert score.value == pytest.approx(score.reference + 1.0)
    assert score.low < score.value < score.high
    assert score.reference_low < score.reference < score.reference_high
    assert (score.direction, score.question, score.extractor) == (-1, "true", "")
    assert found.arrays["scores/mean_gap/generated"].shape == (30,)
    assert found.arrays["references/mean_gap/values"].shape == (30,)
    assert "scores/mean_gap/real" not in found.arrays
    assert not warnings
    assert told == ["measuring made0"]


@pytest.mark.parametrize(("metric", "limit"), [(MeanGap, None), (LimitedGap, 0.25)])
def test_a_score_keeps_the_limit_that_its_metric_gives(metric, limit):
    found, _, _ = run(Source((metric, "vaereg")))

    assert found.scores["mean_gap"].limit == limit
    assert not isinstance(found.scores["mean_gap"].limit, np.generic)


def test_the_interval_of_a_share_stays_within_0_and_1():
    found, _, _ = run(Source((RareShare, "vaereg")))

    assert found.scores["rare"].low == 0.0
    assert found.scores["rare"].high > 1 / 30


def test_a_metric_of_features_is_measured_in_each_extractors():
    found, _, told = run(Source((FeatureGap, "vaereg")), extractors=("small", "large"))

    assert list(found.scores) == ["feature_gap_small", "feature_gap_large"]
    assert found.scores["feature_gap_small"].extractor == "small"
    assert found.scores["feature_gap_small"].base == "feature_gap"
    assert found.scores["feature_gap_large"].value > 5
    assert "'large'" in told[1]


def test_without_extractors_there_are_no_scores_in_features():
    found, _, _ = run(Source((FeatureGap, "vaereg")))

    assert not found.scores


def test_references_can_be_left_out():
    found, _, _ = run(Source((MeanGap, "acme-vae")), reference=False)

    assert found.scores["mean_gap"].reference is None


@pytest.mark.parametrize(
    ("faulty", "told"),
    [
        (Undeclared, "does not declare"),
        (NotFinite, "mean_gap is nan"),
        (Crashes, "KeyError: 'lost'"),
        (Ends, "SystemExit: 0"),
    ],
)
def test_a_broken_metric_of_a_plugin_gives_a_warning_and_stops_nothing(faulty, told):
    found, warnings, _ = run(Source((faulty, "acme-vae"), (MeanGap, "other-vae")))

    assert "mean_gap" in found.scores
    (warning,) = warnings
    assert 'metric "made0" (acme-vae 1.0)' in warning
    assert told in warning


def test_a_built_in_metric_that_breaks_its_contract_is_an_error():
    with pytest.raises(vaereg.ContractError, match="mean_gap is nan"):
        run(Source((NotFinite, "vaereg")))


def test_a_metric_that_cannot_be_built_gives_a_warning():
    found, warnings, _ = run(Source((BadScores, "acme-vae")))

    assert not found.scores
    assert "acme-vae/made0 1.0 is left out: ContractError" in warnings[0]


def test_a_name_that_is_taken_stays_with_the_built_in_metric():
    found, warnings, _ = run(Source((MeanGap, "acme-vae"), (MeanGap, "vaereg")))

    assert found.scores["mean_gap"].metric == "vaereg/made1"
    assert "which vaereg/made1 already measured" in warnings[0]


def test_metrics_of_other_forms_of_data_are_left_out():
    metrics, warnings = build_metrics(Source((MeanGap, "vaereg"), for_data={"image"}), SPEC, Path())

    assert not metrics
    assert not warnings


def test_metrics_that_need_parameters_give_a_warning():
    @attrs.frozen
    class Needy:
        path: str = vaereg.param(vaereg.REQUIRED, "a file")

    metrics, warnings = build_metrics(Source((MeanGap, "acme-vae"), params=Needy), SPEC, Path())

    assert not metrics
    assert "path" in warnings[0]


def test_the_name_of_a_score_ends_in_that_of_its_features():
    assert full_name("coverage", "small") == "coverage_small"
    assert full_name("hf_gap", "") == "hf_gap"
