"""The optimizers that are faster on a backend update as Keras's do."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from vaereg.model.backends.choice import chosen_backend

CASES = {
    "adam": (keras.optimizers.Adam, {}),
    "adam clipped, every second step": (
        keras.optimizers.Adam,
        {"clipnorm": 0.5, "gradient_accumulation_steps": 2},
    ),
    "adam amsgrad": (keras.optimizers.Adam, {"amsgrad": True}),
    "adam of other moments": (
        keras.optimizers.Adam,
        {"beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3},
    ),
    "adamw": (keras.optimizers.AdamW, {"weight_decay": 0.01}),
    "sgd": (keras.optimizers.SGD, {}),
    "sgd nesterov": (keras.optimizers.SGD, {"momentum": 0.9, "nesterov": True}),
}


def after_fifty_updates(cls, settings):
    rng = np.random.default_rng(0)
    variables = [keras.Variable(rng.normal(size=s).astype("float32")) for s in ((5, 4), (4,), ())]
    schedule = keras.optimizers.schedules.CosineDecay(1e-2, 60)
    optimizer = cls(learning_rate=schedule, **settings)
    optimizer.build(variables)
    for _ in range(50):
        optimizer.apply(
            [
                ops.convert_to_tensor(np.float32(rng.normal(size=v.shape) * 10.0**-k))
                for k, v in enumerate(variables)
            ],
            variables,
        )
    return [ops.convert_to_numpy(v.value) for v in variables]


@pytest.mark.parametrize("name", CASES)
def test_they_update_as_keras_does(name):
    cls, settings = CASES[name]
    faster = chosen_backend().FASTER.get(cls)
    if faster is None:
        pytest.skip("Keras's own is the fastest on this backend")
    for got, due in zip(
        after_fifty_updates(faster, settings), after_fifty_updates(cls, settings), strict=True
    ):
        np.testing.assert_allclose(got, due, rtol=2e-6, atol=2e-6)
