"""The hand-made evidence."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

import vaereg
from vaereg.contracts.evidence import FeatureSets, ModelView
from vaereg.testing import StandInEvidence, StandInModel
from vaereg.testing.stand_ins.defects import DEFECTS, Projection, reference, spoilt


def properties(protocol: type) -> set[str]:
    return {name for name, value in vars(protocol).items() if isinstance(value, property)}


def test_it_has_everything_that_the_contract_of_evidence_names() -> None:
    evidence = StandInEvidence(model=StandInModel)
    for name in {*vaereg.Evidence.__annotations__, *properties(vaereg.Evidence)}:
        assert hasattr(evidence, name), name
    for name in {*FeatureSets.__annotations__, *properties(FeatureSets)}:
        assert hasattr(evidence.features, name), name
    for name in properties(ModelView):
        assert hasattr(evidence.model, name), name


def test_examples_that_are_not_given_are_drawn_and_quantized() -> None:
    evidence = StandInEvidence(count=10)
    for name in ("real", "generated", "reconstructed", "train"):
        examples = getattr(evidence, name)
        assert examples.shape == (10, 8, 8, 1), name
        assert examples.dtype == np.float32
        np.testing.assert_allclose(np.rint(examples * 255) / 255, examples, atol=1e-6)
    assert not np.array_equal(evidence.real, evidence.train)


def test_equal_seeds_make_up_equal_examples() -> None:
    one, two, other = (StandInEvidence(seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.generated, two.generated)
    assert not np.array_equal(one.generated, other.generated)


def test_what_is_given_is_kept_and_shows_the_form_of_the_data() -> None:
    real, generated = np.zeros((4, 5), np.float32), np.ones((6, 5), np.float32)
    evidence = StandInEvidence(real, generated, count=7)
    np.testing.assert_array_equal(evidence.real, real)
    np.testing.assert_array_equal(evidence.generated, generated)
    assert (evidence.data_spec.form, evidence.data_spec.shape) == ("vector", (5,))
    assert evidence.reconstructed.shape == (4, 5)
    assert evidence.train.shape == (7, 5)


def test_it_has_no_model_unless_asked() -> None:
    assert StandInEvidence().model is None


def test_features_are_the_values_unless_an_extractor_is_given() -> None:
    real = np.arange(24, dtype=np.float32).reshape(2, 3, 4, 1) / 24
    plain = StandInEvidence(real)
    np.testing.assert_array_equal(plain.features.real, real.reshape(2, 12))
    assert plain.features.real_probabilities is None
    seen = StandInEvidence(
        real,
        extract=lambda x: x.mean(axis=(1, 2)),
        probabilities=lambda f: np.concatenate([f, 1 - f], axis=1),
    )
    np.testing.assert_allclose(seen.features.real, real.mean(axis=(1, 2)))
    np.testing.assert_allclose(seen.features.real_probabilities.sum(axis=1), 1.0)


def test_evidence_for_a_metric_without_features_has_none() -> None:
    with pytest.raises(ValueError, match="extract=None, so it has no features"):
        StandInEvidence(extract=None).features  # noqa: B018  # the access is what is tested


def test_a_shared_value_is_computed_once() -> None:
    calls: list[int] = []
    evidence = StandInEvidence()
    for _ in range(2):
        assert evidence.shared("key", lambda: calls.append(1) or 5) == 5
    assert calls == [1]


def test_examples_are_taken_with_all_that_goes_with_them() -> None:
    unseen = np.arange(96) < 50
    evidence = StandInEvidence(model=StandInModel, unseen=unseen)
    real, generated, train = np.array([3, 1]), np.array([60, 4, 7]), np.array([8])
    some = evidence.taking(real=real, generated=generated, train=train)
    assert evidence.model is not None
    assert some.model is not None
    for name in ("real", "reconstructed"):
        np.testing.assert_array_equal(getattr(some, name), getattr(evidence, name)[real])
    np.testing.assert_array_equal(some.generated, evidence.generated[generated])
    np.testing.assert_array_equal(some.train, evidence.train[train])
    np.testing.assert_array_equal(some.unseen, [False, True, True])
    np.testing.assert_array_equal(some.model.latents, evidence.model.latents[generated])
    np.testing.assert_allclose(some.model.kl, evidence.model.kl[real], rtol=1e-5)
    np.testing.assert_allclose(
        some.model.log_weights(4, 2), evidence.model.log_weights(4, 4)[:, real], rtol=1e-6
    )


def test_examples_cannot_be_taken_from_a_model_that_would_not_follow() -> None:
    given = StandInEvidence(model=StandInModel(StandInEvidence()))
    with pytest.raises(ValueError, match="StandInModel"):
        given.taking(real=np.array([0]))


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"real": np.zeros((3, 2)), "reconstructed": np.zeros((2, 2))}, r"got \(2, 2\)"),
        ({"unseen": np.ones(3, bool)}, "unseen must have one row"),
        ({"generated": np.zeros((3, 2)), "latents": np.zeros((2, 1))}, "latents must have one"),
        ({"real": np.zeros(3)}, "1 to 3 axes"),
    ],
)
def test_what_does_not_fit_is_refused(given: dict[str, np.ndarray], found: str) -> None:
    with pytest.raises(ValueError, match=found):
        StandInEvidence(**given)


def test_a_deterministic_model_has_no_variances_and_no_weights() -> None:
    model = StandInEvidence(model=partial(StandInModel, deterministic=True)).model
    assert model is not None
    assert (model.real_log_var, model.train_log_var, model.kl) == (None, None, None)
    with pytest.raises(ValueError, match="has no importance weights"):
        model.log_weights(2, 2)


def test_a_reference_is_other_draws_of_the_same_law() -> None:
    evidence = StandInEvidence(count=2000)
    other = reference(evidence)
    assert other.model is None
    assert 0 < np.sum(other.unseen) < 2000
    assert not np.isin(other.generated.sum(axis=(1, 2, 3)), evidence.real.sum(axis=(1, 2, 3))).all()
    np.testing.assert_allclose(other.generated.std(0), evidence.real.std(0), rtol=0.2)


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_spoils_samples_and_reconstructions_and_no_real_data(name: str) -> None:
    real = reference(StandInEvidence())
    bad = spoilt(real, DEFECTS[name])
    np.testing.assert_array_equal(bad.real, real.real)
    assert bad.generated.shape == real.generated.shape
    assert not np.array_equal(bad.generated, real.generated)
    assert not np.array_equal(bad.reconstructed, real.reconstructed)


def test_the_kits_classifier_is_sure_of_real_examples_and_less_of_pale_ones() -> None:
    evidence = StandInEvidence(count=500)
    projection = Projection(evidence.data_spec)
    pale = spoilt(reference(evidence), DEFECTS["pale examples"]).generated
    sure = [
        np.mean(projection.probabilities(projection.extract(each)).max(axis=1) > 0.5)
        for each in (evidence.real, pale)
    ]
    assert sure[0] > 0.9 > sure[1] + 0.1
