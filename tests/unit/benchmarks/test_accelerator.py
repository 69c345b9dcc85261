from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from math import prod
from pathlib import Path

import keras
import pytest

from tests.benchmarks.sides.networks import CONV, MLP
from tests.benchmarks.sides.operations import Product, Residual, products, training_operations
from tests.benchmarks.timing.peaks import peak_tflops
from tests.benchmarks.timing.worker import ROOT

SMALL = Residual(shape=(16, 16, 3), widths=(4, 8), depth=2, latent=5)


def test_the_products_of_the_conv_vae_are_those_of_its_shapes():
    found = {each.name: each.multiplications for each in products(CONV)}

    assert found == {
        "encoder_0": 14 * 14 * 9 * 1 * 32,
        "encoder_1": 7 * 7 * 9 * 32 * 64,
        "mean and log_var": 2 * 3136 * 16,
        "from_latent": 16 * 3136,
        "decoder_0": 7 * 7 * 16 * 64 * 64,
        "decoder_1": 14 * 14 * 16 * 64 * 32,
        "outputs": 28 * 28 * 9 * 32 * 1,
    }


def test_the_gradient_by_the_data_is_not_counted():
    assert training_operations([Product("a", 10, of_data=True), Product("b", 10)]) == 40 + 60


def test_dense_networks_are_refused():
    with pytest.raises(ValueError, match="mlp has no convolutions"):
        products(MLP)


def test_the_products_of_the_residual_vae_are_those_of_its_kernels():
    from tests.benchmarks.sides.accelerated import declared_residual
    from tests.benchmarks.sides.examples import as_data, examples
    from tests.benchmarks.sides.vaereg_engine import built

    vae = built(declared_residual(SMALL, 4, "float32"), as_data(examples(SMALL.shape, 4)))
    kernels: list[int] = []
    for part in (vae.encoder, vae.posterior, vae.decoder):
        for variable in part.trainable_variables:
            if len(variable.shape) in (2, 4) and variable.path.endswith("kernel"):
                kernels.append(prod(variable.shape))

    found = products(SMALL)
    positions = [64, 64, 64, 16, 16, 16, 1, 1, 16, 16, 16, 64, 64, 64, 256]
    weights = [p.multiplications / n for p, n in zip(found, positions, strict=True)]
    # A doubling has 3x3 weights and computes with 4x4.
    ups = [index for index, p in enumerate(found) if p.name in ("decoder_0", "decoder_1")]
    for index in ups:
        weights[index] *= 9 / 16
    assert sum(weights) == sum(kernels)


@pytest.mark.skipif(keras.backend.backend() != "torch", reason="PyTorch counts operations")
def test_pytorch_counts_as_many_operations():
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    from tests.benchmarks.sides.torch_loop import Vae

    with FlopCounterMode(display=False) as counter:
        Vae(CONV)(torch.rand(2, 1, 28, 28))[0].backward()

    assert counter.get_total_flops() == 2 * training_operations(products(CONV))


@pytest.mark.parametrize(
    ("device", "precision", "due"),
    [
        ("GPU NVIDIA H100 80GB HBM3", "mixed_bfloat16", 989.4),
        ("GPU NVIDIA H100 PCIe", "float32", 378.0),
        ("GPU NVIDIA L4", "mixed_bfloat16", 121.0),
        ("GPU NVIDIA L40S", "mixed_bfloat16", None),
        ("CPU (2 cores)", "float32", None),
    ],
)
def test_a_peak_is_known_by_the_name_of_the_device(device: str, precision: str, due: float | None):
    assert peak_tflops(device, precision) == due


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_accelerator_runs_on_whatever_there_is(tmp_path: Path, backend: str):
    needed = ("jax", "optax") if backend == "jax" else ("torch",)
    if any(find_spec(name) is None for name in needed):
        pytest.skip(f"not installed: one of {', '.join(needed)}")
    file = tmp_path / "figures.json"
    command = [sys.executable, "-m", "tests.benchmarks", "accelerator", "--small", "--profile"]
    command += ["--backend", backend, "--peak-tflops", "1", "--json", str(file)]

    done = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(file.read_text(encoding="utf-8"))["figures"]
    cases = {(each["network"], each["precision"]) for each in found}
    assert len(cases) == len(found) == 4
    for each in found:
        assert each["device"] in done.stdout
        assert each["of_peak"]["vaereg"] > 0.0
        assert sum(each["profile"].values()) > 0.0
        assert len(each["sides"]) > 1 or each["network"] == "resnet"
