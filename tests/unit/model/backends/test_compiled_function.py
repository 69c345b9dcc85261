"""Functions of batches of arrays."""

import keras
import numpy as np
from keras import ops

from vaereg.model.backends.compiled_function import CompiledFunction


def test_a_function_that_draws_starts_from_the_seed_and_goes_on_in_the_next_batch():
    generator = keras.random.SeedGenerator(0)

    def noisy(x):
        return (x + keras.random.normal(ops.shape(x), dtype="float32", seed=generator),)

    function = CompiledFunction("noisy", noisy, [], generator)
    x, found = np.zeros((8, 2), "float32"), []
    for seed in (3, 3, 4):
        function.start_from(seed)
        found.append(function.predict(x, batch_size=4, verbose=0)[0])

    assert np.array_equal(found[0], found[1])
    assert not np.array_equal(found[0], found[2])
    assert not np.array_equal(found[0][:4], found[0][4:])


def test_it_uses_the_variables_of_the_layers():
    layer = keras.layers.Dense(1, name="dense")
    layer.build((None, 2))
    function = CompiledFunction("dense", lambda x: (layer(x),), [layer])
    before = function.predict(np.ones((3, 2), "float32"), verbose=0)[0]
    layer.bias.assign(layer.bias + 1.0)

    after = function.predict(np.ones((3, 2), "float32"), verbose=0)[0]
    np.testing.assert_allclose(after, before + 1.0, rtol=1e-6)
