"""TensorFlow's graph optimizer is told to keep the order in which variables are read and updated.

A step reads a network's weights several times and updates them once. Where a loss trains one player
through another, as in Soft-IntroVAE, nothing but a control edge makes the update of the other
player's weights wait for the last reading. Keras passes all gradients through one operation
(`all_reduce`), which makes these control edges redundant, and grappler's dependency optimizer drops
the edges. The same pass then removes that operation, and readings race with updates: a loss may see
weights of the next step, and two runs with one seed differ (seen with TensorFlow 2.21).
"""

from __future__ import annotations

import tensorflow as tf

PASS = "dependency_optimization"
"""The pass of grappler that drops the edges. Without it, a step costs one hundredth more."""


def keep_order_of_updates() -> None:
    """Switches the pass off for this process, unless the user has set it."""
    if PASS not in tf.config.optimizer.get_experimental_options():
        tf.config.optimizer.set_experimental_options({PASS: False})
