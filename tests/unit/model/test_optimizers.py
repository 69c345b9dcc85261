"""Optimizers by name, and one optimizer for Keras that holds that of each player."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

import vaereg
from vaereg.declaration.declaration import NamedChoice
from vaereg.model.optimizers import PlayersOptimizer, learning_rate_schedule, make_optimizer


def sgd(rate, **more):
    return make_optimizer(NamedChoice(use="sgd", params={"learning_rate": rate, **more}), "sgd")


def numbers(variables):
    return [float(ops.convert_to_numpy(v.value)) for v in variables]


def players(**settings):
    variables = [keras.Variable(1.0, name=name) for name in ("vae", "critic")]
    both = PlayersOptimizer(
        {"vae": sgd(0.1, **settings), "critic": sgd(0.5)},
        {"vae": variables[:1], "critic": variables[1:]},
    )
    both.build(variables)
    return both, variables


@pytest.mark.parametrize("name", ["adam_w", "AdamW", "adamw"])
def test_a_name_is_found_whatever_its_case_and_underscores(name):
    made = make_optimizer(NamedChoice(use=name, params={"weight_decay": 0.1}), "mine")

    assert isinstance(made, keras.optimizers.AdamW)
    assert made.name == "mine"


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(vaereg.DeclarationError, match="has no optimizer named 'adem'") as caught:
        make_optimizer(NamedChoice(use="adem", params={}), "mine")

    assert "adamw" in caught.value.problems[0].hint


def test_an_unknown_parameter_lists_the_known_ones():
    with pytest.raises(vaereg.DeclarationError, match="optimizer 'adam'") as caught:
        make_optimizer(NamedChoice(use="adam", params={"speed": 1.0}), "mine")

    assert "learning_rate" in caught.value.problems[0].hint


def test_a_learning_rate_may_be_a_schedule_by_name():
    params = {"initial_learning_rate": 0.1, "decay_steps": 10}
    schedule = learning_rate_schedule(NamedChoice(use="cosine_decay", params=params))

    assert float(ops.convert_to_numpy(schedule(10))) == pytest.approx(0.0, abs=1e-6)


def test_each_player_is_updated_by_its_own_optimizer():
    both, variables = players()

    both.apply([ops.ones(()), ops.ones(())], variables)

    np.testing.assert_allclose(numbers(variables), [0.9, 0.5], rtol=1e-6)


def test_a_player_without_gradients_does_not_change():
    both, variables = players()

    both.apply([ops.ones(()), None], variables)

    np.testing.assert_allclose(numbers(variables), [0.9, 1.0], rtol=1e-6)


def test_the_learning_rate_is_that_of_the_vae():
    both, variables = players()
    both.learning_rate = 0.2

    both.apply([ops.ones(()), ops.ones(())], variables)

    assert float(ops.convert_to_numpy(both.learning_rate)) == pytest.approx(0.2)
    np.testing.assert_allclose(numbers(variables), [0.8, 0.5], rtol=1e-6)


def test_the_accumulation_is_that_of_the_vae():
    assert players()[0].accumulation == 1
    assert players(gradient_accumulation_steps=4)[0].accumulation == 4
