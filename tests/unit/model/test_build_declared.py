"""A declared model is built from its seed, with the declared precision."""

from __future__ import annotations

from pathlib import Path

import attrs
import keras
import numpy as np
import pytest

from tests.helpers.tiny_run import write_project
from vaereg.assembly.load_data import load_data
from vaereg.discovery.declare import declare
from vaereg.model.build_declared import build_declared


def weights_with_seed(declaration, data, seed):
    train = attrs.evolve(declaration.train, seed=seed)
    vae = build_declared(attrs.evolve(declaration, train=train), data)
    return [np.asarray(each) for each in vae.get_weights()]


def test_the_seed_determines_the_weights(tmp_path: Path) -> None:
    declaration = declare(write_project(tmp_path))
    data = load_data(declaration)
    one, again, other = (weights_with_seed(declaration, data, seed) for seed in (1, 1, 2))

    assert all(np.array_equal(a, b) for a, b in zip(one, again, strict=True))
    assert any(not np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_the_declared_precision_holds_for_the_model_alone(tmp_path: Path, precision: str) -> None:
    declaration = declare(write_project(tmp_path), None, [f"train.precision={precision}"])
    keras.config.set_dtype_policy("mixed_float16")

    vae = build_declared(declaration, load_data(declaration))

    assert vae.dtype_policy.name == precision
    assert keras.config.dtype_policy().name == "mixed_float16"
