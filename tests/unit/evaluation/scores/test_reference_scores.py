import attrs
import numpy as np
import pytest

import vaereg
from vaereg.component import NoParams, Offer
from vaereg.declaration.declaration import Slot
from vaereg.evaluation.evidence.cache import Cache
from vaereg.evaluation.evidence.presets import QUICK
from vaereg.evaluation.evidence.real_examples import choose_real
from vaereg.evaluation.scores.measuring import BuiltMetric
from vaereg.evaluation.scores.reference_scores import CachedReferences, packed, unpacked

SCORES = {
    "gap": vaereg.Measured(
        value=0.1, sample_size=7, influence_of_generated=np.arange(7.0), curve=np.ones((2, 3))
    ),
    "ratio": vaereg.Measured(
        value=-2.5, sample_size=3, influence_of_real=np.array([0.0, 1.0, 1.0]), limit=-0.5
    ),
}


def real_examples(shift=0.0):
    rng = np.random.default_rng(0)
    splits = [vaereg.ArraySplit(rng.normal(size=(150, 2)) + shift) for _ in range(3)]
    spec = vaereg.DataSpec(form="vector", shape=(2,), value_range=None, size=150)
    data = vaereg.Data(spec=spec, train=splits[0], validation=splits[1], test=splits[2])
    return choose_real(data, attrs.evolve(QUICK, examples=120))


@pytest.fixture
def references(tmp_path):
    return CachedReferences(
        cache=Cache(tmp_path),
        digest="data",
        real=real_examples(),
        thorough=False,
        identities={"small": "12ab"},
    )


def metric(name="made", version="1.0"):
    component = vaereg.Component(
        kind="metric", name=name, factory="tests.kit.faulty_metrics:SoundMetric"
    )
    offer = Offer(component=component, distribution="acme-vae", version=version)
    return BuiltMetric(
        slot=Slot(kind="metric", key=name, offer=offer, params=NoParams()), metric=None
    )


def test_scores_come_back_as_they_were():
    found = unpacked(packed(SCORES))

    assert list(found) == list(SCORES)
    for name, score in SCORES.items():
        assert (found[name].value, found[name].sample_size) == (score.value, score.sample_size)
        assert found[name].limit == score.limit
        for key in ("influence_of_generated", "influence_of_real", "values", "curve"):
            expected = getattr(score, key)
            assert (getattr(found[name], key) is None) == (expected is None)
            if expected is not None:
                np.testing.assert_array_equal(getattr(found[name], key), expected)


def test_a_reference_is_measured_once(references):
    calls = []

    def make():
        calls.append(1)
        return SCORES

    first = references(metric(), "small", make)
    second = references(metric(), "small", make)

    assert len(calls) == 1
    assert first["gap"].value == second["gap"].value == 0.1


@pytest.mark.parametrize(
    "other",
    [
        {"digest": "other data"},
        {"thorough": True},
        {"identities": {"small": "34cd"}},
    ],
)
def test_every_input_is_part_of_the_key(references, other):
    calls = []
    references(metric(), "small", lambda: SCORES)

    attrs.evolve(references, **other)(metric(), "small", lambda: calls.append(1) or SCORES)

    assert calls


@pytest.mark.parametrize("other", [metric("other"), metric(version="2.0")])
def test_another_metric_or_version_has_its_own(references, other):
    calls = []
    references(metric(), "small", lambda: SCORES)

    references(other, "small", lambda: calls.append(1) or SCORES)
    references(other, "", lambda: calls.append(1) or SCORES)

    assert len(calls) == 2
