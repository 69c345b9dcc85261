"""What a sampler gets from a trained model, and how its state is stored."""

from contextlib import contextmanager

import attrs
import keras
import numpy as np
import pytest

import vaereg
from vaereg.component import Component, Offer
from vaereg.declaration.declaration import Slot
from vaereg.runs.layout import RunFolder
from vaereg.trained.samplers import (
    MOST_EXAMPLES,
    draw,
    encoded,
    prepare_sampler,
    sampler_path,
)
from vaereg.trained.trained_model import TrainedModel


class Curious:
    """Keeps its context and the latents it is fitted on."""

    fits = 0

    def __init__(self, params, context):
        self.context = context
        self.latents = np.zeros((1, 3), np.float32)

    def fit(self, latents, seed):
        type(self).fits += 1
        self.latents = latents

    def sample(self, n, seed):
        return np.resize(self.latents, (n, 3)).astype(np.float32)

    def state(self):
        return {"latents": self.latents}

    def restore(self, state):
        self.latents = np.asarray(state["latents"])


def slot(version="1.0") -> Slot:
    component = Component(kind="sampler", name="curious", factory=f"{__name__}:Curious")
    offer = Offer(component=component, distribution="tests", version=version)
    return Slot(kind="sampler", key="sampler", offer=offer, params=component.params())


def prepared(model, folder=None, data=None, **more):
    more.setdefault("data_digest", model.data.digest)
    return prepare_sampler(
        model.vae,
        model.declaration,
        more.pop("slot", slot()),
        data or (lambda: model.data),
        folder=folder,
        **more,
    )


@contextmanager
def other_weights(model):
    """Within, one weight has another value, as after more training."""
    weight = model.vae.trainable_variables[0]
    value = np.array(keras.ops.convert_to_numpy(weight.value))
    weight.assign(value + 0.25)
    try:
        yield
    finally:
        weight.assign(value)


def no_data():
    raise AssertionError("the data was read")


@pytest.fixture(autouse=True)
def no_fits_yet(monkeypatch):
    monkeypatch.setattr(Curious, "fits", 0)


def test_a_sampler_sees_every_part_of_the_trained_model(model):
    context = prepared(model).context

    assert context.parts == model.vae.parts.named()
    assert {"encoder", "posterior", "prior", "decoder", "likelihood", "objective"} <= {
        *context.parts
    }


def test_its_context_encodes_and_decodes_numpy_arrays_as_the_trained_model_does(model):
    context = prepared(model).context
    x = model.examples(5)
    latent = context.encode(x)
    assert isinstance(latent, vaereg.Latent) and isinstance(latent.mode, np.ndarray)
    assert np.array_equal(latent.mode, model.encode(x).mode)
    decoded = context.decode(latent.mode)
    assert isinstance(decoded, np.ndarray) and np.array_equal(decoded, model.reconstruct(x))


def test_its_context_holds_what_the_context_of_a_part_holds(model, tiny_run):
    context = prepared(model).context
    assert context.latent_shape == (3,) and context.data_spec == model.spec
    assert context.prior is model.vae.prior and context.likelihood is model.vae.likelihood
    assert context.cache == tiny_run.parents[2] / ".vaereg" / "cache"
    assert context.folder == tiny_run.parents[2]


def test_it_is_fitted_on_one_draw_of_the_posterior_of_each_training_example(model):
    latents = prepared(model).latents
    posterior = model.encode(model.examples(256, "train"))
    noise = (latents - posterior.mode) / np.exp(posterior.log_var / 2)
    assert latents.shape == (256, 3) and latents.dtype == np.float32
    assert abs(noise.mean()) < 0.15 and abs(noise.std() - 1) < 0.1


def test_of_very_many_examples_only_some_are_encoded(model):
    class Many:
        def __len__(self):
            return MOST_EXAMPLES + 10

        def take(self, indices):
            assert np.all(np.diff(indices) > 0)
            return np.zeros((len(indices), 8, 8, 1), np.float32)

        def labels(self, indices):
            return None

    assert encoded(model.vae, Many(), 0).shape == (MOST_EXAMPLES, 3)


def test_its_state_is_kept_in_the_run_and_restored(model, tmp_path):
    folder = RunFolder(tmp_path)
    fitted = prepared(model, folder)
    restored = prepared(model, folder, data=no_data)
    assert np.array_equal(fitted.latents, restored.latents) and Curious.fits == 1
    assert sampler_path(folder, slot()).name == "tests--curious.h5"


@pytest.mark.parametrize("change", ["version", "params", "weights", "data"])
def test_a_state_of_other_versions_parameters_weights_or_data_is_not_used(model, tmp_path, change):
    folder = RunFolder(tmp_path)
    prepared(model, folder)
    if change == "weights":
        with other_weights(model):
            prepared(model, folder)
    elif change == "data":
        prepared(model, folder, data_digest="other")
    elif change == "version":
        prepared(model, folder, slot=slot("2.0"))
    else:
        other = attrs.make_class("Other", {"scale": attrs.field(default=2.0)}, frozen=True)
        prepared(model, folder, slot=attrs.evolve(slot(), params=other()))
    assert Curious.fits == 2


def test_without_a_folder_nothing_is_kept(model, tiny_run):
    prepared(model)
    assert not list(tiny_run.rglob("*curious*"))


def test_a_damaged_state_is_made_anew_and_told(model, tmp_path):
    folder, told = RunFolder(tmp_path), []
    fitted = prepared(model, folder)
    path = sampler_path(folder, slot())
    path.write_bytes(path.read_bytes()[:100])
    again = prepared(model, folder, warn=told.append)
    assert np.array_equal(fitted.latents, again.latents) and Curious.fits == 2
    assert "damaged" in told[0] and "fitted again" in told[0]
    prepared(model, folder, data=no_data)


def test_a_state_fitted_on_changed_data_is_not_used_later(model, tmp_path):
    folder = RunFolder(tmp_path)
    prepared(model, folder, data_digest="of the data that it was trained on")
    prepared(model, folder, data_digest="of the data that it was trained on")
    assert Curious.fits == 2


@pytest.mark.parametrize("method", ["sample", "state"])
@pytest.mark.parametrize("error", [RuntimeError("lost"), SystemExit(0)])
def test_a_sampler_that_fails_later_is_named_with_its_plugin(model, monkeypatch, method, error):
    def fails(self, *given):
        raise error

    monkeypatch.setattr(Curious, method, fails)
    again = TrainedModel(
        model.vae,
        model.declaration,
        lambda: model.data,
        folder=model._folder if method == "state" else None,
        data_digest=model.data.digest,
    )
    with pytest.raises(vaereg.PluginError, match=r'sampler "curious" \(tests 1\.0\) cannot'):
        again.draw(2, 0, slot())


class Talkative(Curious):
    """Prints whatever it does."""

    def __init__(self, params, context):
        print("built")  # noqa: T201  # the fault
        super().__init__(params, context)

    def fit(self, latents, seed):
        print("fitted")  # noqa: T201
        super().fit(latents, seed)

    def sample(self, n, seed):
        print("drawn")  # noqa: T201
        return super().sample(n, seed)

    def state(self):
        print("stored")  # noqa: T201
        return super().state()

    def restore(self, state):
        print("restored")  # noqa: T201
        super().restore(state)


def test_what_a_sampler_prints_goes_to_stderr_whatever_it_does(model, tmp_path, capsys):
    component = Component(kind="sampler", name="talkative", factory=f"{__name__}:Talkative")
    offer = Offer(component=component, distribution="tests", version="1.0")
    talkative = Slot(kind="sampler", key="sampler", offer=offer, params=component.params())
    for _ in range(2):  # fitted and stored, then restored
        sampler = prepared(model, RunFolder(tmp_path), slot=talkative)
        draw(model.vae, sampler, talkative, 2, 0)

    printed = capsys.readouterr()

    assert printed.out == ""
    told = printed.err.split()
    assert [each for each in told if each in WORDS] == [*WORDS[:4], "built", "restored", "drawn"]


WORDS = ["built", "fitted", "stored", "drawn", "restored"]
