"""The regularizer in the engine, on EfficientNet-Lite0: what it moves, its lock, resuming it."""

from __future__ import annotations

import json
import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import ops

import vaereg
from vaereg.testing import killed_and_resumed

SMALL = {"use": "efficientnet_lite0", "size": 32}

REGISTRY = """
[data.noise]
use = "arrays"
path = "noise.npz"

[models.tiny]
latent = 2
encoder = { use = "dense", widths = [8] }
decoder = { use = "dense", widths = [8] }

[models.tiny.regularizers.perceptual]
weight = 100.0
extractor = { size = 32 }

[train]
batch_size = 8
checkpoint = { every_steps = 1, every_seconds = 0.0 }
samples_every = 0
"""


def images(count: int = 32) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, 16, 16, 1), dtype=np.uint8)


@pytest.fixture
def after_a_step(vaereg_model):
    """The weights of the VAE after one step, and the logged terms, for a weight of the loss."""

    def made(weight: float):
        spec = vaereg.DataSpec(form="image", shape=(16, 16, 1), levels=256, size=32)
        vae = vaereg_model(
            data=vaereg.Data(spec=spec, train=vaereg.ArraySplit(images())),
            regularizers={"perceptual": {"weight": weight, "extractor": SMALL}},
            train={"optimizer": {"use": "sgd", "learning_rate": 1e-3}},
        )
        vae.run_eagerly = keras.backend.backend() == "tensorflow"
        terms = vae.train_on_batch(images()[:8].astype("float32") / 255.0, return_dict=True)
        return {
            each.path: np.array(ops.convert_to_numpy(each.value))
            for each in vae.trainable_variables
        }, terms

    return made


def test_it_moves_the_vae_and_nothing_of_the_network(after_a_step):
    (with_loss, terms), (without, _) = after_a_step(100.0), after_a_step(0.0)

    assert terms["perceptual"] > 0
    assert with_loss.keys() == without.keys()  # no weight of the network is trained
    moved = [path for path in with_loss if np.any(with_loss[path] != without[path])]
    assert any("decoder" in path for path in moved)
    assert any("encoder" in path for path in moved)
    assert not any("efficientnet" in path for path in with_loss)


ON_TENSORFLOW = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow",
    reason="whole commands run on TensorFlow; the steps run on every backend",
)


@ON_TENSORFLOW
@pytest.mark.slow
def test_a_killed_run_resumes_to_the_bit_and_its_lock_names_the_extractor(tmp_path):
    np.savez(tmp_path / "noise.npz", x_train=images(64), x_val=images(72)[64:])
    (tmp_path / "registry.toml").write_text(REGISTRY, encoding="utf-8")

    found = killed_and_resumed(tmp_path, "--epochs", "2")

    assert found.compared > 4
    assert not found.differing
    (held,) = json.loads((found.resumed / "lock.json").read_text(encoding="utf-8"))[
        "held_extractors"
    ]
    assert held["name"] == "efficientnet_lite0"
    assert len(held["digest"]) == 8


def blobs(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Images of a bright spot in one of four quarters, and which quarter it is."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 4, count)
    down, right = np.divmod(labels, 2)
    axis = np.arange(16)
    centres = 4 + 8 * np.stack([down, right], axis=1) + rng.normal(0, 0.7, (count, 2))
    gaps = (axis[None, None] - centres[:, :, None]) ** 2  # (n, 2, 16)
    spots = 230 * np.exp(-(gaps[:, 0, :, None] + gaps[:, 1, None, :]) / 12)
    return (spots + rng.uniform(0, 20, spots.shape)).astype(np.uint8)[..., None], labels


@ON_TENSORFLOW
@pytest.mark.slow
def test_a_model_with_a_perceptual_loss_is_not_judged_by_its_extractor(tmp_path):
    arrays = {}
    for seed, (name, count) in enumerate({"train": 512, "val": 256, "test": 256}.items()):
        arrays[f"x_{name}"], arrays[f"y_{name}"] = blobs(count, seed)
    np.savez(tmp_path / "noise.npz", **arrays)
    with_base = REGISTRY.replace(
        "[models.tiny]",
        '[models.base]\nextends = "tiny"\nregularizers.perceptual = false\n\n[models.tiny]',
    )
    (tmp_path / "registry.toml").write_text(with_base, encoding="utf-8")
    quick = '{ use = "classifier", epochs = 1, least_steps = 60 }'
    features = [
        word
        for each in (quick, "efficientnet_lite0", "local_texture")
        for word in ("--features", each)
    ]

    def done(*words: str) -> bytes:
        child = subprocess.run(
            [sys.executable, "-m", "vaereg", *words], cwd=tmp_path, capture_output=True, check=False
        )
        assert child.returncode == 0, child.stderr.decode()
        return child.stdout

    done("train", "base", "tiny", "-q", "--epochs", "1", "--set", "train.batch_size=64")
    told = json.loads(done("compare", "base", "tiny", "--quick", *features, "--json"))

    assert told["comparison"]["spaces"] == ["classifier", "local_texture"]
    verdicts = told["comparison"]["verdicts"]
    assert verdicts
    assert "efficientnet_lite0" not in json.dumps([each["answers"] for each in verdicts])
