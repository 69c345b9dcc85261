"""Builds the built-in networks, and differentiates and compiles on the backend in use."""

from __future__ import annotations

from importlib import import_module

import keras
import numpy as np
from keras import ops

import vaereg
from vaereg.basics.decoders import declared as decoders
from vaereg.basics.encoders import declared as encoders

DECLARED = {"encoder": encoders.COMPONENTS, "decoder": decoders.COMPONENTS}
SHAPES = {
    "28x28x1": (28, 28, 1),
    "32x32x3": (32, 32, 3),
    "64x48x3": (64, 48, 3),
    "33x47x1": (33, 47, 1),
    "1x1x2": (1, 1, 2),
    "vector": (10,),
    "sequence": (6, 2),
}
FORMS = {1: "vector", 2: "sequence", 3: "image"}
SMALL = {
    "dense": {"widths": (8, 6)},
    "conv": {"widths": (4, 6)},
    "resnet": {"widths": (4, 6), "depth": 1},
}
NAMES = tuple(SMALL)
IMAGE = (8, 7, 2)


def spec(shape):
    return vaereg.DataSpec(form=FORMS[len(shape)], shape=shape, size=16)


def component(kind, name):
    return next(c for c in DECLARED[kind] if c.name == name)


def takes(kind, name, shape):
    return FORMS[len(shape)] in component(kind, name).for_data


def network(kind, name, shape=IMAGE, *, latent=(3,), channels=2, seed=0, built=True, **params):
    """The part that the factory builds, with its weights created."""
    declared = component(kind, name)
    module, attribute = declared.factory.split(":")
    context = vaereg.BuildContext(
        name=kind, seed=7, data_spec=spec(shape), latent_shape=latent, channels=channels
    )
    keras.utils.set_random_seed(seed)
    factory = getattr(import_module(module), attribute)
    layer = factory(declared.params(**{**SMALL[name], **params}), context)
    if built:
        layer.build((None, *(shape if kind == "encoder" else latent)))
    return layer


def values(shape, count=2, seed=0):
    """An artificial batch (count, *shape)."""
    made = np.random.default_rng(seed).normal(size=(count, *shape))
    return ops.convert_to_tensor(made.astype("float32"))


def numpy(tensor):
    return np.array(ops.convert_to_numpy(ops.cast(tensor, "float32")))


def compiled(fn):
    """The function under tf.function or jax.jit; unchanged for torch, which runs eagerly."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        return tf.function(fn)
    if keras.backend.backend() == "jax":
        import jax

        return jax.jit(fn)
    return fn


def shaken(layer, scale=0.1):
    """The layer with every weight changed a little, since some weights start at 0 by design."""
    rng = np.random.default_rng(3)
    for each in layer.trainable_variables:
        each.assign(numpy(each) + scale * rng.normal(size=each.shape).astype("float32"))
    return layer


def weights(layer):
    return {v.path: numpy(v) for v in layer.variables}
