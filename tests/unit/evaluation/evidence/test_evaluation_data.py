from types import SimpleNamespace

import attrs
import numpy as np
import pytest

import vaereg
from vaereg.evaluation.evidence.cache import Cache
from vaereg.evaluation.evidence.evaluation_data import EvaluationData
from vaereg.evaluation.evidence.extractors import FittedExtractor
from vaereg.evaluation.evidence.presets import QUICK
from vaereg.evaluation.evidence.real_examples import choose_real

IMAGE = vaereg.DataSpec(form="image", shape=(2, 2, 1), value_range=(0.0, 1.0))


def images(count, seed):
    return np.random.default_rng(seed).uniform(size=(count, 2, 2, 1)).astype(np.float32)


def data(train=300, validation=120, test=150):
    made = [vaereg.ArraySplit(images(n, i)) for i, n in enumerate((train, validation, test))]
    return vaereg.Data(
        spec=IMAGE, train=made[0], validation=made[1], test=made[2], digest="made"
    )  # fmt: skip


def evaluation_data(made=None, **preset):
    made = made or data()
    return EvaluationData.of(made, choose_real(made, attrs.evolve(QUICK, **preset)))


def quantized(values):
    return np.rint(values * 255).astype(np.float32) / np.float32(255)


class Mirror:
    """A model that reconstructs the negative, and an extractor of the first value."""

    name = "first"

    def __init__(self):
        self.calls = 0

    def reconstruct(self, x):
        self.calls += 1
        return 1.0 - x

    identity = "first"
    facts = {"accuracy": 0.5}  # noqa: RUF012

    def __call__(self, examples):
        self.calls += 1
        return examples.reshape(len(examples), -1)[:, :1]


class Extracting:
    identity = "first"

    def __init__(self, extract):
        self.extract = extract

    def __call__(self, examples):
        return self.extract(examples)


def extractor(tmp_path, mirror):
    slot = SimpleNamespace(offer=SimpleNamespace(name="first", distribution="tests", version="1"))
    return FittedExtractor(slot=slot, extractor=mirror, cache=Cache(tmp_path), digest="made")


def test_the_evidence_of_a_model_is_quantized_and_computed_once():
    model, samples = Mirror(), images(150, 9)
    evidence = evaluation_data().evidence(model, samples, None, thorough=True)
    assert model.calls == 0
    held_out = images(150, 2)
    np.testing.assert_array_equal(evidence.real, quantized(held_out))
    np.testing.assert_array_equal(evidence.generated, quantized(samples))
    np.testing.assert_array_equal(evidence.reconstructed, quantized(1.0 - held_out))
    np.testing.assert_array_equal(evidence.train, quantized(images(300, 0)))
    assert evidence.reconstructed is evidence.reconstructed
    assert model.calls == 1
    assert evidence.thorough and evidence.unseen is None


def test_the_reference_has_other_real_examples_instead_of_samples():
    reference = evaluation_data().reference(thorough=False)
    np.testing.assert_array_equal(reference.generated[:120], quantized(images(120, 1)))
    assert len(reference.generated) == 150
    assert reference.unseen.sum() == 120
    assert reference.model is None


def test_the_reference_reconstructs_every_example_perfectly():
    reference = evaluation_data().reference(thorough=False)
    np.testing.assert_array_equal(reference.reconstructed, quantized(images(150, 2)))


def test_only_reconstructions_whose_features_are_asked_for_pass_through_the_extractor(tmp_path):
    made, network = evaluation_data(), Mirror()
    evidence = made.evidence(network, images(150, 9), None, thorough=False)
    evidence.reconstructed  # noqa: B018  # so that only extraction is counted
    passed = []

    def first(examples):
        passed.append(len(examples))
        return examples.reshape(len(examples), -1)[:, :1]

    slot = SimpleNamespace(offer=SimpleNamespace(name="first", distribution="tests", version="1"))
    fitted = FittedExtractor(
        slot=slot, extractor=Extracting(first), cache=Cache(tmp_path), digest="made"
    )
    features = made.features(fitted, evidence)
    halves = evidence.seen_by(features.model).halves
    expected = evidence.reconstructed.reshape(150, -1)[:, :1]
    np.testing.assert_array_equal(halves.reconstructions.features.generated, expected[halves.a])
    assert sum(passed) == 75
    np.testing.assert_array_equal(features.model.reconstructed, expected)
    assert sum(passed) == 150
    reference = made.reference(thorough=False).seen_by(features.reference)
    assert reference.halves.reconstructions.features.generated.shape == (75, 1)


def test_every_view_of_an_evidence_has_the_same_halves(tmp_path):
    made, network = evaluation_data(), Mirror()
    evidence = made.evidence(network, images(150, 9), None, thorough=False)
    seen = evidence.seen_by(made.features(extractor(tmp_path, network), evidence).model)
    assert evidence.halves.a is seen.halves.a
    assert seen.halves is seen.halves
    reference = made.reference(thorough=False)
    np.testing.assert_array_equal(reference.halves.a, seen.halves.a)
    np.testing.assert_array_equal(
        reference.halves.reconstructions.generated, seen.real[seen.halves.a]
    )


def test_features_of_real_examples_are_computed_once_for_both_and_cached(tmp_path):
    made, network = evaluation_data(), Mirror()
    evidence = made.evidence(network, images(150, 9), None, thorough=False)
    features = made.features(extractor(tmp_path, network), evidence)
    assert features.model.real is features.reference.real
    np.testing.assert_array_equal(
        features.model.generated[:, 0], evidence.generated.reshape(150, -1)[:, 0]
    )
    np.testing.assert_array_equal(
        features.reference.generated,
        made.reference(thorough=False).generated.reshape(150, -1)[:, :1],
    )
    assert features.reference.reconstructed.shape == (150, 1)
    seen = network.calls
    again = made.features(extractor(tmp_path, network), evidence)
    np.testing.assert_array_equal(again.model.real, features.model.real)
    assert network.calls == seen


def test_quantized_real_examples_are_shared_while_they_are_in_use(tmp_path):
    made, network = evaluation_data(), Mirror()
    evidence, reference = (
        made.evidence(network, images(150, 9), None, thorough=False),
        made.reference(thorough=False),
    )

    assert evidence.real is reference.real
    assert evidence.train is reference.train
    assert made.held_out() is evidence.real


def test_cached_features_need_no_examples(tmp_path):
    made, network = evaluation_data(), Mirror()
    fitted = extractor(tmp_path, network)
    first = fitted.of_real(made.real.held_out, made.held_out)

    def take():
        raise AssertionError("the examples are not needed")

    np.testing.assert_array_equal(fitted.of_real(made.real.held_out, take), first)


def test_what_was_used_is_described():
    on = evaluation_data(examples=130, train_examples=200).evaluated_on("fashion")
    assert (on.name, on.digest, on.split, on.held_out, on.train_examples) == (
        "fashion", "made", "test", 130, 200
    )  # fmt: skip
    assert (on.form, on.shape) == ("image", (2, 2, 1))


@pytest.mark.parametrize(
    ("change", "preset", "message"),
    [
        ({"test": None}, {}, "the scores use the validation split"),
        ({}, {}, "there are only 150 held-out examples"),
        ({}, {"train_examples": 200}, "searched for among 200 of the 300 training examples"),
    ],
)
def test_a_reader_is_warned(change, preset, message):
    made = attrs.evolve(data(), **change)
    warnings = evaluation_data(made, **preset).warnings([])
    assert any(message in each for each in warnings), warnings


def test_a_poor_classifier_gives_a_warning(tmp_path):
    (*_, last) = evaluation_data().warnings([extractor(tmp_path, Mirror())])
    assert "'first' classifies only 50% of held-out examples correctly" in last


def test_with_enough_data_there_are_no_warnings():
    made = data(train=100, validation=1000, test=1000)
    assert evaluation_data(made).warnings([]) == []
