"""`fit` on the user's own data: epochs of schedules, and Ctrl-C."""

from __future__ import annotations

import os
import signal

import keras
import numpy as np
import pytest
from keras import ops

from tests.helpers.tiny_vae import data, tiny_vae
from vaereg.contracts.schedule import Schedule
from vaereg.declaration.declaration import KLControl

RAMP = Schedule(form="ramp", values=(0.0, 1.0), lengths=(5.0,))


def ramped():
    """A VAE whose KL weight rises from 0 to 1 in 5 epochs; 4 steps each for the declared data."""
    return tiny_vae(kl=KLControl(weight=RAMP))


def kl_weight(vae):
    got = vae.evaluate(data(16), verbose=0, return_dict=True)
    return (got["loss"] - got["reconstruction"]) / got["kl"]


def batches(count, size=4):
    while True:
        for _ in range(count):
            yield (data(size),)


class Batches(keras.utils.PyDataset):
    def __len__(self):
        return 7

    def __getitem__(self, index):
        return (data(4, seed=index),)


class Once:
    """Batches in a loop over a number of them that nobody knows beforehand."""

    def __init__(self, count):
        self.count = count

    def dataset(self):
        import tensorflow as tf

        spec = (tf.TensorSpec((4, 6), "float32"),)
        return tf.data.Dataset.from_generator(
            lambda: ((data(4),) for _ in range(self.count)), output_signature=spec
        )


def test_an_epoch_is_one_pass_over_the_data_that_fit_gets():
    vae = ramped()

    vae.fit(data(200), batch_size=16, epochs=2, verbose=0)
    twice = kl_weight(vae)
    vae.fit(data(200), batch_size=16, epochs=1, verbose=0)

    assert twice == pytest.approx(2 / 5, abs=1e-3)
    assert kl_weight(vae) == pytest.approx(3 / 5, abs=1e-3)


def test_calls_for_one_epoch_each_do_what_one_call_for_all_does():
    once, often = ramped(), ramped()

    once.fit(data(40), batch_size=8, epochs=3, shuffle=False, verbose=0)
    for _ in range(3):
        often.fit(data(40), batch_size=8, shuffle=False, verbose=0)

    for path, value in once.weights_only().items():
        np.testing.assert_array_equal(value, often.weights_only()[path], err_msg=path)


@pytest.mark.slow
def test_the_count_goes_on_with_other_data_and_another_batch_size():
    vae = ramped()

    vae.fit(data(16), batch_size=16, verbose=0)
    vae.fit(data(96), batch_size=8, verbose=0)
    assert kl_weight(vae) == pytest.approx(2 / 5, abs=1e-3)

    vae.fit(data(30), batch_size=16, validation_split=0.5, verbose=0)
    assert kl_weight(vae) == pytest.approx(3 / 5, abs=1e-3)


def test_the_validation_loss_of_an_epoch_has_the_weight_of_its_end():
    vae = ramped()

    history = vae.fit(data(16), batch_size=2, epochs=2, validation_data=data(16), verbose=0).history

    share = [
        (loss - reconstruction) / kl
        for loss, reconstruction, kl in zip(
            *(history[f"val_{name}"] for name in ("loss", "reconstruction", "kl")), strict=True
        )
    ]
    assert share == pytest.approx([1 / 5, 2 / 5], abs=1e-3)


@pytest.mark.slow
def test_a_generator_and_a_dataset_count_their_own_steps():
    vae = ramped()

    vae.fit(batches(9), steps_per_epoch=9, epochs=1, verbose=0)
    assert kl_weight(vae) == pytest.approx(1 / 5, abs=1e-3)
    vae.fit(Batches(), epochs=2, verbose=0)
    assert kl_weight(vae) == pytest.approx(3 / 5, abs=1e-3)


def test_a_loader_of_pytorch_counts_its_batches():
    torch = pytest.importorskip("torch")
    images = torch.utils.data.TensorDataset(torch.as_tensor(data(30)))
    vae = ramped()

    vae.fit(torch.utils.data.DataLoader(images, batch_size=3), epochs=2, verbose=0)

    assert vae.steps_done() == 20
    assert kl_weight(vae) == pytest.approx(2 / 5, abs=1e-3)


@pytest.mark.parametrize("count", [pytest.param(3, marks=pytest.mark.slow), 9])
def test_the_length_of_an_epoch_is_learned_where_nobody_knows_it(count):
    pytest.importorskip("tensorflow")
    vae = ramped()
    unknown = Once(count).dataset()

    vae.fit(unknown, epochs=1, verbose=0)
    assert kl_weight(vae) == pytest.approx(1 / 5, abs=1e-3)
    vae.fit(unknown, epochs=2, verbose=0)

    assert vae.steps_done() == 3 * count
    assert kl_weight(vae) == pytest.approx(3 / 5, abs=1e-3)


SLOW = pytest.mark.slow
TWO_SPLITS = {"validation_split": 0.3, "validation_data": data(8)}


class Size:
    """Logs the number of examples that a step tells."""

    def __call__(self, step):
        return ops.zeros(ops.shape(step.x)[0]) + float(step.dataset_size)


def tf_data(count):
    tf = pytest.importorskip("tensorflow")
    return tf.data.Dataset.from_tensor_slices((data(count),)).batch(4)


def loader(count):
    torch = pytest.importorskip("torch")
    images = torch.utils.data.TensorDataset(torch.as_tensor(data(count)))
    return torch.utils.data.DataLoader(images, batch_size=4)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("x", "settings", "size"),
    [
        (lambda: data(40), {"batch_size": 16}, 40),
        pytest.param(lambda: data(40), {"validation_split": 0.3}, 28, marks=SLOW),
        pytest.param(lambda: data(40), TWO_SPLITS, 40, marks=SLOW),
        (lambda: batches(5), {"steps_per_epoch": 5}, 20),
        pytest.param(Batches, {}, 28, marks=SLOW),
        pytest.param(lambda: tf_data(24), {}, 24, marks=SLOW),
        (lambda: loader(22), {}, 22),
    ],
    ids=["array", "split array", "two splits", "generator", "PyDataset", "tf.data", "loader"],
)
def test_a_step_tells_the_number_of_the_examples_that_fit_gets(x, settings, size):
    vae = tiny_vae(regularizers={"size": (Size(), Schedule.constant(1.0))})
    assert vae.evaluate(data(16), verbose=0, return_dict=True)["size"] == 64  # the declared data

    history = vae.fit(x(), verbose=0, **settings).history

    assert history["size"] == pytest.approx([size])  # a mean of float32 values
    assert vae.evaluate(data(16), verbose=0, return_dict=True)["size"] == pytest.approx(size)


@pytest.mark.slow
def test_the_number_of_examples_is_learned_where_nobody_knows_the_length_of_an_epoch():
    pytest.importorskip("tensorflow")
    vae = tiny_vae(regularizers={"size": (Size(), Schedule.constant(1.0))})

    history = vae.fit(Once(9).dataset(), epochs=2, verbose=0).history

    assert history["size"] == pytest.approx([64, 36])


def test_a_step_of_train_on_batch_counts_as_one_of_the_epochs_before():
    vae = ramped()
    vae.train_on_batch(data(16))
    assert vae.schedule_time.epochs_after(vae.steps_done()) == 1 / 4  # of the declared data

    vae.fit(data(32), batch_size=16, verbose=0)
    vae.train_on_batch(data(16))

    assert vae.schedule_time.epochs_after(vae.steps_done()) == 1 / 4 + 1 + 1 / 2


class Stops(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        if batch == 2:
            os.kill(os.getpid(), signal.SIGINT)


@pytest.fixture
def interruptible():
    """Lets SIGINT raise KeyboardInterrupt; a process in the background may ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_the_model_goes_on_after_an_interrupt():
    vae = ramped()

    with pytest.raises(KeyboardInterrupt):
        vae.fit(data(64), batch_size=16, epochs=3, verbose=0, callbacks=Stops())

    done = vae.steps_done()
    assert done in (3, 4)  # on JAX, before the next step
    assert np.isfinite(vae.fit(data(64), batch_size=16, verbose=0).history["loss"][0])
    assert vae.steps_done() == done + 4
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.usefixtures("interruptible")
def test_the_model_goes_on_after_an_interrupted_evaluation():
    class StopsEvaluation(keras.callbacks.Callback):
        def on_test_batch_end(self, batch, logs=None):
            if batch == 1:
                os.kill(os.getpid(), signal.SIGINT)

    vae = tiny_vae(ema=0.9)
    vae.fit(data(64), batch_size=16, verbose=0)
    before = vae.state()

    with pytest.raises(KeyboardInterrupt):
        vae.evaluate(data(64), batch_size=16, verbose=0, callbacks=[StopsEvaluation()])

    after = vae.state()
    weights = [path for path in before if not path.startswith("terms") and "evaluation" not in path]
    assert all(np.array_equal(before[path], after[path]) for path in weights)
