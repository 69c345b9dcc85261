from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from tests.benchmarks.sides.examples import as_floats, examples
from tests.benchmarks.sides.networks import NETWORKS, Network, count, first_weights
from tests.benchmarks.sides.vaereg_engine import Engine, declared

BACKEND = keras.backend.backend()


@pytest.fixture(params=sorted(NETWORKS))
def network(request: pytest.FixtureRequest) -> Network:
    return NETWORKS[request.param]


@pytest.fixture
def started(network: Network) -> Network:
    """First weights whose log-variance says something, too."""
    weights = first_weights(network)
    weights["log_var_kernel"][:] = 0.1 * weights["mean_kernel"]
    return weights


@pytest.fixture
def engine(network: Network, started: Any) -> Engine:
    values = examples(network.shape, 2 * network.batch_size)
    return Engine(declared(network), values, started)


def by_hand(network: Network, first: Any, x: np.ndarray, z: np.ndarray) -> tuple[Any, Any]:
    """The mean of the posterior and the logits, as the backend's loop computes them."""
    if BACKEND == "tensorflow":
        from tests.benchmarks.sides import tensorflow_loop as loop

        return loop.encode(first, network, x)[0], loop.decode(first, network, z)
    if BACKEND == "jax":
        pytest.importorskip("optax")
        from tests.benchmarks.sides import jax_loop

        logits = jax_loop.decode(first, network, z, jax_loop.own_doubling)
        return jax_loop.encode(first, network, x)[0], logits
    import torch

    from tests.benchmarks.sides import torch_loop

    vae = torch_loop.Vae(network)
    torch_loop.load(vae.encoder, vae.decoder, network, first)
    with torch.no_grad():
        mean, _ = vae.encoder(torch_loop.tensor(x * np.float32(255)))
        logits = vae.decoder(torch.from_numpy(z)).numpy()
    return mean, logits.transpose(0, 2, 3, 1) if logits.ndim == 4 else logits


def test_the_loop_by_hand_computes_what_vaereg_does(network: Network, started: Any, engine: Engine):
    x = as_floats(examples(network.shape, 4))
    z = np.random.default_rng(0).normal(size=(4, network.latent)).astype("float32")
    mean, logits = by_hand(network, started, x, z)
    latent = engine.vae.posterior(engine.vae.encoder(x))

    due = keras.ops.convert_to_numpy(engine.vae.decoder(z))
    assert np.asarray(logits) == pytest.approx(due, abs=1e-4)
    if not (BACKEND == "torch" and network.convolutional):  # which pads on the other side
        due = keras.ops.convert_to_numpy(latent.mode)
        assert np.asarray(mean) == pytest.approx(due, abs=1e-4)


def test_the_model_has_the_weights_of_the_network(network: Network, engine: Engine):
    assert engine.weights == count(first_weights(network))


def test_weights_of_another_network_are_refused(network: Network, started: Any):
    started["mean_kernel"] = started["mean_kernel"][:-1]
    values = examples(network.shape, 2 * network.batch_size)

    with pytest.raises(ValueError, match="vaereg's network has"):
        Engine(declared(network), values, started)
