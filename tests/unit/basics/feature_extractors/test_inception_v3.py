"""The extractor `inception_v3` is the network that torch-fidelity measures FID with."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
import pytest

import vaereg
from tests.helpers.toy_features import (
    array_data,
    extractor,
    image_spec,
    images,
    quiet,
)
from vaereg.basics.feature_extractors.networks.folded_convolutions import FoldedConvolutions
from vaereg.basics.feature_extractors.networks.inception_v3_network import block_a, block_c, block_e

SPEC = image_spec(24, 20, 3)
BLOCKS = {
    "A": lambda made, x: block_a(made, x, "at", 4),
    "C": lambda made, x: block_c(made, x, "at", 6),
    "E_1": lambda made, x: block_e(made, x, "at", pool="average"),
    "E_2": lambda made, x: block_e(made, x, "at", pool="max"),
}


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A folder with what an independent port of the original graph gives; see fid_oracle.py."""
    if not (find_spec("torch") and find_spec("torch_fidelity")):
        pytest.skip("torch-fidelity is not installed")
    folder = tmp_path_factory.mktemp("oracle")
    subprocess.run(
        [sys.executable, str(Path(__file__).with_name("fid_oracle.py")), str(folder)],
        check=True,
        env={**os.environ, "CUDA_VISIBLE_DEVICES": ""},
    )
    return folder


def fitted(path):
    found = extractor("inception_v3", SPEC, weights=str(path))
    found.fit(array_data(SPEC, images(2, *SPEC.shape)), 0, quiet)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_with_padded_pools_equals_torch_fidelity(saved, name):
    with np.load(saved / f"{name}.npz") as file:
        arrays = dict(file)
    x, due = arrays.pop("x"), arrays.pop("due")

    made = FoldedConvolutions()
    given = keras.Input((9, 9, 5))
    model = keras.Model(given, BLOCKS[name](made, given))
    made.take(arrays, beside=("none",), what="the block")

    found = keras.ops.convert_to_numpy(model.predict_on_batch(x))
    assert due.std() > 0.1
    np.testing.assert_allclose(found, due, rtol=1e-4, atol=1e-4)


@pytest.mark.slow
def test_the_whole_network_equals_torch_fidelity(saved):
    with np.load(saved / "whole.npz") as file:
        x, due = file["x"], file["due"]
    found = fitted(saved / "whole.pth")

    features = found(x)

    assert features.shape == (2, 2048)
    assert np.abs(due[0] - due[1]).max() > 0.01 * np.abs(due).max()
    np.testing.assert_allclose(features, due, atol=1e-4 * np.abs(due).max())
    assert found.facts["network"].startswith("Inception-v3 of the FID literature")
    assert len(found.identity) == 8


def test_the_weights_are_required_and_checked(tmp_path):
    with pytest.raises(TypeError, match="weights"):
        extractor("inception_v3", SPEC)
    with pytest.raises(vaereg.DataError, match=r"there is no file .*absent\.pth"):
        fitted(tmp_path / "absent.pth")
