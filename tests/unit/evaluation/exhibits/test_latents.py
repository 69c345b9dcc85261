from types import SimpleNamespace

import numpy as np
import pytest

from vaereg.contracts.data import DataSpec
from vaereg.evaluation.evidence.lazy_evidence import LazyEvidence
from vaereg.evaluation.exhibits.latents import REACH, STEPS, latent_exhibits, slerp

NO_EXAMPLES = SimpleNamespace()
RNG = np.random.default_rng(0)
D = 3


class Model:
    """A model whose decoder shows the latent itself."""

    deterministic = False

    def __init__(self, *, kl=True, same_prior=False):
        self.real_mean = RNG.normal(size=(50, D)) * [1.0, 0.2, 3.0]
        self.real_log_var = np.full((50, D), -2.0)
        self.train_mean = RNG.normal(size=(80, D))
        self.train_log_var = np.full((80, D), -2.0)
        self.latents = RNG.normal(size=(40, D))
        self.prior_latents = self.latents if same_prior else RNG.normal(size=(40, D))
        self.kl = np.tile([0.5, 0.1, 2.0], (50, 1)) if kl else np.ones((50, 1))

    def decode(self, z):
        return z


class Raw:
    def raw(self, examples):
        return examples


def shown(model):
    evidence = LazyEvidence(DataSpec(form="vector", shape=(D,)), NO_EXAMPLES, model=model)
    return latent_exhibits(model, evidence, model.latents, 0, Raw())


def test_dimensions_are_traversed_most_informative_first():
    model = Model()
    found = shown(model)

    assert found["exhibits/traversals/dimension"].tolist() == [2, 0, 1]
    assert found["exhibits/traversals/kl"].tolist() == pytest.approx([2.0, 0.5, 0.1])
    walks = found["exhibits/traversals"]
    assert walks.shape == (D, STEPS, D)
    middle = np.median(model.real_mean, axis=0)
    np.testing.assert_allclose(walks[0, :, :2], np.tile(middle[:2], (STEPS, 1)), rtol=1e-5)
    reach = REACH * model.real_mean[:, 2].std()
    np.testing.assert_allclose(
        walks[0, :, 2], middle[2] + np.linspace(-reach, reach, STEPS), rtol=1e-4
    )


def test_without_a_kl_by_dimension_the_spread_orders_them():
    found = shown(Model(kl=False))

    assert found["exhibits/traversals/dimension"].tolist() == [2, 0, 1]
    assert found["exhibits/traversals/kl"].size == 0
    assert "curves/kl_per_dimension" not in found


def test_prior_samples_are_shown_only_beside_those_of_another_sampler():
    assert "exhibits/prior_samples" in shown(Model())
    assert "exhibits/prior_samples" not in shown(Model(same_prior=True))


def test_curves_are_sorted():
    found = shown(Model())

    assert found["curves/kl_per_dimension"].tolist() == pytest.approx([2.0, 0.5, 0.1])
    assert np.all(np.diff(found["curves/active_variance"]) <= 0)
    assert found["curves/codes"].shape == (80, 2)
    assert found["curves/codes"].var(axis=0).argmax() == 0


def test_the_reference_has_no_latents_to_show():
    assert shown_nothing() == {}


def shown_nothing():
    evidence = LazyEvidence(DataSpec(form="vector", shape=(D,)), NO_EXAMPLES)
    return latent_exhibits(None, evidence, np.zeros((1, D)), 0, Raw())


def test_a_great_circle_keeps_the_length():
    start, end = np.array([2.0, 0.0, 0.0]), np.array([0.0, 2.0, 0.0])

    walk = slerp(start, end, 5)

    np.testing.assert_allclose(np.linalg.norm(walk, axis=1), 2.0)
    np.testing.assert_allclose(walk[2], [np.sqrt(2), np.sqrt(2), 0.0])
    np.testing.assert_allclose(walk[[0, -1]], [start, end], atol=1e-12)


@pytest.mark.parametrize(
    ("start", "end"), [([1.0, 0.0], [3.0, 0.0]), ([0.0, 0.0], [1.0, 1.0]), ([1.0, 0], [-1.0, 0])]
)
def test_without_a_great_circle_the_path_is_a_straight_line(start, end):
    walk = slerp(np.array(start), np.array(end), 3)

    assert np.isfinite(walk).all()
    np.testing.assert_allclose(walk[1], (np.array(start) + np.array(end)) / 2, atol=1e-12)
