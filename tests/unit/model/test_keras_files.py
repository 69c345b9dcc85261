"""Keras's own ways to keep a model: `save`, `ModelCheckpoint`, `save_weights`, `load_weights`."""

from __future__ import annotations

import zipfile

import keras
import numpy as np
import pytest

import vaereg
from vaereg.contracts.data import ArraySplit, Data, DataSpec
from vaereg.errors import RunError, UsageError
from vaereg.runs.state_file import write_state

TEXT = """
[data.d]
use = "arrays"
path = "nowhere.npz"
[models.m]
data = "d"
latent = 2
encoder = { use = "dense", widths = [8] }
decoder = { use = "dense", widths = [8] }
likelihood = "bernoulli"
kl = { weight = { ramp = [0.0, 1.0], epochs = 5 } }
[train]
batch_size = 16
ema = 0.9
"""
X = np.random.default_rng(0).uniform(size=(32, 4, 4, 1)).astype("float32")
DATA = Data(spec=DataSpec(form="image", shape=(4, 4, 1)), train=ArraySplit(X))


def built(*overrides, text=TEXT, **options):
    return vaereg.build(text, data=DATA, overrides=overrides, **options)


def decoder():
    return keras.Sequential(
        [keras.Input((2,)), keras.layers.Dense(16), keras.layers.Reshape((4, 4, 1))]
    )


def assert_equal_state(one, other):
    first, second = one.state(), other.state()
    assert first.keys() == second.keys()
    for path, value in first.items():
        np.testing.assert_array_equal(value, second[path], err_msg=path)


def fit(vae, epochs=1, **options):
    return vae.fit(X, batch_size=8, epochs=epochs, shuffle=False, verbose=0, **options)


@pytest.fixture(scope="module")
def trained():
    vae = built()
    fit(vae, epochs=2)
    return vae


@pytest.fixture(scope="module")
def file(trained, tmp_path_factory):
    path = tmp_path_factory.mktemp("files") / "m.keras"
    trained.save(path)
    return path


def test_a_saved_model_goes_on_where_it_was(file):
    vae = built()
    fit(vae, epochs=2)
    loaded = keras.models.load_model(file)

    assert type(loaded) is type(vae)
    assert_equal_state(loaded, vae)
    assert loaded.schedule_time == vae.schedule_time
    fit(vae)
    fit(loaded)
    assert_equal_state(loaded, vae)
    np.testing.assert_array_equal(loaded.sample(3, seed=1), vae.sample(3, seed=1))
    np.testing.assert_array_equal(loaded.encode(X).mode, vae.encode(X).mode)
    assert loaded.evaluate(X, verbose=0) == vae.evaluate(X, verbose=0)


def test_every_value_is_in_the_file_once(file, trained):
    with zipfile.ZipFile(file) as archive:
        (size,) = [each.file_size for each in archive.infolist() if each.filename.endswith("h5")]

    values = sum(value.size for value in trained.state().values())
    assert size < 4 * values + 2000 * len(trained.state()), "values are stored twice"
    assert len(dir(trained)) > 50


def test_checkpoints_of_keras_keep_the_best_model(tmp_path):
    vae = built()
    whole = keras.callbacks.ModelCheckpoint(
        tmp_path / "best.keras", monitor="val_loss", mode="max", save_best_only=True
    )
    weights = keras.callbacks.ModelCheckpoint(
        tmp_path / "{epoch}.weights.h5", save_weights_only=True
    )

    fit(vae, epochs=2, validation_data=X, callbacks=[whole, weights])

    other = built()
    other.load_weights(tmp_path / "2.weights.h5")
    assert_equal_state(other, vae)
    assert keras.models.load_model(tmp_path / "best.keras").steps_done() in (4, 8)
    other.load_weights(tmp_path / "1.weights.h5")
    assert other.steps_done() == 4


def test_the_weights_of_a_run_are_loaded(trained, tmp_path):
    write_state(tmp_path / "model.weights.h5", trained.weights_only(), {})
    vae = built()

    vae.load_weights(tmp_path / "model.weights.h5")

    np.testing.assert_array_equal(vae.reconstruct(X), trained.reconstruct(X))
    assert vae.steps_done() == 0


def test_the_weights_within_a_keras_file_are_loaded(file, trained):
    vae = built()

    vae.load_weights(file)

    assert_equal_state(vae, trained)


def test_the_weights_of_another_model_are_refused_and_change_nothing(trained, file, tmp_path):
    trained.save_weights(tmp_path / "m.weights.h5")
    keras_model = decoder()
    keras_model.save_weights(tmp_path / "other.weights.h5")
    vae = built("models.m.latent=3")
    before = vae.state()

    for path in (tmp_path / "m.weights.h5", file):
        with pytest.raises(RunError, match=r"cannot be loaded: .*do not fit(.|\n)*skip_mismatch"):
            vae.load_weights(path)
    with pytest.raises(RunError, match="another kind of model"):
        vae.load_weights(tmp_path / "other.weights.h5")
    with pytest.raises(RunError, match="no such file"):
        vae.load_weights(tmp_path / "none.weights.h5")
    (tmp_path / "text.weights.h5").write_text("no weights")
    with pytest.raises(RunError, match="no file of weights"):
        vae.load_weights(tmp_path / "text.weights.h5")
    assert all(np.array_equal(before[path], value) for path, value in vae.state().items())

    with pytest.warns(UserWarning, match="were skipped"):
        vae.load_weights(tmp_path / "m.weights.h5", skip_mismatch=True)
    assert vae.steps_done() == 8


def test_a_model_with_a_part_of_keras_is_saved_by_keras(tmp_path):
    vae = built(parts={"decoder": decoder()})
    fit(vae)
    vae.save(tmp_path / "m.keras")
    vae.save_weights(tmp_path / "m.weights.h5")

    loaded, again = (
        keras.models.load_model(tmp_path / "m.keras"),
        built(parts={"decoder": decoder()}),
    )
    again.load_weights(tmp_path / "m.weights.h5")

    for other in (loaded, again):
        np.testing.assert_array_equal(other.reconstruct(X), vae.reconstruct(X))
    assert isinstance(loaded.decoder, keras.Sequential)


def test_what_was_compiled_or_frozen_by_hand_is_kept(tmp_path):
    vae = built()
    vae.encoder.trainable = False
    frozen, moved = vae.encoder.get_weights(), vae.decoder.get_weights()
    steps = 1 if keras.backend.backend() == "torch" else 2
    vae.compile(optimizer=keras.optimizers.SGD(0.5), steps_per_execution=steps)
    fit(vae)
    assert all(map(np.array_equal, frozen, vae.encoder.get_weights()))
    assert not any(map(np.array_equal, moved, vae.decoder.get_weights()))
    vae.save(tmp_path / "m.keras")

    loaded = keras.models.load_model(tmp_path / "m.keras")

    assert loaded.steps_per_execution == steps
    assert isinstance(loaded.optimizer, keras.optimizers.SGD)
    assert len(loaded.trainable_variables) == len(vae.trainable_variables)
    assert_equal_state(loaded, vae)


@pytest.mark.parametrize(
    ("way", "name", "suffix"), [("save", "m.h5", ".keras"), ("save_weights", "m.h5", ".weights.h5")]
)
def test_a_name_that_keras_does_not_read_is_refused(trained, tmp_path, way, name, suffix):
    with pytest.raises(UsageError, match=f"must end in {suffix}"):
        getattr(trained, way)(tmp_path / name)


@pytest.mark.parametrize(("way", "name"), [("save", "m.keras"), ("save_weights", "m.weights.h5")])
def test_a_file_that_cannot_be_written_is_one_sentence(trained, tmp_path, way, name):
    (tmp_path / name).write_text("before")
    with pytest.raises(UsageError, match="overwrite=True"):
        getattr(trained, way)(tmp_path / name, overwrite=False)
    with pytest.raises(RunError, match="cannot write"):
        getattr(trained, way)(tmp_path / "gone" / name)
    assert [each.name for each in tmp_path.iterdir()] == [name]


@pytest.mark.skipif(keras.backend.backend() == "tensorflow", reason="which can export")
def test_export_says_where_it_works(trained):
    with pytest.raises(UsageError, match='backend="tensorflow"'):
        trained.export("served")
