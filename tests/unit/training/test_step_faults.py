"""Faults of a step become errors that say what happened and what to do."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from tests.helpers.tiny_vae import constant, data, tiny_vae
from vaereg.errors import ContractError, NotFiniteError, RunError
from vaereg.host.memory import is_out_of_memory
from vaereg.training.step_faults import (
    check_finite,
    check_finite_weights,
    explained,
    is_escaped_tensor,
)

NAN, INF = float("nan"), float("inf")


class Keeps:
    """Remembers the last mean outside of its weights."""

    def __init__(self):
        self.last = 0.0

    def __call__(self, step):
        size = ops.sum(ops.square(step.latent.z), axis=-1)
        penalty = ops.square(size - self.last)
        self.last = ops.mean(size)
        return penalty


def test_a_tensor_that_outlives_its_step_is_recognized_on_each_backend():
    if keras.backend.backend() == "torch":
        pytest.skip("PyTorch's eager tensors have no scope")
    vae = tiny_vae(regularizers={"keeps": (Keeps(), constant(1.0))})
    with pytest.raises(Exception) as error:  # each backend has its own
        vae.fit(data(), batch_size=16, epochs=1, verbose=0)
        vae.evaluate(data(), batch_size=16, verbose=0)
    assert is_escaped_tensor(error.value)
    known = explained(error.value, 16)
    assert isinstance(known, ContractError)
    assert "add_weight" in str(known)


class ResourceExhaustedError(Exception):
    """Named like TensorFlow's."""


@pytest.mark.parametrize(
    "error",
    [MemoryError(), ResourceExhaustedError("OOM"), RuntimeError("RESOURCE_EXHAUSTED: 9 GB")],
    ids=["numpy", "TensorFlow", "JAX"],
)
def test_exhausted_memory_is_explained_with_the_batch_size(error):
    assert is_out_of_memory(error) and not is_escaped_tensor(error)
    known = explained(error, 128)
    assert isinstance(known, RunError)
    assert "batch_size = 128" in str(known)


@pytest.mark.parametrize("error", [ValueError("out of scope"), TypeError("no")])
def test_other_errors_are_not_explained(error):
    assert explained(error, 16) is None


def test_terms_that_are_finite_become_floats():
    terms = {"loss": np.float32(2.0), "kl": keras.ops.ones(())}
    assert check_finite(terms, epoch=1, first_step=1, last_step=1) == {"loss": 2.0, "kl": 1.0}


def test_the_term_that_broke_and_the_steps_in_which_it_broke_are_named():
    with pytest.raises(NotFiniteError) as error:
        check_finite({"loss": NAN, "kl": INF, "rest": 1.0}, epoch=3, first_step=22, last_step=41)
    assert "'kl' became inf in epoch 3, steps 22 to 41." in str(error.value)
    assert "'loss'" not in str(error.value)


def test_a_loss_that_breaks_alone_is_named():
    with pytest.raises(NotFiniteError, match="'loss' became nan in epoch 1, step 1"):
        check_finite({"loss": NAN, "kl": 0.0}, epoch=1, first_step=1, last_step=1)


@pytest.mark.parametrize(
    ("epoch", "step", "advice"),
    [(1, 1, "vaereg check-plugin"), (1, 2, "learning_rate"), (2, 1, "learning_rate")],
)
def test_the_advice_for_the_first_step_is_not_to_learn_more_slowly(epoch, step, advice):
    with pytest.raises(NotFiniteError) as error:
        check_finite({"kl": INF}, epoch=epoch, first_step=step, last_step=step)
    assert advice in str(error.value)
    assert ("learning_rate" in str(error.value)) == (advice == "learning_rate")


def test_a_weight_that_is_not_finite_is_named_and_other_arrays_may_be_anything():
    arrays = {"a/kernel": np.ones(3), "b/kernel": np.array([1.0, NAN]), "mean": np.array([NAN])}
    check_finite_weights(arrays, {"a/kernel"})
    with pytest.raises(NotFiniteError, match="the weight b/kernel is no longer finite"):
        check_finite_weights(arrays, {"a/kernel", "b/kernel"})
