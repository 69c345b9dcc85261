import io
import random
import time
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from vaereg.errors import DataError
from vaereg.host.progress import Progress
from vaereg.model.build_declared import build_declared
from vaereg.training.callbacks import first_samples
from vaereg.training.callbacks.first_samples import FirstSamples
from vaereg.training.clock import Clock


@pytest.fixture
def now(monkeypatch):
    """The time, in a list that a test may change."""
    value = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: value[0])
    return value


@pytest.fixture
def made(tmp_path, monkeypatch):
    """The callback of a training of 90 epochs, whose drawing notes the epochs."""
    progress = Progress(stream=io.StringIO())
    declaration = SimpleNamespace(train=SimpleNamespace(epochs=90, seed=3))
    callback = FirstSamples(
        None,
        None,
        declaration,
        tmp_path / "first.png",
        count=4,
        clock=Clock(10, 32),
        progress=progress,
    )
    callback.drawn = []
    monkeypatch.setattr(callback, "_draw", lambda: callback.drawn.append(callback.epoch))
    return callback


def end_epochs(callback, now, times):
    """Ends an epoch at each of these seconds after the training began."""
    for epoch, seconds in enumerate(times, start=1):
        now[0], callback.epoch = 1000.0 + seconds, epoch
        callback.on_epoch_end(epoch - 1, {})


def test_samples_are_drawn_once_after_the_first_epoch_that_ends_late_enough(now, made):
    end_epochs(made, now, (20.0, 40.0, 60.0, 80.0, 100.0))
    assert made.drawn == [3]
    shown = made._progress.stream.getvalue().splitlines()
    assert shown == [
        "drawing the first samples …",
        f"first samples, after epoch 3 of 90: {made._path}",
    ]


def test_a_short_training_draws_nothing_more(now, made):
    end_epochs(made, now, (10.0, 20.0, 30.0))
    assert made.drawn == []


def test_after_the_last_epoch_the_final_samples_suffice(now, made):
    made._declaration.train.epochs = 2
    end_epochs(made, now, (30.0, 60.0))
    assert made.drawn == []


def test_a_continued_run_keeps_the_samples_it_has(tmp_path, now, made):
    made._path.write_bytes(b"drawn before")
    again = FirstSamples(
        None, None, made._declaration, made._path, count=4, clock=made._clock, progress=None
    )
    end_epochs(again, now, (60.0,))
    assert made._path.read_bytes() == b"drawn before"


def test_the_time_of_drawing_is_not_expected_of_later_epochs(now, made, monkeypatch):
    def slow():
        now[0] += 7.0

    monkeypatch.setattr(made, "_draw", slow)
    clock = made._clock
    clock.start_epoch()
    clock.count_steps(10)
    clock.caught_up()
    clock._is_first_epoch = False
    now[0] += 50.0
    made.on_epoch_end(0, {})
    clock.end_epoch()
    assert clock.seconds_left(10, 0) == 50.0


def test_the_training_goes_on_if_no_samples_can_be_drawn(now, made, monkeypatch):
    def fail():
        raise DataError("too few latents")

    monkeypatch.setattr(made, "_draw", fail)
    end_epochs(made, now, (60.0, 80.0))
    shown = made._progress.stream.getvalue()
    assert shown.count("no samples could be drawn after epoch 1: too few latents") == 1


@pytest.mark.slow
def test_the_grid_shows_the_declared_sampler_and_no_random_state_changes(
    project, tmp_path, monkeypatch
):
    monkeypatch.setattr(first_samples, "AFTER_SECONDS", 0.0)
    made = project("", 'models.tiny.sampler="gaussian_mixture"', "train.samples_every=0")
    vae = build_declared(made.declaration, made.data)
    before = vae.state()
    random.seed(1)
    np.random.seed(1)  # the global generator is tested
    states = random.getstate(), np.random.get_state()[1].tobytes()
    paths = [tmp_path / "a.png", tmp_path / "b.png"]
    for path in paths:
        FirstSamples(
            vae,
            made.data,
            made.declaration,
            path,
            count=9,
            clock=Clock(8, 32),
            progress=Progress(quiet=True),
        ).on_epoch_end(0, {})
    assert (random.getstate(), np.random.get_state()[1].tobytes()) == states
    assert all(vae.state()[name].tobytes() == value.tobytes() for name, value in before.items())
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert Image.open(paths[0]).size == (3 * 58 + 2, 3 * 58 + 2)  # 8 x 8 images, 7 times as large
