"""A training that is killed between two steps and resumed ends as one that was not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import h5py
import keras
import numpy as np
import pytest

if keras.backend.backend() != "tensorflow":
    pytest.skip("once, on TensorFlow; the steps run on every backend", allow_module_level=True)

REGISTRY = """
[data.noise]
use = "arrays"
path = "noise.npz"

[models.tiny]
latent = 2
encoder = { use = "dense", widths = [8] }
decoder = { use = "dense", widths = [8] }
likelihood = "gaussian"
MORE

[train]
batch_size = 8
checkpoint = { every_steps = 1, every_seconds = 0.0 }
samples_every = 0
"""

MODELS = {
    "vaegan": "discriminators = { vaegan = { widths = [4, 4] } }",
    "soft_introvae": 'objective = "soft_introvae"',
}


def start(folder, *words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "vaereg", *words],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
    )


def arrays_of(file) -> dict[str, bytes]:
    found = {}
    with h5py.File(file) as opened:
        opened.visititems(
            lambda name, item: (
                found.__setitem__(name, item[()].tobytes())
                if isinstance(item, h5py.Dataset) and item.dtype.kind == "f"
                else None
            )
        )
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_a_killed_run_resumes_to_the_bit(tmp_path, name):
    images = np.random.default_rng(0).integers(0, 256, (72, 8, 8, 1), dtype=np.uint8)
    np.savez(tmp_path / "noise.npz", x_train=images[:64], x_val=images[64:])
    registry = REGISTRY.replace("MORE", MODELS[name])
    (tmp_path / "registry.toml").write_text(registry, encoding="utf-8")
    whole = start(tmp_path, "train", "-q", "--epochs", "2", "--runs", "whole")
    _, errors = whole.communicate()
    assert whole.returncode == 0, errors.decode()

    child = start(tmp_path, "train", "-q", "--epochs", "2", "--runs", "killed")
    while child.poll() is None and not list(tmp_path.glob("killed/*/*/checkpoints/last.h5")):
        time.sleep(0.002)
    child.kill()
    child.communicate()
    assert child.returncode == -signal.SIGKILL
    again = start(tmp_path, "resume", "tiny", "-q", "--runs", "killed")
    _, errors = again.communicate()
    assert again.returncode == 0, errors.decode()

    (one,), (other,) = tmp_path.glob("whole/tiny/*"), tmp_path.glob("killed/tiny/*")
    mine, theirs = (arrays_of(each / "checkpoints" / "last.h5") for each in (one, other))
    assert len(mine) > 8  # weights and moments of every player
    assert mine == theirs
    assert (one / "history.csv").read_bytes() == (other / "history.csv").read_bytes()
