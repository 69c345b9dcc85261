"""The sides that a process holds, by the backend it runs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from tests.benchmarks.sides.examples import examples
from tests.benchmarks.sides.networks import NETWORKS, first_weights

OURS = "vaereg"
PYTHAE = "Pythae 0.1.2"


def training_sides(
    network: str, steps: int, only: Sequence[str] = (), pythae: bool = False
) -> dict[str, Any]:
    """vaereg and what it is compared with.

    Args:
        network: by name.
        steps: of an epoch.
        only: the sides that are wanted, by name; all if none.
        pythae: Pythae alone, which has a process of its own.
    """
    chosen = NETWORKS[network]
    given = (chosen, examples(chosen.shape, steps * chosen.batch_size), first_weights(chosen))
    if pythae:
        from tests.benchmarks.sides.pythae_trainer import PythaeTrainer

        return {PYTHAE: PythaeTrainer(*given)}
    from tests.benchmarks.sides.keras_fit import KerasFit
    from tests.benchmarks.sides.vaereg_engine import Engine, StepByStep, declared

    makers = {OURS: lambda: Engine(declared(chosen), given[1], given[2])}
    makers["vaereg, a step a call"] = lambda: StepByStep(declared(chosen), given[1], given[2])
    makers.update(_native(os.environ["KERAS_BACKEND"], *given))
    makers["plain Keras fit"] = lambda: KerasFit(*given)
    return {name: make() for name, make in makers.items() if not only or name in only}


def _native(backend: str, network: Any, values: Any, first: Any) -> dict[str, Any]:
    given = (network, values, first)
    if backend == "tensorflow":
        from tests.benchmarks.sides.tensorflow_loop import TensorFlowLoop

        return {
            "tf.function": lambda: TensorFlowLoop(*given),
            "tf.function, tf.data": lambda: TensorFlowLoop(*given, pipeline=True),
            "tf.function, one-kernel Adam": lambda: TensorFlowLoop(*given, one_kernel=True),
        }
    if backend == "torch":
        from tests.benchmarks.sides.torch_loop import TorchLoop

        return {
            "torch eager": lambda: TorchLoop(*given),
            "torch eager, fused Adam": lambda: TorchLoop(*given, fused=True),
        }
    from tests.benchmarks.sides.jax_loop import JaxLoop, fast_doubling

    found = {"jax.jit + optax": lambda: JaxLoop(*given)}
    if network.convolutional:
        found["jax.jit + optax, our conv_transpose"] = lambda: JaxLoop(
            *given, doubling=fast_doubling
        )
    return found


def adversarial_sides(steps: int) -> dict[str, Any]:
    """vaereg's VAE-GAN and the loops of two optimizers that are written by hand.

    Args:
        steps: of an epoch.
    """
    from tests.benchmarks.sides.adversarial import DECLARED, NETWORK, both_weights
    from tests.benchmarks.sides.vaereg_engine import Engine, declared

    values = examples(NETWORK.shape, steps * NETWORK.batch_size)
    vae, critic = both_weights()
    sides: dict[str, Any] = {OURS: Engine(declared(NETWORK, DECLARED), values, {**vae, **critic})}
    backend = os.environ["KERAS_BACKEND"]
    if backend == "tensorflow":
        from tests.benchmarks.sides.tensorflow_adversarial import TensorFlowAdversarialLoop

        sides["tf.function"] = TensorFlowAdversarialLoop(values)
        sides["tf.function, one-kernel Adam"] = TensorFlowAdversarialLoop(values, one_kernel=True)
    elif backend == "torch":
        from tests.benchmarks.sides.torch_adversarial import TorchAdversarialLoop

        sides["torch eager"] = TorchAdversarialLoop(values)
        sides["torch eager, fused Adam"] = TorchAdversarialLoop(values, fused=True)
    else:
        from tests.benchmarks.sides.jax_adversarial import JaxAdversarialLoop
        from tests.benchmarks.sides.jax_loop import fast_doubling

        sides["jax.jit + optax"] = JaxAdversarialLoop(values)
        sides["jax.jit + optax, our conv_transpose"] = JaxAdversarialLoop(
            values, doubling=fast_doubling
        )
    return sides
