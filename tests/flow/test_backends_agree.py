"""One declaration gives one model, whatever the backend."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys

import pytest

from vaereg.testing.tiny_registry import tiny_registry

REGISTRY = tiny_registry(
    {
        "encoder": {"use": "conv", "widths": [4, 8]},
        "decoder": {"use": "conv", "widths": [8, 4]},
        "likelihood": "gaussian_optimal_variance",
        "prior": "vamp",
        "regularizers": {"focal_frequency": {"weight": 10.0}, "mmd": {"weight": 1.0}},
    }
)

# Weights and noise come from numpy, as each backend has a random generator of its own.
PROGRAM = """
import json, sys
import numpy as np, keras
from keras import ops
from vaereg.assembly.load_data import load_data
from vaereg.discovery.declare import declare
from vaereg.model.build_declared import build_declared

counter = [0]
def normal(shape, mean=0.0, stddev=1.0, dtype="float32", seed=None):
    counter[0] += 1
    return ops.convert_to_tensor(np.random.default_rng(counter[0]).normal(size=shape), dtype)
def categorical(logits, num_samples, dtype="int32", seed=None):
    counter[0] += 1
    logits = ops.convert_to_numpy(logits)
    rng = np.random.default_rng(counter[0])
    drawn = rng.integers(0, logits.shape[-1], (len(logits), num_samples))
    return ops.convert_to_tensor(drawn, dtype)
keras.random.normal, keras.random.categorical = normal, categorical

declaration = declare(sys.argv[1])
data = load_data(declaration)
vae = build_declared(declaration, data)
weights = {
    path: np.random.default_rng(sum(path.encode())).normal(scale=0.1, size=value.shape)
    for path, value in vae.weights_only().items()
}
vae.load_weights_only(weights)
counter[0] = 100
logs = vae.losses(ops.convert_to_tensor(data.train.take(np.arange(8))), training=True).logs
print(json.dumps({name: float(ops.convert_to_numpy(value)) for name, value in logs.items()}))
"""

BACKENDS = ("tensorflow", "jax", "torch")


def first_loss(backend, registry):
    environment = {**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(registry)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.strip().splitlines()[-1])


@pytest.mark.slow
def test_the_first_loss_is_the_same_on_every_installed_backend(registry):
    installed = [name for name in BACKENDS if importlib.util.find_spec(name)]
    if len(installed) < 2:
        pytest.skip("only one backend is installed here")
    path = registry(REGISTRY)
    reference = first_loss(installed[0], path)
    for backend in installed[1:]:
        other = first_loss(backend, path)
        assert other.keys() == reference.keys()
        for name, value in reference.items():
            assert other[name] == pytest.approx(value, rel=1e-4, abs=1e-4), f"{name} on {backend}"
