"""Builds the built-in distributions and differentiates and compiles on the backend in use."""

from __future__ import annotations

from importlib import import_module

import keras
import numpy as np
import pytest

import vaereg
from vaereg.basics.likelihoods import declared as likelihoods
from vaereg.basics.posteriors import declared as posteriors
from vaereg.basics.priors import declared as priors

DECLARED = {
    "posterior": posteriors.COMPONENTS,
    "prior": priors.COMPONENTS,
    "likelihood": likelihoods.COMPONENTS,
}


def build_part(kind, name, *, params=None, data=None, **context):
    """The part as the engine builds it: factory(params, context)."""
    component = next(c for c in DECLARED[kind] if c.name == name)
    module, attribute = component.factory.split(":")
    factory = getattr(import_module(module), attribute)
    context = {"name": kind, "seed": 7, "data_spec": data or vaereg.DataSpec(), **context}
    return factory(component.params(**(params or {})), vaereg.BuildContext(**context))


def gradient_of(fn, x):
    """The gradient of a scalar function at x, by the backend's own means, as numpy."""
    x = np.asarray(x, dtype="float32")
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        x = tf.constant(x)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = fn(x)
        return tape.gradient(y, x).numpy()
    if backend == "jax":
        import jax

        return np.asarray(jax.jit(jax.grad(fn))(jax.numpy.asarray(x)))
    x = keras.ops.convert_to_tensor(x).clone().requires_grad_(True)
    fn(x).backward()
    return x.grad.cpu().numpy()


def compile_function(fn):
    """The function under tf.function or jax.jit; unchanged for torch, which runs eagerly."""
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        return tf.function(fn)
    if backend == "jax":
        import jax

        return jax.jit(fn)
    return fn


def with_value(variable, value, fn):
    """What fn() gives with another value in a variable, differentiable in that value."""
    with keras.StatelessScope(state_mapping=[(variable, value)]):
        return fn()


@pytest.fixture
def build():
    return build_part


@pytest.fixture
def gradient():
    return gradient_of


@pytest.fixture
def compiled():
    return compile_function


@pytest.fixture
def at_value():
    return with_value


@pytest.fixture
def numpy():
    def to_numpy(tensor):
        return np.asarray(keras.ops.convert_to_numpy(tensor), dtype="float64")

    return to_numpy


@pytest.fixture
def mixed_float16():
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    yield
    keras.config.set_dtype_policy(before)


@pytest.fixture
def rng():
    return np.random.default_rng(0)
