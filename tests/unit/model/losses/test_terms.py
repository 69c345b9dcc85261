"""How terms become losses."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

import vaereg
from tests.helpers.tiny_vae import (
    Critic,
    Elbo,
    Iwae,
    TinyPosterior,
    constant,
    data,
    tiny_vae,
)
from vaereg.contracts.schedule import Schedule
from vaereg.declaration.declaration import KLControl


def value(tensor):
    return float(ops.convert_to_numpy(tensor))


def losses(vae, x, training=False):
    vae.reset_evaluation_noise()
    return {k: value(v) for k, v in vae.losses(ops.convert_to_tensor(x), training).logs.items()}


def test_the_loss_does_not_scale_with_the_batch():
    vae = tiny_vae(objective=Elbo())
    x = data(8)
    twice = np.concatenate([x, x])
    mean = vae.reconstruct(x)

    assert losses(vae, x)["kl"] == pytest.approx(losses(vae, twice)["kl"], rel=1e-5)
    assert mean.shape == x.shape


def test_the_loss_is_the_weighted_sum_of_the_logged_terms():
    regularizers = {"size": (lambda step: ops.sum(step.latent.z**2, axis=-1), constant(0.25))}
    vae = tiny_vae(regularizers=regularizers, kl=KLControl(weight=constant(2.0)))
    logs = losses(vae, data(8))

    expected = logs["reconstruction"] + 2.0 * logs["kl"] + 0.25 * logs["size"]
    assert logs["loss"] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("objective", [Elbo(), Iwae(2)], ids=["elbo", "iwae"])
def test_the_loss_at_final_weights_is_the_loss_once_the_weights_are_final(objective):
    rise = Schedule(form="ramp", values=(0.0, 3.0), unit="steps", lengths=(10.0,))
    cycle = Schedule(form="cyclical", values=(0.0, 2.0), unit="steps", lengths=(8.0,))
    size = {"size": (lambda step: ops.sum(step.latent.z**2, axis=-1), cycle)}
    vae = tiny_vae(objective=objective, regularizers=size, kl=KLControl(weight=rise))
    then = tiny_vae(
        objective=objective,
        regularizers={"size": (size["size"][0], constant(2.0))},
        kl=KLControl(weight=constant(3.0)),
    )
    then.load_weights_only(vae.weights_only())
    now, expected = losses(vae, data(8)), losses(then, data(8))

    assert now["loss_at_final_weights"] == pytest.approx(expected["loss"], rel=1e-5)
    assert now["loss"] != pytest.approx(expected["loss"], rel=1e-2)
    assert "loss_at_final_weights" not in expected


def test_free_bits_and_capacity_count_in_the_loss_at_final_weights():
    rise = Schedule(form="ramp", values=(0.0, 5.0), unit="steps", lengths=(10.0,))
    vae = tiny_vae(objective=Elbo(), kl=KLControl(weight=constant(2.0), capacity=rise))
    then = tiny_vae(objective=Elbo(), kl=KLControl(weight=constant(2.0), capacity=constant(5.0)))
    then.load_weights_only(vae.weights_only())
    expected = losses(then, data(8))["loss"]

    assert losses(vae, data(8))["loss_at_final_weights"] == pytest.approx(expected, rel=1e-5)


def test_a_term_that_is_not_one_value_per_example_breaks_its_law():
    regularizers = {"flat": (lambda step: ops.mean(step.x), constant(1.0))}
    with pytest.raises(vaereg.ContractError, match=r"'flat' \(tests 0\) returned shape \(\)"):
        tiny_vae(regularizers=regularizers)


def test_a_term_that_returns_nothing_breaks_its_law():
    regularizers = {"silent": (lambda step: None, constant(1.0))}
    with pytest.raises(vaereg.ContractError, match=r"'silent' \(tests 0\) returned None; the law"):
        tiny_vae(regularizers=regularizers)


class CrashingObjective(Elbo):
    def __call__(self, bound):
        return {"reconstruction": bound.log_likelyhood}


class CrashingCritic(Critic):
    def critic_loss(self, step):
        return step.recon


@pytest.mark.parametrize(
    ("options", "kind", "said"),
    [
        (
            {"regularizers": {"a": (lambda step: step.latent.foo, constant(1.0))}},
            "regularizer",
            "no attribute 'foo'",
        ),
        (
            {"discriminators": {"a": (CrashingCritic(), {"weight": constant(1.0)})}},
            "discriminator",
            "no attribute 'recon'",
        ),
        ({"objective": CrashingObjective()}, "objective", "no attribute 'log_likelyhood'"),
    ],
)
def test_a_term_that_crashes_is_a_fault_of_its_distribution(options, kind, said):
    with pytest.raises(vaereg.PluginError, match=said) as caught:
        tiny_vae(**options)

    assert str(caught.value).startswith(f'{kind} "tiny" (tests 0) cannot be used: AttributeError')
    assert "bug in tests" in str(caught.value)


@pytest.mark.parametrize("samples", [1, 3])
def test_more_samples_keep_every_term_per_example(samples):
    seen = {}

    def watch(step):
        seen["shapes"] = (step.latent.z.shape[0], step.outputs.shape[0], step.x.shape[0])
        return step.latent.z[:, 0] ** 2

    vae = tiny_vae(objective=Elbo(samples), regularizers={"watch": (watch, constant(1.0))})
    losses(vae, data(8))

    assert seen["shapes"] == (8, 8, 8)


def test_the_importance_weighted_bound_tightens_with_more_samples():
    """log p(x) >= L_K+1 >= L_K (Burda et al. 2016, theorem 1), here on one untrained model."""
    x = data(64)
    bounds = []
    for samples in (1, 10, 200):
        vae = tiny_vae(objective=Iwae(samples), seed=1)
        vae.posterior.log_var.bias.assign(np.full(2, 1.5, "float32"))
        bounds.append(-np.mean([losses(vae, x)["iwae"] for _ in range(1)]))

    assert bounds[0] < bounds[1] < bounds[2]


def test_one_importance_sample_is_the_plain_bound():
    plain = tiny_vae(objective=Elbo(), seed=2)
    weighted = tiny_vae(objective=Iwae(1), seed=2)
    x = data(256, seed=5)
    # the same draws, but the closed form of the divergence against its one-sample estimate
    assert losses(weighted, x)["loss"] == pytest.approx(losses(plain, x)["loss"], rel=0.05)


def test_the_weight_of_the_kl_divergence_follows_its_schedule():
    ramp = Schedule(form="ramp", values=(0.0, 1.0), unit="steps", lengths=(4.0,))
    vae = tiny_vae(kl=KLControl(weight=ramp))
    x, shares = data(16), []
    for _ in range(6):
        logs = losses(vae, x)
        shares.append((logs["loss"] - logs["reconstruction"]) / logs["kl"])
        vae.train_on_batch(x)

    np.testing.assert_allclose(shares, [0, 0.25, 0.5, 0.75, 1, 1], atol=1e-3)


def test_values_that_no_term_uses_are_not_computed():
    class CountingPrior:
        calls = 0

    vae = tiny_vae()
    original = vae.prior.sample

    def counted(n, seed):
        CountingPrior.calls += 1
        return original(n, seed)

    vae.prior.sample = counted
    losses(vae, data(8))

    assert CountingPrior.calls == 0


def test_a_regularizer_may_use_generated_samples():
    shapes = []

    def watch(step):
        shapes.append(tuple(step.generated.shape))
        return step.generated[:, 0] ** 2

    vae = tiny_vae(regularizers={"watch": (watch, constant(1.0))})
    shapes.clear()
    losses(vae, data(8))

    assert shapes == [(8, 6)]


class TellsItsNoise(TinyPosterior):
    def call(self, features, samples=1, seed=None, training=False):
        latent = super().call(features, samples, seed, training)
        noise = (latent.z - latent.mode) * ops.exp(-0.5 * latent.log_var)
        return latent._replace(
            extras={
                "noise": noise,
                "tree": {"first": [noise[:, :1]], "log_q": latent.log_q},
                "book": ops.ones((5, 2)),
                "name": "gaussian",
                "terms": {"size": ops.mean(noise**2, axis=-1)},
            }
        )


@pytest.mark.parametrize("objective", [Elbo(), Iwae(3)], ids=["elbo", "iwae"])
def test_a_step_sees_what_the_posterior_tells_of_the_first_draw(objective):
    seen = {}

    def watch(step):
        latent, extras = step.latent, step.latent.extras
        seen["shapes"] = {name: getattr(each, "shape", each) for name, each in extras.items()}
        made = latent.mode + ops.exp(0.5 * latent.log_var) * extras["noise"]
        off = ops.abs(made - latent.z)[:, :1] + ops.abs(extras["tree"]["first"][0] * 0.0)
        return off[:, 0] + ops.abs(extras["tree"]["log_q"] - latent.log_q)

    vae = tiny_vae(
        objective=objective,
        parts={"posterior": TellsItsNoise()},
        regularizers={"watch": (watch, constant(1.0))},
    )
    logs = losses(vae, data(8))

    assert logs["watch"] == pytest.approx(0.0, abs=1e-5)
    assert tuple(seen["shapes"]["book"]) == (5, 2)
    assert seen["shapes"]["name"] == "gaussian"
    assert logs["size"] > 0
    assert np.isfinite(vae.fit(data(16), batch_size=8, verbose=0).history["loss"]).all()
