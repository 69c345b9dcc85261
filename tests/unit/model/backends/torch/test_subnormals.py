"""Moments of weights that get no gradient any more do not stay subnormal."""

from __future__ import annotations

import keras
import numpy as np
import pytest

if keras.backend.backend() != "torch":
    pytest.skip("the other backends compute with zero instead", allow_module_level=True)

import torch

import vaereg
from tests.helpers.tiny_vae import data, tiny_vae
from vaereg.model.backends.torch.subnormals import EVERY, drop_subnormals
from vaereg.training.callbacks.callback_list import TrainingCallbacks
from vaereg.training.epoch import Epoch
from vaereg.training.feeding import Feed
from vaereg.training.fit_all import fit_epoch

TINY = float(np.finfo(np.float32).tiny)


def moments(*values):
    return keras.Variable(np.asarray(values, "float32"), trainable=False)


def after(steps, *held):
    drop_subnormals(held, torch.tensor(steps))
    return [each.numpy().tolist() for each in held]


def test_subnormal_numbers_become_zero_and_all_others_stay():
    kept = [TINY, -TINY, 1e-30, -3.0, 0.0, float("inf")]
    assert after(EVERY, moments(*kept, TINY / 2, -TINY / 2, 1e-45)) == [
        [*np.asarray(kept, "float32").tolist(), 0.0, 0.0, 0.0]
    ]


def test_a_number_that_is_none_is_kept_for_whoever_looks_for_it():
    (values,) = after(EVERY, moments(float("nan"), 1.0))
    assert np.isnan(values[0])


def test_they_are_looked_for_at_every_sixteenth_step_only():
    assert after(EVERY + 1, moments(TINY / 2)) == [[pytest.approx(TINY / 2)]]
    assert after(2 * EVERY, moments(TINY / 2)) == [[0.0]]


def test_other_types_and_scalars_are_left_alone():
    half = keras.Variable(np.full(3, 6e-8, "float16"), dtype="float16", trainable=False)
    count = keras.Variable(7, dtype="int64", trainable=False)
    assert after(EVERY, half, count) == [half.numpy().tolist(), 7]


@pytest.mark.parametrize("compiled", [False, True])
def test_a_moment_that_decays_ends_at_zero(compiled):
    x = data(4 * EVERY * 16)
    x[:, 0] = 0.0  # so the first row of the first kernel never gets a gradient
    vae = tiny_vae()
    feed = Feed(vaereg.ArraySplit(x), None, batch_size=16, seed=0)
    callbacks = TrainingCallbacks([], model=vae, epochs=1)
    callbacks.begin()
    source = feed.source() if compiled else None
    vae.set_batch_source(source)
    at = next(i for i, v in enumerate(vae.trainable_variables) if "hidden/kernel" in v.path)
    moment = next(
        v
        for v in vae.optimizer.variables
        if v.shape == vae.trainable_variables[at].shape and "momentum" in v.path
    )
    moment.assign(np.full(moment.shape, 8 * TINY, "float32"))
    if compiled:
        fit_epoch(vae, feed, source, callbacks, Epoch(index=0, chunks=(4 * EVERY,)))
    else:
        vae.fit(x, batch_size=16, epochs=1, verbose=0)

    assert vae.steps_done() == 4 * EVERY
    assert vae.eager_reason == ""
    assert not np.any(moment.numpy()[0])
    assert np.all(moment.numpy()[1:])
