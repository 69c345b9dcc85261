"""What the benchmark `accelerator` trains, and the sides that its processes hold."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import attrs

from tests.benchmarks.sides.made import OURS
from tests.benchmarks.sides.networks import CONV, LEARNING_RATE, Network, first_weights
from tests.benchmarks.sides.operations import Residual

PRECISIONS = ("float32", "mixed_bfloat16")

RESNET = Residual(shape=(64, 64, 3), widths=(64, 128, 256), depth=2, latent=64)
TINY_RESNET = Residual(shape=(64, 64, 3), widths=(8, 16), depth=1, latent=8)

CHANNELS_LAST = "torch eager, fused Adam, channels last"
PROFILED = "profiled"


def network_of(name: str, batch: int, tiny: bool) -> Network | Residual:
    """The network "conv" or "resnet"; the second smaller where a processor computes it."""
    if name == "conv":
        return attrs.evolve(CONV, batch_size=batch)
    return TINY_RESNET if tiny else RESNET


def declared_residual(network: Residual, batch: int, precision: str) -> str:
    """A registry that declares it as the model `measured`."""
    mirrored = list(reversed(network.widths))
    return f"""
default = "measured"

[data.here]
use = "fashion_mnist"
source = "bundled"

[models.measured]
data = "here"
latent = {network.latent}
encoder = {{ use = "resnet", widths = {list(network.widths)}, depth = {network.depth} }}
decoder = {{ use = "resnet", widths = {mirrored}, depth = {network.depth} }}
likelihood = "bernoulli"

[train]
epochs = 1
batch_size = {batch}
precision = "{precision}"
optimizer = {{ use = "adam", learning_rate = {LEARNING_RATE} }}
"""


class Probe:
    """No side: its process is asked for its device alone."""

    weights = steps = batch_size = 0

    def __init__(self) -> None:
        from vaereg.host.devices import devices

        self.device = ", ".join(devices())


def device() -> dict[str, Any]:
    """A "side" for each device that the backend computes on, with its name."""
    return {Probe().device: Probe}


def accelerated_sides(
    network: str, batch: int, steps: int, precision: str, tiny: bool, profile: bool
) -> dict[str, Any]:
    """vaereg and, for `conv`, loops by hand, on what device the backend has.

    Args:
        network: "conv" or "resnet".
        batch, steps: of an epoch.
        precision: of PRECISIONS.
        tiny: see `network_of`.
        profile: adds vaereg once more, which tells its operations.
    """
    from tests.benchmarks.sides.examples import examples
    from tests.benchmarks.sides.vaereg_engine import Engine, declared

    chosen = network_of(network, batch, tiny)
    values = examples(chosen.shape, batch * steps)
    sides: dict[str, Any] = {}
    if isinstance(chosen, Residual):
        sides[OURS] = Engine(declared_residual(chosen, batch, precision), values)
    else:
        first = first_weights(chosen)
        text = declared(chosen, f'precision = "{precision}"')
        sides[OURS] = Engine(text, values, first)
        sides.update(_native(chosen, values, first, precision != "float32"))
    if profile:
        sides[PROFILED] = Profiled(sides[OURS])
    return sides


def _native(network: Network, values: Any, first: Any, bfloat16: bool) -> dict[str, Any]:
    given = (network, values, first)
    if os.environ["KERAS_BACKEND"] == "jax":
        from tests.benchmarks.sides.jax_loop import JaxLoop, fast_doubling, own_doubling
        from tests.benchmarks.sides.jax_scan_loop import JaxScanLoop

        return {
            f"{name}{ours}": loop(*given, doubling=doubling, bfloat16=bfloat16)
            for name, loop in (("jax.jit + optax", JaxLoop), ("lax.scan + optax", JaxScanLoop))
            for ours, doubling in (("", own_doubling), (", our conv_transpose", fast_doubling))
        }
    import torch

    from tests.benchmarks.sides.torch_loop import TorchLoop

    where = "cuda" if torch.cuda.is_available() else "cpu"

    def loop(**options: bool) -> TorchLoop:
        return TorchLoop(*given, device=where, bfloat16=bfloat16, **options)

    return {
        "torch eager": loop(),
        "torch eager, fused Adam": loop(fused=True),
        CHANNELS_LAST: loop(fused=True, channels_last=True),
    }


class Profiled:
    """A side whose epochs are profiled; it tells the operations that took the most time.

    Args:
        side: what is trained, on from where it is.
    """

    def __init__(self, side: Any) -> None:
        self._side = side
        self.weights, self.steps, self.batch_size = side.weights, side.steps, side.batch_size
        self.also: dict[str, float] = {}

    def train(self, epochs: int) -> list[float]:
        """As the side does; `also` then holds milliseconds by the operation's name."""
        from tests.benchmarks.sides.profiles import jax_operations, torch_operations

        of_jax = os.environ["KERAS_BACKEND"] == "jax"
        profiler: Callable[..., Any] = jax_operations if of_jax else torch_operations
        losses: list[float] = []
        self.also = profiler(lambda: losses.extend(self._side.train(epochs)))
        return losses
