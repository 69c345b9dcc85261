from functools import cached_property
from types import SimpleNamespace

import numpy as np
import pytest

import vaereg
from vaereg.evaluation.evidence.lazy_evidence import LazyEvidence, LazyFeatures

SPEC = vaereg.DataSpec(form="vector", shape=(2,), value_range=None)


class Counted:
    """Examples that record each computation."""

    def __init__(self):
        self.computed = []

    @cached_property
    def real(self):
        self.computed.append("real")
        return np.zeros((3, 2))

    @cached_property
    def generated(self):
        self.computed.append("generated")
        return np.ones((3, 2))


def test_examples_are_computed_when_asked_for_and_shared_between_views():
    examples = Counted()
    own = LazyEvidence(SPEC, examples)
    seen = own.seen_by(LazyFeatures("small", SimpleNamespace()))
    assert examples.computed == []
    assert own.real is seen.real
    assert examples.computed == ["real"]


def test_each_view_computes_a_shared_value_once():
    own = LazyEvidence(SPEC, SimpleNamespace())
    seen = own.seen_by(LazyFeatures("small", SimpleNamespace()))
    assert own.shared("key", lambda: 1) == own.shared("key", lambda: 2) == 1
    assert seen.shared("key", lambda: 3) == 3


def test_a_view_has_the_features_and_every_fact_of_the_evidence():
    features = LazyFeatures("small", SimpleNamespace(real=np.ones((1, 4))))
    own = LazyEvidence(SPEC, SimpleNamespace(), unseen=np.ones(2, bool), thorough=True, seed=3)
    seen = own.seen_by(features)
    assert seen.features is features
    assert (seen.data_spec, seen.unseen, seen.thorough, seen.seed) == (
        SPEC, own.unseen, True, 3
    )  # fmt: skip


def test_a_metric_that_declares_no_features_gets_none():
    with pytest.raises(vaereg.ContractError, match="uses_features"):
        LazyEvidence(SPEC, SimpleNamespace()).features  # noqa: B018  # the access is tested


def test_features_are_classified_once_and_only_by_a_classifier():
    calls = []

    def probabilities(features):
        calls.append(len(features))
        return features / features.sum(axis=1, keepdims=True)

    sets = SimpleNamespace(real=np.ones((3, 2)), generated=np.ones((5, 2)))
    classifier = LazyFeatures("classifier", sets, probabilities)
    assert classifier.real_probabilities is classifier.real_probabilities
    assert classifier.generated_probabilities.tolist() == [[0.5, 0.5]] * 5
    assert calls == [3, 5]
    plain = LazyFeatures("pixels", sets)
    assert (plain.real_probabilities, plain.generated_probabilities) == (None, None)


def test_evidence_without_halves_computes_nothing_for_them():
    examples = Counted()
    own = LazyEvidence(SPEC, examples, in_halves=False)
    seen = own.seen_by(LazyFeatures("small", SimpleNamespace()))
    assert len(own.halves.a) == len(seen.halves.b) == 0
    assert examples.computed == []
    assert len(LazyEvidence(SPEC, examples).halves.a) == 1
