"""The losses against a second implementation in numpy, and the inputs for which they are zero."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops
from vaereg_plugin_adversarial.adversarial_loss import LOSSES

SCORES = np.array([-30.0, -2.0, -1.0, -0.3, 0.0, 0.4, 1.0, 2.5, 30.0], "float32")

SECOND = {
    "hinge": (
        lambda s: np.where(s < 1, 1 - s, 0),
        lambda s: np.where(s > -1, 1 + s, 0),
        lambda s: -s,
    ),
    "logistic": (
        lambda s: np.logaddexp(0, -s.astype("float64")),
        lambda s: np.logaddexp(0, s.astype("float64")),
        lambda s: np.logaddexp(0, -s.astype("float64")),
    ),
    "wasserstein": (lambda s: -s, lambda s: s, lambda s: -s),
}


@pytest.mark.parametrize("name", sorted(SECOND))
def test_each_loss_is_its_formula(name: str) -> None:
    loss = LOSSES[name]
    for function, formula in zip((loss.real, loss.fake, loss.generator), SECOND[name], strict=True):
        values = ops.convert_to_numpy(function(ops.convert_to_tensor(SCORES)))

        np.testing.assert_allclose(values, formula(SCORES), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("name", sorted(SECOND))
def test_a_higher_score_of_a_fake_never_costs_the_generator_more(name: str) -> None:
    paid = ops.convert_to_numpy(LOSSES[name].generator(ops.convert_to_tensor(SCORES)))

    assert np.all(np.diff(paid) <= 0)
    assert paid[-1] < paid[0]


@pytest.mark.parametrize("name", sorted(SECOND))
def test_the_critic_pays_less_for_a_higher_score_of_real_and_a_lower_one_of_fakes(
    name: str,
) -> None:
    real = ops.convert_to_numpy(LOSSES[name].real(ops.convert_to_tensor(SCORES)))
    fake = ops.convert_to_numpy(LOSSES[name].fake(ops.convert_to_tensor(SCORES)))

    assert np.all(np.diff(real) <= 0)
    assert np.all(np.diff(fake) >= 0)
