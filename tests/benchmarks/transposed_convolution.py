"""Times the transposed convolution against keras.layers.Conv2DTranspose, forward and backward.

    KERAS_BACKEND=jax OMP_NUM_THREADS=1 taskset -c 0 \\
        python -m tests.benchmarks transposed_convolution

The end of a small image decoder: (128, 7, 7, 64) -> 14x14x32 -> 28x28, the loss and its gradients
by the input and both kernels, compiled (PyTorch runs eagerly). Rounds of both formulations
alternate in one process; what is compared is processor time, which waiting does not change. One
thread keeps the sum over threads from counting those that spin while they wait.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from keras import ops

from tests.benchmarks.timing.results import add_json, report, surroundings
from vaereg.basics.kernels.transposed_convolution import transposed_convolution

CASES = ((4, (64, 32, 32)), (3, (64, 32, 32)), (4, (64, 32, 1)))
"""Kernel size, and channels at 7x7, 14x14 and 28x28."""


def of_keras(x: Any, kernel: Any) -> Any:
    """What keras.layers.Conv2DTranspose(strides=2, padding="same") calls."""
    return ops.conv_transpose(x, kernel, strides=2, padding="same", data_format="channels_last")


def gradient_step(convolve: Callable[[Any, Any], Any], operands: list[Any]) -> Callable[[], Any]:
    """A function that computes the loss and all gradients once and waits for them."""

    def loss(x: Any, first: Any, second: Any) -> Any:
        return ops.sum(ops.square(convolve(ops.relu(convolve(x, first)), second)))

    backend = keras.backend.backend()
    if backend == "jax":
        import jax

        step = jax.jit(jax.value_and_grad(loss, argnums=(0, 1, 2)))
        return lambda: jax.block_until_ready(step(*operands))
    if backend == "tensorflow":
        import tensorflow as tf

        @tf.function
        def step() -> Any:
            with tf.GradientTape() as tape:
                tape.watch(operands)
                value = loss(*operands)
            return tape.gradient(value, operands)

        return lambda: [gradient.numpy() for gradient in step()]
    import torch

    leaves = [operand.detach().clone().requires_grad_() for operand in operands]
    return lambda: torch.autograd.grad(loss(*leaves), leaves)


def measure(
    size: int, channels: tuple[int, int, int], batch: int, rounds: int
) -> dict[str, list[float]]:
    """Seconds of a step in each round, of both."""
    rng = np.random.default_rng(0)
    shapes = [(batch, 7, 7, channels[0])]
    shapes += [(size, size, o, i) for i, o in pairwise(channels)]
    operands = [
        ops.convert_to_tensor(0.05 * rng.normal(size=shape).astype("float32")) for shape in shapes
    ]
    named = {"keras": of_keras, "ours": transposed_convolution}
    steps = {name: gradient_step(f, operands) for name, f in named.items()}
    spent: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(2):  # compiles, and fills the caches
        for step in steps.values():
            step()
    for _ in range(rounds):
        for name, step in steps.items():
            start = time.process_time()
            for _ in range(3):
                step()
            spent[name].append((time.process_time() - start) / 3)
    return spent


def row(size: int, channels: tuple[int, int, int], spent: dict[str, list[float]]) -> str:
    """One line of the table: milliseconds of both, and the median of the ratios of the rounds."""
    keras_ms, ours_ms = (1000 * statistics.median(spent[name]) for name in ("keras", "ours"))
    ratios = [k / o for k, o in zip(spent["keras"], spent["ours"], strict=True)]
    return (
        f"{keras.backend.backend():<11} {size}x{size}  {'-'.join(map(str, channels)):<9}"
        f"{keras_ms:10.1f}{ours_ms:10.1f}{statistics.median(ratios):10.2f}"
        f"   [{min(ratios):.2f}, {max(ratios):.2f}]"
    )


def main(argv: Sequence[str]) -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=15)
    add_json(parser)
    options = parser.parse_args(argv)
    found = surroundings()
    rows = ["backend     size channels    keras ms   ours ms    k / o    [least, most]"]
    figures = []
    for size, channels in CASES:
        spent = measure(size, channels, options.batch, options.rounds)
        rows.append(row(size, channels, spent))
        figures.append({"kernel": size, "channels": channels, "seconds": spent})
    report("transposed_convolution", argv, "\n".join(rows), figures, found)


if __name__ == "__main__":
    main(sys.argv[1:])
