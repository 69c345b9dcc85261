from types import SimpleNamespace

import numpy as np
import pytest

import vaereg
from vaereg.evaluation.evidence.lazy_evidence import LazyEvidence

RNG = np.random.default_rng(0)


@pytest.fixture
def evidence():
    made = SimpleNamespace(real=RNG.normal(size=(5, 2, 2)), generated=RNG.normal(size=(7, 2, 2)))
    return LazyEvidence(vaereg.DataSpec(form="sequence", shape=(2, 2), value_range=None), made)


@pytest.mark.parametrize("which", ["real", "generated"])
def test_the_nearest_other_is_found_by_all_values(evidence, which):
    near = vaereg.nearest_other(evidence, which)
    values = getattr(evidence, which).reshape(-1, 4)
    apart = np.linalg.norm(values[:, None] - values[None], axis=-1)
    np.fill_diagonal(apart, np.inf)  # no example is its own neighbour
    np.testing.assert_allclose(near.distances[:, 0], apart.min(axis=1))
    np.testing.assert_array_equal(near.indices[:, 0], apart.argmin(axis=1))


def test_one_set_is_searched_once(evidence):
    first = vaereg.nearest_other(evidence, "generated")
    assert vaereg.nearest_other(evidence, "generated") is first
    assert vaereg.nearest_other(evidence, "real") is not first
