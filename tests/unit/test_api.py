"""`vaereg.build`: the forms of a registry, and your own parts in a model."""

import tomllib

import keras
import numpy as np
import pytest

import vaereg
from tests.helpers.tiny_run import REGISTRY, blobs, write_project
from vaereg.errors import ContractError, DeclarationError, UsageError

TEXT = REGISTRY.format(train="").replace('default = "tiny"\n\n', "")  # the only model needs none
FLOATS = blobs(64, 3).astype(np.float32) * np.float32(1 / 255)


@pytest.fixture
def here(tmp_path, monkeypatch):
    write_project(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def data() -> vaereg.Data:
    spec = vaereg.DataSpec(shape=(8, 8, 1), levels=256)
    return vaereg.Data(spec=spec, train=vaereg.ArraySplit(blobs(64, 3)))


def decoder(name="mine", outputs=64, shape=(8, 8, 1), latent=3) -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((latent,)),
            keras.layers.Dense(16, "tanh", name=f"{name}_hidden"),
            keras.layers.Dense(outputs, name=f"{name}_out"),
            keras.layers.Reshape(shape),
        ],
        name=name,
    )


def encoder(name="features") -> keras.Model:
    x = keras.Input((8, 8, 1))
    h = keras.layers.Dense(16, "relu", name=f"{name}_hidden")(keras.layers.Flatten()(x))
    return keras.Model(x, h, name=name)


def test_a_path_a_text_and_a_mapping_declare_the_same_model(here):
    (here / "same.toml").write_text(TEXT)
    built = [vaereg.build(each) for each in ("same.toml", here / "same.toml", TEXT)]
    built.append(vaereg.build(tomllib.loads(TEXT)))
    expected = built[0].reconstruct(FLOATS[:2])
    assert all(np.array_equal(vae.reconstruct(FLOATS[:2]), expected) for vae in built)


def test_building_leaves_a_mapping_as_it_was(here):
    registry = tomllib.loads(TEXT)
    vae = vaereg.build(registry, overrides=["models.tiny.latent=2"])
    assert vae.encode(FLOATS).mode.shape == (64, 2) and registry == tomllib.loads(TEXT)


def test_a_mapping_may_hold_tuples_for_arrays():
    registry = tomllib.loads(TEXT)
    registry["models"]["tiny"]["encoder"]["widths"] = (16,)
    assert vaereg.build(registry, data=data()).count_params() > 0


def test_an_error_in_a_text_names_its_line():
    with pytest.raises(DeclarationError, match="the text:9:"):
        vaereg.build(TEXT.replace('use = "dense", widths = [16] }\ndec', 'use = "dens" }\ndec'))


def test_an_error_in_a_mapping_names_the_mapping():
    registry = tomllib.loads(TEXT)
    registry["models"]["tiny"]["latents"] = 4
    with pytest.raises(DeclarationError, match=r"the mapping[\s\S]*latent"):
        vaereg.build(registry)


@pytest.mark.parametrize(
    ("value", "came"), [(None, "got None"), (np.int64(3), "got a value of type int64")]
)
def test_a_value_that_toml_does_not_have_is_refused(value, came):
    registry = tomllib.loads(TEXT)
    registry["models"]["tiny"]["latent"] = value
    with pytest.raises(DeclarationError, match=came):
        vaereg.build(registry, data=data())


def test_a_text_without_a_line_break_is_a_path():
    with pytest.raises(DeclarationError, match="there is no file nothing"):
        vaereg.build("nothing.toml")


@pytest.mark.parametrize("registry", [{}, "\n# nothing\n"])
def test_an_empty_registry_is_refused(registry):
    with pytest.raises(DeclarationError):
        vaereg.build(registry)


def test_a_value_that_is_not_a_registry_is_refused():
    with pytest.raises(UsageError, match="got int"):
        vaereg.build(3)


def test_a_keras_model_takes_the_place_of_a_part_and_is_trained():
    mine, features = decoder(), encoder()
    vae = vaereg.build(TEXT, data=data(), parts={"decoder": mine, "encoder": features})
    before = [np.array(each) for each in mine.get_weights()]

    history = vae.fit(FLOATS, batch_size=32, epochs=8, verbose=0).history

    assert vae.decoder is mine and vae.encoder is features
    assert history["loss"][-1] < history["loss"][0]
    after = mine.get_weights()
    assert all(not np.array_equal(a, b) for a, b in zip(before, after, strict=True))


def test_a_model_with_given_parts_encodes_decodes_and_samples():
    vae = vaereg.build(TEXT, data=data(), parts={"decoder": decoder()})
    assert vae.decode(vae.encode(FLOATS).mode).shape == FLOATS.shape
    assert vae.sample(5, seed=1).shape == (5, 8, 8, 1)


def test_its_weights_are_saved_and_loaded(tmp_path):
    vae = vaereg.build(TEXT, data=data(), parts={"decoder": decoder()})
    vae.fit(FLOATS, batch_size=32, verbose=0)
    vae.save_weights(tmp_path / "mine.weights.h5")
    other = vaereg.build(TEXT, data=data(), parts={"decoder": decoder()})
    assert not np.allclose(other.reconstruct(FLOATS), vae.reconstruct(FLOATS))

    other.load_weights(tmp_path / "mine.weights.h5")

    assert np.allclose(other.reconstruct(FLOATS), vae.reconstruct(FLOATS), atol=1e-6)


def test_the_other_parts_begin_with_the_weights_they_have_without_it():
    plain = vaereg.build(TEXT, data=data())
    vae = vaereg.build(TEXT, data=data(), parts={"decoder": decoder()})
    assert np.array_equal(plain.encode(FLOATS).mode, vae.encode(FLOATS).mode)


def test_an_object_that_keeps_the_contract_takes_the_place_of_another_part():
    class Squared:
        binary = False

        def channels(self, data_channels):
            return data_channels

        def log_prob(self, x, outputs, training=False):
            return -keras.ops.sum(keras.ops.square(x - outputs), axis=(1, 2, 3))

        def mean(self, outputs):
            return outputs

    vae = vaereg.build(TEXT, data=data(), parts={"likelihood": Squared()})
    assert isinstance(vae.likelihood, Squared)
    z = vae.encode(FLOATS).mode
    outputs = keras.ops.convert_to_numpy(vae.decoder(z))
    assert np.allclose(vae.decode(z), outputs, atol=1e-5)


def test_a_part_of_another_shape_is_named():
    with pytest.raises(ContractError, match=r'decoder "flat" \(given in parts\).*outputs'):
        vaereg.build(TEXT, data=data(), parts={"decoder": decoder("flat", shape=(64,))})


def test_a_part_that_does_not_take_the_latent_is_named():
    with pytest.raises(DeclarationError, match=r'decoder "wide" \(given in parts\)'):
        vaereg.build(TEXT, data=data(), parts={"decoder": decoder("wide", latent=5)})


def test_a_fault_of_a_part_is_the_callers():
    class Broken(keras.layers.Layer):
        def call(self, z):
            raise KeyError("nothing")

    with pytest.raises(vaereg.PluginError, match="bug in the part that you gave"):
        vaereg.build(TEXT, data=data(), parts={"decoder": Broken()})


def test_a_part_for_no_slot_and_one_that_is_no_layer_are_refused():
    with pytest.raises(UsageError, match="parts has 'decodr'"):
        vaereg.build(TEXT, data=data(), parts={"decodr": decoder()})
    with pytest.raises(ContractError, match="must be a Keras layer or model; got function"):
        vaereg.build(TEXT, data=data(), parts={"decoder": decoder})


def test_train_refuses_parts_since_a_run_could_not_be_built_again(here):
    with pytest.raises(UsageError, match="could not be built again"):
        vaereg.train(parts={"decoder": decoder()})
    assert not (here / "runs").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"epochs": 0},
        {"epochs": "2"},
        {"epochs": 1.5},
        {"epochs": True},
        {"seed": -1},
        {"seed": 2**31},
        {"seed": 1.5},
        {"seeds": 0},
        {"seeds": "3"},
        {"samples_every": -1},
        {"evaluate_every": -1},
        {"model": 3},
        {"model": [3]},
        {"model": []},
        {"overrides": "train.epochs=1"},
        {"runs": None},
        {"no_plugins": 3},
        {"registry": {"models": {}}},
    ],
    ids=str,
)
def test_train_refuses_a_wrong_value_by_its_name_before_a_run_is_made(here, wrong):
    (name,) = wrong
    with pytest.raises(UsageError, match=rf"\b{name}\b"):
        vaereg.train(**wrong, quiet=True)
    assert not (here / "runs").exists()


def test_a_count_of_numpy_makes_a_run_that_can_be_read_again(here):
    run = vaereg.train(epochs=np.int64(1), seed=np.uint8(7), quiet=True)
    assert (run.epochs, run.seed) == (1, 7)
    assert vaereg.load(run, quiet=True).declaration.train.seed == 7
    with pytest.raises(UsageError, match="epochs must be a whole number"):
        vaereg.resume(run, epochs="3", quiet=True)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"component": None}, "component is a name"),
        ({"against": 3}, "against is a name"),
        ({"seeds": "6"}, "seeds must be a whole number"),
        ({"out": 3}, "out is a path"),
        ({"epochs": -1}, "epochs must be a whole number"),
    ],
    ids=str,
)
def test_ablate_refuses_a_wrong_value_by_its_name(here, wrong, told):
    with pytest.raises(UsageError, match=told):
        vaereg.ablate(**{"component": "regularizer/mmd", **wrong}, quiet=True)
    assert not (here / "runs").exists()


@pytest.mark.parametrize("features", [3, [3], [None]])
def test_features_are_names_and_tables(features):
    with pytest.raises(UsageError, match="features"):
        vaereg.evaluate("tiny", features=features)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"model": 3}, "model is the name of a model"),
        ({"overrides": "models.tiny.latent=2"}, "overrides must be a list of strings"),
        ({"data": np.zeros((4, 8, 8, 1))}, "data is a vaereg.Data; got ndarray"),
        ({"parts": [1]}, "parts is a mapping"),
        ({"parts": {3: None}}, "parts has 3, which is not a slot"),
    ],
    ids=["model", "overrides", "data", "parts", "slot"],
)
def test_build_refuses_a_wrong_value_by_its_name(wrong, told):
    with pytest.raises(UsageError, match=told):
        vaereg.build(TEXT, **{"data": data(), **wrong})
