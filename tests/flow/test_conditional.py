"""Conditional models: labels reach the parts that ask for them, and nobody else."""

import json

import keras
import numpy as np
import pytest
from keras import ops

import vaereg
from tests.helpers.conditional_run import (
    NAMES,
    built,
    registry_text,
    side_of,
    spot_data,
    write_conditional_project,
)
from tests.helpers.tiny_run import newest, vaereg_here
from vaereg.runs.state_file import read_state
from vaereg.training.callbacks.callback_list import TrainingCallbacks
from vaereg.training.epoch import Epoch
from vaereg.training.feeding import Feed
from vaereg.training.fit_all import fit_epoch


def trained_by_fit(model="", epochs=40):
    vae, data = built(model), spot_data()
    x, y = data.train.take(np.arange(64)), data.train.targets
    vae.fit(x, {"label": y}, epochs=epochs, verbose=0)
    return vae


@pytest.fixture(scope="module")
def told():
    return trained_by_fit()


def test_samples_are_of_the_class_that_was_asked_for(told):
    for side, name in enumerate(NAMES):
        assert side_of(told.sample(40, given={"label": name})).mean() == pytest.approx(
            side, abs=0.1
        )
        assert np.array_equal(
            told.sample(4, given={"label": side}), told.sample(4, given={"label": name})
        )
    mixed = told.sample(20, given={"label": [0, 1] * 10})
    assert np.mean(side_of(mixed) == np.tile([0, 1], 10)) > 0.9


def test_conditions_permute_with_the_examples(told):
    data = spot_data()
    x, y = data.train.take(np.arange(10)), data.train.targets[:10]
    order = np.random.default_rng(0).permutation(10)
    for method in (told.reconstruct, lambda x, given: told.encode(x, given).mode):
        straight = method(x, given={"label": y})
        assert np.allclose(method(x[order], given={"label": y[order]}), straight[order], atol=1e-5)
        assert not np.allclose(method(x, given={"label": 1 - y}), straight, atol=1e-3)


def test_a_model_that_is_not_told_says_what_to_pass(told):
    x = spot_data().train.take(np.arange(4))
    calls = (
        lambda: told.sample(2),
        lambda: told.encode(x),
        lambda: told.decode(np.zeros((2, 2))),
        lambda: told.reconstruct(x),
        lambda: told.predict(x, verbose=0),
        lambda: told(x),
        lambda: told.kl_divergences(x),
    )
    for call in calls:
        with pytest.raises(vaereg.UsageError, match=r"told label.*from 0 to 1 \(left, right\)"):
            call()
    for wrong, words in (("middle", "middle"), (2, "2 is no value"), ([0, 1, 1], "each of the 4")):
        with pytest.raises(vaereg.UsageError, match=words):
            told.encode(x, {"label": wrong})
    with pytest.raises(vaereg.UsageError, match="no condition 'labels'"):
        told.sample(2, given={"labels": 0})
    with pytest.raises(vaereg.DataError, match="label"):
        told.fit(x, verbose=0)


@pytest.mark.slow
def test_keras_fits_evaluates_saves_and_calls_with_conditions(tmp_path):
    vae, split = built(), spot_data().train
    x, y = split.take(np.arange(64)), split.targets
    vae.fit(x, y, epochs=1, validation_data=(x, {"label": y}), verbose=0)
    assert np.isfinite(vae.evaluate(x, y, verbose=0)[0])
    with pytest.raises(vaereg.DataError, match="Pass the conditions after the examples"):
        vae.evaluate(x, verbose=0)
    reconstructed = vae.reconstruct(x[:4], given={"label": y[:4]})
    assert np.allclose(vae.predict(x[:4], given={"label": y[:4]}), reconstructed)
    called = ops.convert_to_numpy(vae(x[:4], given={"label": y[:4]}))
    assert np.allclose(called, reconstructed, atol=1e-5)
    vae.save(tmp_path / "told.keras")
    opened = keras.models.load_model(tmp_path / "told.keras")
    for side in (0, 1):
        given = {"label": side}
        assert np.allclose(opened.sample(4, given=given), vae.sample(4, given=given), atol=1e-6)


def test_an_unlabelled_dataset_and_a_dataset_that_hands_nothing_out_are_refused():
    data = spot_data()
    spec = vaereg.DataSpec(form="image", shape=(8, 8, 1), levels=256, size=64)
    plain = vaereg.Data(spec=spec, train=vaereg.ArraySplit(data.train.values))
    with pytest.raises(vaereg.DeclarationError, match="no labels"):
        vaereg.build(registry_text(), data=plain)
    text = registry_text().replace('given = ["label"]', "")
    with pytest.raises(vaereg.DeclarationError) as caught:
        vaereg.build(text, data=data)
    assert len(caught.value.problems) == 3
    assert 'write given = ["label"] in [data.blobs]' in str(caught.value)


def test_a_prior_that_encodes_without_telling_is_refused_at_its_place():
    text = registry_text().replace('prior = "conditional"', 'prior = "vamp"')
    with pytest.raises(
        vaereg.DeclarationError, match=r"vamp[\s\S]*encoder asks for label"
    ) as caught:
        vaereg.build(text, data=spot_data())
    assert caught.value.problems[0].path == "prior"


class OnDisk:
    """A split that is read on demand."""

    def __init__(self, split):
        self.split = split

    def __len__(self):
        return len(self.split)

    def take(self, indices):
        return self.split.take(indices)

    def labels(self, indices):
        return self.split.labels(indices)


def weights_after_an_epoch(split, chunks):
    vae = built("objective = { use = 'iwae', samples = 2 }", "samples_every = 0")
    feed = Feed(split, split, batch_size=16, seed=0, conditions=vae.parts.conditions)
    source = feed.source()
    vae.set_batch_source(source)
    callbacks = TrainingCallbacks([], model=vae, epochs=1)
    callbacks.begin()
    fit_epoch(vae, feed, source, callbacks, Epoch(index=0, chunks=chunks), validate_every=1)
    return vae, vae.weights_only()


@pytest.mark.slow
@pytest.mark.parametrize("resident", [True, False], ids=["on the device", "streamed"])
def test_many_steps_a_call_equal_single_steps(resident):
    split = spot_data().train if resident else OnDisk(spot_data().train)
    _, once = weights_after_an_epoch(split, (4,))
    vae, singly = weights_after_an_epoch(split, (1, 1, 1, 1))
    assert all(np.allclose(once[path], singly[path], atol=1e-5) for path in once)
    assert not vae.eager_reason
    plain = built("objective = { use = 'iwae', samples = 2 }", "samples_every = 0")
    feed = Feed(split, None, batch_size=16, seed=0, conditions=plain.parts.conditions)
    for positions in feed.order(0):
        plain.train_on_batch(split.take(positions), split.labels(positions))
    assert all(np.allclose(once[p], v, atol=1e-5) for p, v in plain.weights_only().items())


class Nosy(keras.layers.Layer):
    """A penalty that writes down what it is told; asks for nothing."""

    def __init__(self):
        super().__init__(name="regularizer_nosy")
        self.heard = []

    def call(self, step):
        self.heard.append(dict(step.given))
        return ops.zeros((ops.shape(step.x)[0],))


class Asking(Nosy):
    """The same; asks for the label."""

    given = frozenset({"label"})


def test_who_does_not_ask_is_not_told():
    nosy, asking = Nosy(), Asking()
    built(
        'regularizers = { nosy = { use = "mmd" }, asking = { use = "mmd" } }',
        parts={"nosy": nosy, "asking": asking},
    )
    assert nosy.heard and not any(nosy.heard)
    assert all(set(each) == {"label"} for each in asking.heard)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("told")
    write_conditional_project(folder)
    done = vaereg_here("train", "-q", "--epochs", "12", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "-n 64 --given label=VALUE" in done.stdout
    return folder


def test_a_run_is_sampled_by_class(project):
    run = newest(project, "told")
    done = vaereg_here("sample", run, "-q", "-n", "4", cwd=project)
    assert done.returncode == 2 and "pass given" not in done.stdout
    assert "label: a class from 0 to 1 (left, right)" in done.stderr
    out = project / "right.npz"
    done = vaereg_here(
        "sample", run, "-q", "-n", "20", "--given", "label=right", "--out", out, cwd=project
    )
    assert done.returncode == 0, done.stderr
    written = np.load(out)
    assert side_of(written["samples"]).mean() > 0.9
    assert written["given_label"].tolist() == [1] * 20
    done = vaereg_here("sample", run, "-n", "6", "--given", "label=0,1", "--json", cwd=project)
    answer = json.loads(done.stdout)
    assert answer["given"] == {"label": ["0", "1"]}
    assert "label-0-1" in answer["samples"]
    for wrong, words in (("label", "NAME=VALUE"), ("label=up", "'up'"), ("side=1", "'side'")):
        done = vaereg_here("sample", run, "-q", "--given", wrong, cwd=project)
        assert done.returncode == 2 and words in done.stderr, done.stderr


def test_wrong_declarations_are_placed(tmp_path):
    path = write_conditional_project(tmp_path)
    text = path.read_text()
    path.write_text(text.replace('["label"]', '"label"'))
    done = vaereg_here("check", cwd=tmp_path)
    assert done.returncode == 2 and "must be an array of strings" in done.stderr + done.stdout
    assert "does not give" not in done.stderr + done.stdout  # one fault, one message
    path.write_text(text.replace("label", "angle"))
    done = vaereg_here("check", cwd=tmp_path)
    assert 'write given = ["angle", "label"] in [data.blobs]' in done.stderr + done.stdout
    path.write_text(text)
    arrays = np.load(tmp_path / "blobs.npz")
    images = {name: arrays[name] for name in arrays if name.startswith("x")}
    np.savez(tmp_path / "blobs.npz", **images)
    for words in (("check", "--data"), ("train", "-q")):
        done = vaereg_here(*words, cwd=tmp_path)
        told = done.stderr + done.stdout
        assert done.returncode == 2 and "names label" in told and "registry.toml:4" in told, told


@pytest.mark.slow
def test_a_loaded_model_knows_the_conditions_of_its_examples(project):
    model = vaereg.load(newest(project, "told"), quiet=True)
    x = model.examples(12)
    given = model.given(12)
    assert given["label"].shape == (12,)
    assert np.allclose(model.reconstruct(x), model.reconstruct(x, given=given))
    assert np.allclose(model.encode(x[3]).mode, model.encode(x, given=given).mode[3], atol=1e-5)
    assert np.isfinite(model.score(x[:4])["bound"]).all()
    wrong = {"label": 1 - given["label"]}
    assert model.score(x, given=wrong)["elbo"].mean() < model.score(x)["elbo"].mean()
    with pytest.raises(vaereg.UsageError, match="told label"):
        model.reconstruct(1.0 - x)
    samples = model.sample(8, given={"label": "left"})
    assert side_of(samples).mean() < 0.2
    z = np.zeros((2, 2), np.float32)
    assert not np.allclose(*model.decode(z, given={"label": [0, 1]}))


def test_a_run_is_evaluated_with_conditions_of_its_test_split(project):
    run = newest(project, "told")
    done = vaereg_here("evaluate", run, "-q", "--features", "pixels", "--json", cwd=project)
    assert done.returncode == 0, done.stderr
    evaluation = json.loads((run / "evaluation.json").read_text(encoding="utf-8"))
    score = evaluation["scores"]["kernel_distance_within_classes_pixels"]
    assert abs(score["value"]) < 2.0 and abs(score["reference"]) < 0.2
    assert "label_accuracy_pixels" not in evaluation["scores"]  # pixels classify nothing
    done = vaereg_here("report", run, "-q", "--out", "report.html", cwd=project)
    assert done.returncode == 0, done.stderr
    page = (project / "report.html").read_text(encoding="utf-8")
    assert "drawn for each class" in page and "right" in page


@pytest.mark.slow
def test_a_conditional_run_that_was_interrupted_ends_the_same_to_the_bit(tmp_path):
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    for folder in (whole, cut):
        folder.mkdir()
        write_conditional_project(folder, train="checkpoint = { every_steps = 3 }")
    assert vaereg_here("train", "-q", cwd=whole).returncode == 0
    assert vaereg_here("train", "-q", "--epochs", "1", cwd=cut).returncode == 0
    run = newest(cut, "told")
    assert vaereg_here("resume", run, "-q", "--epochs", "3", cwd=cut).returncode == 0
    expected = read_state(newest(whole, "told") / "checkpoints" / "last.h5")[0]
    found = read_state(run / "checkpoints" / "last.h5")[0]
    assert expected.keys() == found.keys()
    assert all(np.array_equal(expected[path], found[path]) for path in expected)


def test_a_sampler_that_encodes_without_telling_is_refused(project):
    table = '{ use = "prior/vamp", train = { steps = 2 } }'
    words = ("sample", newest(project, "told"), "--given", "label=0", "--sampler", table)
    done = vaereg_here(*words, cwd=project)
    assert done.returncode == 2, done.stderr
    assert "vamp" in done.stderr and "encoder asks for label" in done.stderr
