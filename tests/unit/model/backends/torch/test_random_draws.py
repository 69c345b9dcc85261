"""Draws recorded as operations equal those of Keras, and what a graph cannot repeat is refused."""

from __future__ import annotations

import keras
import numpy as np
import pytest

if keras.backend.backend() != "torch":
    pytest.skip("records draws of PyTorch", allow_module_level=True)

import torch

from vaereg.model.backends.torch.random_draws import NotTraceable, drawing_by_seed

DRAWS = {
    "normal": lambda seed: keras.random.normal((3, 2), mean=1.0, stddev=2.0, seed=seed),
    "uniform": lambda seed: keras.random.uniform((3, 2), minval=-1.0, seed=seed),
    "integers": lambda seed: keras.random.randint((8,), 0, 5, seed=seed),
    "dropout": lambda seed: keras.random.dropout(torch.ones(40), 0.5, seed=seed),
    "categorical": lambda seed: keras.random.categorical(torch.zeros((2, 4)), 5, seed=seed),
}


@pytest.mark.parametrize("name", DRAWS)
def test_a_recorded_draw_equals_that_of_keras(name):
    due = DRAWS[name](keras.random.SeedGenerator(3)).numpy()

    with drawing_by_seed():
        got = DRAWS[name](keras.random.SeedGenerator(3))

    np.testing.assert_array_equal(got.numpy(), due)


def test_a_traced_draw_is_another_one_for_another_state():
    seed = keras.random.SeedGenerator(0)
    with drawing_by_seed():
        first, second = DRAWS["normal"](seed), DRAWS["normal"](seed)

    assert not torch.equal(first, second)


def test_numbers_read_out_of_a_tensor_are_refused():
    with drawing_by_seed(), pytest.raises(NotTraceable, match="reads values from a tensor"):
        torch.ones(2).tolist()


def test_another_source_of_random_numbers_is_refused():
    with drawing_by_seed(), pytest.raises(NotTraceable, match="draws random numbers with rand"):
        torch.rand(2, generator=torch.Generator())


def test_keras_draws_as_usual_afterwards():
    from keras.src.backend.torch import random as keras_random

    before = keras_random.torch_seed_generator
    with pytest.raises(RuntimeError), drawing_by_seed():
        raise RuntimeError

    assert keras_random.torch_seed_generator is before
