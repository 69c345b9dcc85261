"""A sampler that learns by steps: what is trained, on what, and what is kept of it."""

from __future__ import annotations

import attrs
import keras
import numpy as np
import pytest
from keras import ops

import vaereg
from tests.helpers.full_disk import no_file_beyond
from tests.unit.trained.conftest import train_tiny
from vaereg.component import Component, Offer
from vaereg.contracts.slot import NamedChoice, SamplerTraining, Slot
from vaereg.errors import ContractError, DeclarationError, Interrupted, RunError, UsageError
from vaereg.host.progress import Progress
from vaereg.model.optimizers import make_optimizer
from vaereg.runs.checkpoints import load_checkpoint
from vaereg.runs.history import read_history
from vaereg.runs.layout import RunFolder
from vaereg.trained.samplers import build_sampler, prepare_sampler
from vaereg.training.samplers import train_sampler as module
from vaereg.training.samplers.train_sampler import default_optimizer, train_sampler

SGD = NamedChoice(use="sgd", params={"learning_rate": 0.1})
TRAINING = SamplerTraining(steps=12, batch_size=64, optimizer=SGD, ema=0.0)


@attrs.frozen(kw_only=True)
class Params:
    spread: float = 1.0
    told: bool = False


class Location(keras.layers.Layer):
    """Learns where latents are: the loss is the squared distance, least at their mean."""

    only_drawing = ("spread",)
    measured = 0

    def __init__(self, params, context):
        super().__init__(name=context.name, dtype="float32")
        self.params = params
        self.shape = context.latent_shape
        self.centre = self.add_weight(shape=self.shape, initializer="zeros", name="centre")
        self.scale = self.add_weight(
            shape=self.shape, initializer="ones", name="scale", trainable=False
        )

    def fit(self, latents, seed, tell):
        type(self).measured += 1
        tell("measuring the scale")
        print("a sampler that prints")  # noqa: T201
        self.scale.assign(latents.std(axis=0))

    def loss(self, latent, seed, training):
        noise = keras.random.normal(ops.shape(latent), seed=seed)
        moved = (latent - self.centre + 1e-3 * noise) / self.scale
        return ops.sum(ops.square(moved), axis=-1)

    def sample(self, n, seed):
        noise = keras.random.normal((n, *self.shape), seed=seed)
        return self.centre + self.params.spread * self.scale * noise


class Batch(Location):
    def loss(self, latent, seed, training):
        return ops.mean(super().loss(latent, seed, training))


class Plain:
    """Not a layer."""

    def __init__(self, params, context):
        pass

    def loss(self, latent, seed, training):
        return ops.sum(latent, axis=-1)


def slot(kind=Location, train=TRAINING, **params) -> Slot:
    component = Component(
        kind="sampler", name="location", factory=f"{__name__}:{kind.__name__}", params=Params
    )
    offer = Offer(component=component, distribution="tests", version="1.0")
    return Slot(kind="sampler", key="sampler", offer=offer, params=Params(**params), train=train)


def prepared(model, folder=None, of=None, **more):
    return prepare_sampler(
        model.vae,
        model.declaration,
        of or slot(),
        lambda: model.data,
        folder=folder,
        data_digest=model.data.digest,
        train=train_sampler,
        **more,
    )


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> vaereg.TrainedModel:
    return vaereg.load(train_tiny(tmp_path_factory.mktemp("project")), quiet=True)


@pytest.fixture(autouse=True)
def nothing_measured(monkeypatch):
    monkeypatch.setattr(Location, "measured", 0)


def folder_of(run):
    """The folder of the only sampler that was trained."""
    (found,) = (path for path in run.samplers.iterdir() if path.is_dir())
    return RunFolder(found)


def weights(model):
    return {path: value.copy() for path, value in model.vae.state().items()}


def test_its_loss_is_minimised_on_latents_and_the_vae_stays_as_it_is(model, capsys):
    before = weights(model)
    sampler = prepared(model)
    assert capsys.readouterr().out == ""  # what it prints is no result
    after = weights(model)
    assert all(before[path].tobytes() == after[path].tobytes() for path in before)
    encoded = model.encode(model.examples(256, "train"))
    centre = np.asarray(ops.convert_to_numpy(sampler.layer.centre.value))
    np.testing.assert_allclose(centre, encoded.mode.mean(axis=0), atol=0.2)
    drawn = sampler.sample(2000, 1)
    assert drawn.dtype == np.float32 and drawn.shape == (2000, 3)
    np.testing.assert_allclose(drawn.mean(axis=0), centre, atol=0.15)


def test_every_epoch_draws_other_latents_and_the_best_weights_are_kept(model, tmp_path):
    folder = RunFolder(tmp_path)
    sampler = prepared(model, folder, slot(train=attrs.evolve(TRAINING, steps=16)))
    run = folder_of(folder)
    rows = read_history(run.history)
    assert len(rows) == 16 and rows[-1]["step"] == "16"
    best = min(rows, key=lambda row: float(row["val_loss"]))
    kept = load_checkpoint(run, "best")
    assert kept.position.epoch == int(best["epoch"])
    (stored,) = (v for p, v in kept.arrays.items() if p.endswith("sampler/centre"))
    assert np.array_equal(stored, sampler.state()["sampler/centre"])


@pytest.mark.slow
def test_it_is_restored_and_neither_measured_nor_trained_again(model, tmp_path):
    folder = RunFolder(tmp_path)
    first = prepared(model, folder)
    again = prepared(model, folder)
    assert Location.measured == 1
    assert np.array_equal(first.sample(5, 1), again.sample(5, 1))
    # what only changes draws needs no other training
    wider = prepared(model, folder, slot(spread=2.0))
    assert Location.measured == 1
    centre = first.state()["sampler/centre"]
    np.testing.assert_allclose(
        wider.sample(5, 1) - centre, 2 * (first.sample(5, 1) - centre), rtol=1e-4, atol=1e-5
    )
    prepared(model, folder, slot(told=True))
    assert Location.measured == 2


@pytest.mark.slow
def test_what_was_made_from_other_weights_begins_anew(model, tmp_path):
    folder = RunFolder(tmp_path)
    prepared(model, folder)
    weight = model.vae.trainable_variables[0]
    value = np.array(ops.convert_to_numpy(weight.value))
    weight.assign(value + 0.25)
    try:
        prepared(model, folder)
    finally:
        weight.assign(value)
    assert Location.measured == 2
    assert len(read_history(folder_of(folder).history)) == 12


def test_an_interrupted_training_continues_to_the_bit(model, tmp_path, monkeypatch):
    whole, cut = RunFolder(tmp_path / "whole"), RunFolder(tmp_path / "cut")
    averaged = slot(train=attrs.evolve(TRAINING, optimizer=None, ema=0.9))
    expected = prepared(model, whole, averaged).state()
    fit_all = module.fit_all

    def interrupted(learner, settings, training):
        def asked(epoch, logs=None):
            training.interruption.asked = epoch == 5

        training.callbacks.insert(0, keras.callbacks.LambdaCallback(on_epoch_begin=asked))
        fit_all(learner, settings, training)

    with monkeypatch.context() as patch:
        patch.setattr(module, "fit_all", interrupted)
        with pytest.raises(Interrupted, match="the same command continues the training"):
            prepared(model, cut, averaged)
    assert not list(cut.samplers.glob("*.h5"))
    found = prepared(model, cut, averaged).state()
    assert Location.measured == 2  # not a third time
    assert all(found[path].tobytes() == expected[path].tobytes() for path in expected)
    first, second = (folder_of(each).history.read_bytes() for each in (whole, cut))
    assert first == second


def test_its_averaged_weights_are_drawn_from(model):
    last = prepared(model, of=slot(train=attrs.evolve(TRAINING, steps=8))).state()
    slow = prepared(model, of=slot(train=attrs.evolve(TRAINING, steps=8, ema=0.99))).state()
    assert np.linalg.norm(slow["sampler/centre"]) < np.linalg.norm(last["sampler/centre"])


def test_what_breaks_its_contract_is_refused_before_any_training(model):
    with pytest.raises(ContractError, match="already averaged over the batch"):
        build_sampler(model.vae, model.declaration, slot(Batch))
    with pytest.raises(ContractError, match=r"must be a\s+keras.layers.Layer"):
        build_sampler(model.vae, model.declaration, slot(Plain))
    with pytest.raises(UsageError, match="trained by steps"):
        prepare_sampler(model.vae, model.declaration, slot(), lambda: model.data)
    closed = attrs.evolve(model.declaration.sampler, train=TRAINING)
    with pytest.raises(DeclarationError, match="`train` has no effect"):
        build_sampler(model.vae, model.declaration, closed)


def test_the_rate_of_the_default_optimizer_rises_and_falls():
    made = make_optimizer(default_optimizer(100), "sampler_optimizer")
    rate = made._learning_rate
    values = [float(ops.convert_to_numpy(rate(step))) for step in range(101)]
    assert values[0] == 0.0 and values[5] == pytest.approx(1e-3) and values[100] < 1e-6
    assert np.all(np.diff(values[:6]) > 0) and np.all(np.diff(values[5:]) < 0)


@pytest.mark.slow
@pytest.mark.parametrize("lost", ["best.h5", "last.h5", "history.csv"])
def test_lost_files_of_its_training_change_no_weight(model, tmp_path, lost, capsys):
    folder = RunFolder(tmp_path)
    expected = prepared(model, folder).state()
    (state,) = folder.samplers.glob("*.h5")
    state.unlink()
    (file,) = folder.samplers.rglob(lost)
    file.unlink()

    found = prepared(model, folder, progress=Progress()).state()

    assert lost in capsys.readouterr().err
    assert all(found[path].tobytes() == expected[path].tobytes() for path in expected)
    assert state.exists()


def test_a_damaged_state_is_told_and_made_anew_from_its_checkpoints(model, tmp_path, capsys):
    folder = RunFolder(tmp_path)
    expected = prepared(model, folder).state()
    (state,) = folder.samplers.glob("*.h5")
    state.write_bytes(state.read_bytes()[:-100])

    found = prepared(model, folder, progress=Progress()).state()

    assert f"{state.name} is damaged" in capsys.readouterr().err
    assert Location.measured == 1  # not trained a second time
    assert all(found[path].tobytes() == expected[path].tobytes() for path in expected)


@pytest.mark.slow
def test_a_full_disk_while_it_is_trained_loses_nothing(model, tmp_path):
    expected = prepared(model).state()
    folder = RunFolder(tmp_path)
    with no_file_beyond(400), pytest.raises(RunError, match="cannot write") as error:
        prepared(model, folder)
    assert str(folder.samplers) in str(error.value)
    assert not list(folder.samplers.glob("*.h5")) and not list(folder.samplers.rglob("*.tmp"))

    found = prepared(model, folder).state()
    assert all(found[path].tobytes() == expected[path].tobytes() for path in expected)
