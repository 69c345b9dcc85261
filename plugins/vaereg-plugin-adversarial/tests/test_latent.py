"""The latent discriminator: draws of the prior against encoded data."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

import vaereg


def numbers(value):
    return np.asarray(ops.convert_to_numpy(value))


@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16", "mixed_float16"])
@pytest.mark.parametrize(
    "params", [{}, {"loss": "hinge", "r1": 1.0}, {"loss": "wasserstein"}, {"widths": ()}], ids=str
)
def test_both_losses_are_one_finite_value_per_example(
    latent, step, vaereg_precision, params, policy
):
    vaereg_precision(policy)
    critic, made = latent(**params), step()

    for value in (
        critic.generator_loss(made),
        critic.critic_loss(made),
        *critic.diagnostics(made).values(),
    ):
        assert value.shape == (4,)
        assert np.all(np.isfinite(numbers(value)))


def test_prior_draws_are_real_and_encoded_data_is_fake(latent, step):
    critic, made = latent(), step()

    loss = numbers(critic.critic_loss(made))

    real = numbers(critic(made.prior_latents).scores)[:, 0].astype("float64")
    fake = numbers(critic(made.latent.z).scores)[:, 0].astype("float64")
    expected = np.logaddexp(0, -real) + np.logaddexp(0, fake)
    np.testing.assert_allclose(loss, expected, rtol=1e-5)


def test_a_latent_that_follows_the_gradient_passes_for_the_prior_more(latent, step):
    critic, made = latent(), step()

    def generator(z):
        moved = step()
        moved.latent = vaereg.Latent(z=z, mode=z)
        return critic.generator_loss(moved)

    z = made.latent.z
    slope = numbers(vaereg.gradient(generator, z))
    moved = z - 0.01 * slope / np.abs(slope).max()

    assert np.all(numbers(critic(moved).scores) > numbers(critic(z).scores))


def test_spatial_latents_are_evaluated_as_a_whole(latent, step):
    critic = latent((2, 2, 3))
    rng = np.random.default_rng(0)
    z = rng.normal(size=(4, 2, 2, 3)).astype("float32")
    made = step(prior_latents=rng.normal(size=(4, 2, 2, 3)).astype("float32"))
    made.latent = vaereg.Latent(z=z, mode=z)

    assert critic.critic_loss(made).shape == (4,)


def test_the_compiled_losses_are_those_of_eager_calls(latent, step, compiled):
    critic = latent(r1=1.0, loss="wasserstein")

    def losses(z, prior_latents):
        inner = step(prior_latents=prior_latents, seed=None)
        inner.latent = vaereg.Latent(z=z, mode=z)
        inner.seed = 5  # a plain integer: the state of a generator would have to be tracked
        return ops.stack([critic.generator_loss(inner), critic.critic_loss(inner)], axis=1)

    arrays = [numbers(step().latent.z), numbers(step().prior_latents)]
    found = compiled(losses, critic, *arrays)

    np.testing.assert_allclose(found, numbers(losses(*arrays)), rtol=1e-4, atol=1e-5)


def test_every_weight_has_a_path_of_its_own_that_begins_with_the_layers_name(latent):
    paths = [variable.path for variable in latent().variables]

    assert len(set(paths)) == len(paths) == 6
    assert all(path.startswith("discriminator_latent/") for path in paths)
