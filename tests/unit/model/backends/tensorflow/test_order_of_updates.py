"""A compiled step reads all weights before it updates them."""

from __future__ import annotations

import time

import keras
import numpy as np
import pytest
from keras import ops

from tests.helpers.tiny_vae import data, tiny_vae
from vaereg.declaration.declaration import NamedChoice

if keras.backend.backend() != "tensorflow":
    pytest.skip("about graphs of TensorFlow", allow_module_level=True)

import tensorflow as tf

from vaereg.model.backends.tensorflow.order_of_updates import PASS, keep_order_of_updates

STEPS = 3


class LateReading:
    """The decoder is trained through the encoder, whose weights are read a moment later."""

    samples = 1
    importance = False

    def losses(self, step):
        error = ops.sum(ops.square(step.x - step.reconstruction), axis=-1)
        late = tf.numpy_function(later, [tf.stop_gradient(step.x)], tf.float32)
        late = tf.ensure_shape(late, step.x.shape)
        with tf.control_dependencies([late]):
            seen = step.encode(step.reconstruction)
        through = ops.sum(ops.square(seen.mode - step.latent.mode), axis=-1)
        return {"inference": error + step.kl[:, 0], "generation": error + 9.0 * through}


def later(x):
    time.sleep(0.05)
    return x


def trained(**settings):
    return tiny_vae(
        objective=LateReading(),
        optimizer=NamedChoice(use="adam", params={"learning_rate": 0.1}),
        jit=False,
        **settings,
    )


def weights(vae):
    return {v.path: np.array(v.value) for v in vae.trainable_variables}


def test_weights_that_a_loss_reads_late_are_those_before_the_update():
    eager, compiled = trained(), trained()
    eager.run_eagerly = True
    for batch in np.split(data(16 * STEPS), STEPS):
        eager.train_on_batch(batch)
        compiled.train_on_batch(batch)

    expected, got = weights(eager), weights(compiled)
    for path, value in expected.items():
        np.testing.assert_allclose(got[path], value, rtol=0, atol=1e-4, err_msg=path)


def test_what_the_user_has_set_is_left_alone():
    before = tf.config.optimizer.get_experimental_options()
    try:
        tf.config.optimizer.set_experimental_options({PASS: True})
        keep_order_of_updates()
        assert tf.config.optimizer.get_experimental_options()[PASS] is True
    finally:
        tf.config.optimizer.set_experimental_options({PASS: before.get(PASS, False)})
