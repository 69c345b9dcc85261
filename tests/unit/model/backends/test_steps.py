"""Many steps per call give the same result as one step per call."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

import vaereg
from tests.helpers.tiny_vae import (
    Critic,
    PenalisedCritic,
    TinyEncoder,
    constant,
    data,
    tiny_vae,
)
from vaereg.declaration.declaration import Adaptive, Balance, NamedChoice
from vaereg.model.batch_source import BatchSource
from vaereg.training.callbacks.callback_list import TrainingCallbacks
from vaereg.training.epoch import Epoch
from vaereg.training.feeding import Feed
from vaereg.training.fit_all import fit_epoch

STEPS = 50
BATCH = 16


class DroppingEncoder(TinyEncoder):
    """Makes draws besides those of the posterior."""

    def __init__(self):
        super().__init__()
        self.drop = keras.layers.Dropout(0.3, seed=3, name="drop")

    def call(self, x, training=False):
        return self.drop(super().call(x), training=training)


class WarmedUp(keras.layers.Layer):
    """A penalty that grows with the number of the step and keeps an average."""

    def __init__(self):
        super().__init__(name="regularizer_warmed_up")
        self.average = self.add_weight(
            name="average", shape=(), initializer="zeros", trainable=False
        )

    def call(self, step):
        size = ops.sum(ops.square(step.latent.z), axis=-1)
        if step.training:
            self.average.assign(0.9 * self.average + 0.1 * ops.mean(size))
        return size * ops.cast(step.global_step, "float32") / (1.0 + self.average)


def near(step):
    return ops.sum((step.reconstruction - 1.0) ** 2, axis=-1)


def dark(step):
    return ops.sum(step.generated**2, axis=-1)


def rolled(values, seed):
    """Each example, moved by a number of places of its own."""
    drawn = keras.random.uniform((ops.shape(values)[0], 1), dtype="float32", seed=seed)
    places = ops.arange(values.shape[1], dtype="float32") + ops.floor(4.0 * drawn)
    return ops.take_along_axis(values, ops.cast(places, "int32") % values.shape[1], axis=1)


def noisy(values, seed):
    return values + 0.3 * keras.random.normal(ops.shape(values), dtype="float32", seed=seed)


MODELS = {
    "plain": dict,
    "dropout": lambda: {"parts": {"encoder": DroppingEncoder()}},
    "number of the step": lambda: {"regularizers": {"warmed_up": (WarmedUp(), constant(1e-3))}},
    "critic": lambda: {"discriminators": {"critic": (Critic(), {"weight": constant(0.5)})}},
    "adaptive critic with R1": lambda: {
        "discriminators": {"critic": (PenalisedCritic(), {"weight": Adaptive(), "warmup_steps": 2})}
    },
    "balanced and adaptive terms": lambda: {
        "regularizers": {
            "near": (near, {"weight": Balance(share=0.3)}),
            "dark": (dark, {"weight": Adaptive(scale=0.1)}),
        },
        "discriminators": {"critic": (Critic(), {"weight": Balance(share=0.5)})},
    },
    "average of the weights": lambda: {"ema": 0.9},
    "augmentations": lambda: {
        "parts": {"augment": {"augment_rolled": rolled}, "latent_augment": {"noisy": noisy}}
    },
    "adamw and a schedule": lambda: {
        "optimizer": NamedChoice(
            use="adamw",
            params={
                "learning_rate": NamedChoice(
                    use="cosine_decay",
                    params={"initial_learning_rate": 1e-2, "decay_steps": 40},
                ),
                "weight_decay": 0.01,
                "clipnorm": 1.0,
            },
        )
    },
    "sgd": lambda: {
        "optimizer": NamedChoice(use="sgd", params={"learning_rate": 1e-3, "momentum": 0.9})
    },
}


class Losses(keras.callbacks.Callback):
    """Keeps the running means after every call."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def on_train_batch_end(self, batch, logs=None):
        self.seen.append({name: float(value) for name, value in logs.items()})


def made(name):
    # so that Keras names the seed of a dropout as in another process
    keras.utils.clear_session(free_memory=False)
    keras.utils.set_random_seed(0)  # the critic is made before the rest
    return tiny_vae(**MODELS[name]())


def plain(vae, feed):
    """Step by step, as Keras does it."""
    losses = Losses()
    x = np.concatenate([feed.train.take(batch) for batch in feed.order(0)])
    callbacks = TrainingCallbacks([losses], model=vae, epochs=1)
    callbacks.begin()
    epoch = Epoch(index=0, chunks=(1,) * feed.steps_per_epoch)
    vae.fit(x, batch_size=BATCH, shuffle=False, verbose=0, callbacks=callbacks.of_epoch(epoch))
    return losses.seen


def in_chunks(vae, feed, chunks, source, first_step=0):
    losses = Losses()
    vae.set_batch_source(source)
    callbacks = TrainingCallbacks([losses], model=vae, epochs=1)
    callbacks.begin()
    epoch = Epoch(index=0, chunks=chunks, first_step=first_step)
    fit_epoch(vae, feed, source, callbacks, epoch)
    vae.set_batch_source(None)
    return losses.seen


def feed_of(examples=STEPS * BATCH):
    return Feed(vaereg.ArraySplit(data(examples)), None, batch_size=BATCH, seed=0)


FAST = ("plain", "number of the step", "adaptive critic with R1")


@pytest.mark.parametrize(
    ("name", "where"),
    [
        *(
            pytest.param(name, "on the device", marks=() if name in FAST else pytest.mark.slow)
            for name in MODELS
        ),
        ("plain", "streamed"),
        ("adaptive critic with R1", "streamed"),
    ],
)
def test_fifty_steps_have_the_losses_of_the_plain_path(name, where):
    feed = feed_of()
    due = plain(made(name), feed)
    assert len(due) == STEPS
    vae = made(name)
    source = feed.source() if where == "on the device" else BatchSource()
    got = in_chunks(vae, feed, (1, 9, 25, 15), source)
    assert vae.steps_done() == STEPS
    assert vae.eager_reason == ""
    for after, seen in zip((1, 10, 35, 50), got, strict=True):
        assert seen.keys() == due[after - 1].keys()
        for term, value in seen.items():
            assert value == pytest.approx(due[after - 1][term], rel=1e-5, abs=1e-5), (term, after)


def test_steps_that_no_graph_can_repeat_stay_eager_and_give_the_reason():
    if keras.backend.backend() != "torch":
        pytest.skip("the other backends compile conditions on values")
    keras.utils.clear_session(free_memory=False)
    settings = {"learning_rate": 1e-2, "gradient_accumulation_steps": 2}
    wish = NamedChoice(use="adam", params=settings)
    feed = feed_of(20 * BATCH)
    due = plain(tiny_vae(optimizer=wish), feed)
    vae = tiny_vae(optimizer=wish)
    got = in_chunks(vae, feed, (5, 15), feed.source())
    assert "gradient_accumulation_steps" in vae.eager_reason
    assert got[-1] == due[-1]


@pytest.mark.parametrize("precision", ["mixed_bfloat16"])
def test_half_precision_has_the_losses_of_the_plain_path(precision):
    keras.config.set_dtype_policy(precision)
    feed = feed_of(20 * BATCH)
    due = plain(made("plain"), feed)
    vae = made("plain")
    got = in_chunks(vae, feed, (5, 15), feed.source())
    assert vae.eager_reason == ""
    for term, value in got[-1].items():
        # where operations are fused, as on JAX, fewer values are rounded to eight bits
        assert value == pytest.approx(due[-1][term], rel=1e-2, abs=1e-2), term


@pytest.mark.parametrize(
    "name",
    [
        "dropout",
        "number of the step",
        "adaptive critic with R1",
        pytest.param("balanced and adaptive terms", marks=pytest.mark.slow),
        pytest.param("average of the weights", marks=pytest.mark.slow),
        pytest.param("augmentations", marks=pytest.mark.slow),
    ],
)
def test_the_division_into_chunks_changes_no_bit(name):
    feed = feed_of(20 * BATCH)
    source = feed.source()
    together, apart = made(name), made(name)
    in_chunks(together, feed, (20,), source)
    in_chunks(apart, feed, (1, 6), source)
    state = apart.state()
    resumed = made(name)
    resumed.restore(state)
    in_chunks(resumed, feed, (13,), source, first_step=7)
    for path, value in together.state().items():
        np.testing.assert_array_equal(resumed.state()[path], value, err_msg=path)
