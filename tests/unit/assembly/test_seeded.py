"""Each part's first weights depend on the run's seed and its own name alone."""

from __future__ import annotations

import random

import keras
import numpy as np
from keras import ops

from vaereg.assembly.seeded import seed_of, seeded


def kernel(seed):
    with seeded(seed):
        layer = keras.layers.Dense(3)
        layer.build((None, 4))
    return ops.convert_to_numpy(layer.kernel.value)


def test_unseeded_initializers_draw_from_the_seed():
    np.testing.assert_array_equal(kernel(1), kernel(1))
    assert np.any(kernel(1) != kernel(2))


def test_the_callers_random_state_is_put_back():
    random.seed(3)
    expected = random.random()
    random.seed(3)
    with seeded(7):
        random.random()

    assert random.random() == expected


def test_every_run_and_name_has_a_seed_of_its_own():
    seeds = {seed_of(run, name) for run in range(20) for name in ("encoder", "decoder", "prior")}

    assert len(seeds) == 60
    assert all(0 <= seed < 2**31 for seed in seeds)


def test_a_seed_is_the_same_in_every_version():
    """Runs are repeated by it, so it must not depend on Python's own hashes."""
    assert seed_of(0, "encoder") == 1719159710
