"""A training that is killed between two steps and resumed ends as one that was not."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from vaereg.testing import killed_and_resumed

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


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_a_killed_run_resumes_to_the_bit(tmp_path, name):
    images = np.random.default_rng(0).integers(0, 256, (72, 8, 8, 1), dtype=np.uint8)
    np.savez(tmp_path / "noise.npz", x_train=images[:64], x_val=images[64:])
    registry = REGISTRY.replace("MORE", MODELS[name])
    (tmp_path / "registry.toml").write_text(registry, encoding="utf-8")

    found = killed_and_resumed(tmp_path, "--epochs", "2")

    assert found.compared > 8  # weights and moments of every player
    assert not found.differing
