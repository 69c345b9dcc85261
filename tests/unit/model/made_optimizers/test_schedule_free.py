"""A model with a schedule-free optimizer is evaluated and saved at the weights it recommends."""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.tiny_vae import data, tiny_vae
from vaereg.declaration.declaration import NamedChoice

SCHEDULE_FREE = NamedChoice(use="schedule_free_adamw", params={"learning_rate": 0.05})
PATH = "decoder/out/kernel"


def recommended(vae, beta=0.9):
    """The average x of a weight, from its y and z, by hand: y = (1 - beta) z + beta x."""
    state = vae.state()
    (z,) = [each for name, each in state.items() if name.endswith("decoder_out_kernel_momentum")]
    return (state[PATH] - (1 - beta) * z) / beta


def trained(steps=5, **settings):
    vae = tiny_vae(optimizer=SCHEDULE_FREE, **settings)
    for number in range(steps):
        vae.train_on_batch(data(16, seed=number))
    return vae


def test_it_is_evaluated_and_saved_at_the_recommended_weights_and_trained_at_its_own():
    vae, plain = trained(), tiny_vae(optimizer=SCHEDULE_FREE)
    state = vae.state()

    saved = vae.weights_only()
    plain.load_weights_only(saved)

    np.testing.assert_allclose(saved[PATH], recommended(vae), rtol=1e-5, atol=1e-6)
    assert not np.allclose(saved[PATH], state[PATH], atol=1e-4), "the two differ"
    np.testing.assert_allclose(plain.weights_only()[PATH], saved[PATH], rtol=1e-6)
    drawn, due = plain.reconstruct(data()), vae.reconstruct(data())
    np.testing.assert_allclose(drawn, due, rtol=1e-5, atol=1e-6)
    seen = vae.evaluate(data(), batch_size=16, return_dict=True, verbose=0)
    due = plain.evaluate(data(), batch_size=16, return_dict=True, verbose=0)
    assert seen["loss"] == pytest.approx(due["loss"], rel=1e-5)
    for name, value in vae.state().items():
        if not name.startswith("terms/"):  # the running means are those of the evaluation
            np.testing.assert_array_equal(value, state[name], err_msg=name)


@pytest.mark.slow
def test_the_validation_of_fit_sees_the_recommended_weights():
    vae, other = tiny_vae(optimizer=SCHEDULE_FREE), tiny_vae(optimizer=SCHEDULE_FREE)
    given = {"batch_size": 16, "epochs": 1, "verbose": 0, "shuffle": False}
    seen = vae.fit(data(), validation_data=(data(16, seed=9),), **given).history
    other.fit(data(), **given)
    other.load_weights_only(other.weights_only())

    due = other.evaluate(data(16, seed=9), batch_size=16, return_dict=True, verbose=0)

    assert seen["val_loss"][0] == pytest.approx(due["loss"], rel=1e-5)


@pytest.mark.slow
def test_an_average_is_that_of_the_recommended_weights():
    average = tiny_vae(optimizer=SCHEDULE_FREE).state()[PATH]
    vae = tiny_vae(optimizer=SCHEDULE_FREE, ema=0.5)
    for number in range(4):
        vae.train_on_batch(data(16, seed=number))
        keep = min(0.5, (1 + number) / (10 + number))
        average = keep * average + (1 - keep) * recommended(vae)

    np.testing.assert_allclose(vae.weights_only()[PATH], average, rtol=1e-4, atol=1e-6)


@pytest.mark.slow
def test_a_continued_training_has_equal_weights_of_both_sorts():
    whole, first = trained(4), trained(2)
    second = tiny_vae(optimizer=SCHEDULE_FREE)
    second.restore(first.state())
    for number in (2, 3):
        second.train_on_batch(data(16, seed=number))

    for ours, theirs in ((second.state(), whole.state()), (second.weights_only(), {})):
        for name, value in (theirs or whole.weights_only()).items():
            np.testing.assert_array_equal(ours[name], value, err_msg=name)


def test_without_averaging_the_weights_are_recommended_themselves():
    params = {"learning_rate": 0.05, "beta_1": 0.0}
    vae = tiny_vae(optimizer=NamedChoice(use="schedule_free_adamw", params=params))

    np.testing.assert_array_equal(vae.weights_only()[PATH], vae.state()[PATH])
