"""Weights that are measured from gradients: balanced and adaptive terms, any number of each."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

import vaereg
from tests.helpers.tiny_vae import Critic, TinyPosterior, constant, data, tiny_vae
from vaereg.declaration.declaration import Adaptive, Balance, NamedChoice
from vaereg.errors import DeclarationError
from vaereg.model.term_weights.balancer import DECAY

BATCH = 16


def sgd(rate):
    return {"optimizer": NamedChoice(use="sgd", params={"learning_rate": rate})}


class Point(TinyPosterior):
    """A posterior without noise, so that outputs can be computed from x alone."""

    def call(self, features, samples=1, seed=None, training=False):
        mean = self.mean(features)
        return vaereg.Latent(mean, mean, None, None)


class Reconstruction:
    samples = 1
    importance = False

    def __call__(self, bound):
        return {"reconstruction": -ops.mean(bound.log_likelihood, axis=0)}


def bright(step):
    """Ends near 1; its gradient at the outputs is 6 (o - 1)."""
    return 3.0 * ops.sum((step.reconstruction - 1.0) ** 2, axis=-1)


def flat(step):
    """A small one: its gradient is 1e-3 (o - 0.5)."""
    return 0.5e-3 * ops.sum((step.reconstruction - 0.5) ** 2, axis=-1)


def of_latent(step):
    return ops.sum(step.latent.z**2, axis=-1)


def balanced(rate=1e-9, **shares):
    terms = {"bright": bright, "flat": flat}
    return tiny_vae(
        objective=Reconstruction(),
        parts={"posterior": Point()},
        regularizers={k: (terms[k], {"weight": Balance(share=s)}) for k, s in shares.items()},
        **sgd(rate),
    )


def norms_of(vae, x):
    """The norms of the three gradients at the outputs, of means over the batch, by hand."""
    outputs = vae.reconstruct(x)
    gradients = (outputs - x, 6.0 * (outputs - 1.0), 1e-3 * (outputs - 0.5))
    return np.array([np.linalg.norm(each / len(x)) for each in gradients])


def test_each_term_gets_its_share_of_the_gradient_at_the_outputs():
    vae = balanced(bright=0.3, flat=2.0)
    x = data(BATCH)

    for _ in range(5):
        logs = vae.train_on_batch(x, return_dict=True)

    fixed, of_bright, of_flat = norms_of(vae, x)
    assert logs["bright_weight"] * of_bright == pytest.approx(0.3 * fixed, rel=1e-4)
    assert logs["flat_weight"] * of_flat == pytest.approx(2.0 * fixed, rel=1e-4)
    assert np.isclose(logs["loss"], logs["reconstruction"])  # comparable between epochs


def test_the_weights_follow_the_moving_averages_of_all_batches():
    vae = balanced(bright=0.3, flat=2.0)
    seen = []
    for number in range(6):
        x = data(BATCH, seed=number) * (number + 1)
        seen.append(norms_of(vae, x))
        vae.reset_metrics()
        logs = vae.train_on_batch(x, return_dict=True)
        kept = DECAY ** np.arange(len(seen))[::-1]
        fixed, of_bright, of_flat = kept @ np.array(seen) / kept.sum()
        assert logs["bright_weight"] == pytest.approx(0.3 * fixed / of_bright, rel=1e-4)
        assert logs["flat_weight"] == pytest.approx(2.0 * fixed / of_flat, rel=1e-4)


@pytest.mark.slow
def test_the_shares_hold_while_the_model_learns():
    vae = balanced(rate=1e-2, bright=0.5, flat=1.0)
    x = data(BATCH)
    for _ in range(300):
        vae.reset_metrics()
        logs = vae.train_on_batch(x, return_dict=True)
    fixed, of_bright, of_flat = norms_of(vae, x)

    paid = np.array([fixed, logs["bright_weight"] * of_bright, logs["flat_weight"] * of_flat])
    assert paid / paid.sum() == pytest.approx([0.4, 0.2, 0.4], abs=0.1)


def updated(vae, x):
    before = vae.state()
    logs = vae.train_on_batch(x, return_dict=True)
    after = vae.state()
    parts = ("encoder", "posterior", "decoder")
    return logs, {
        path: after[path] - before[path] for path in before if path.split("/")[0] in parts
    }


@pytest.mark.parametrize("measured", [Balance(share=0.3), Adaptive(scale=0.5)], ids=type)
def test_measured_weights_of_several_terms_act_like_equal_fixed_ones(measured):
    def made(**weights):
        return tiny_vae(
            regularizers={
                "bright": (bright, {"weight": weights["bright"]}),
                "flat": (flat, {"weight": weights["flat"]}),
                "calm": (of_latent, constant(0.1)),
            },
            discriminators={"critic": (Critic(), {"weight": weights["critic"]})},
            **sgd(0.1),
        )

    logs, moved = updated(made(bright=measured, flat=measured, critic=measured), data(BATCH))
    names = ("bright", "flat", "critic")
    fixed = {name: constant(float(logs[f"{name}_weight"])) for name in names}
    _, due = updated(made(**fixed), data(BATCH))

    assert all(logs[f"{name}_weight"] > 0 for name in names)
    assert moved.keys() == due.keys()
    for path, change in due.items():
        np.testing.assert_allclose(moved[path], change, rtol=2e-4, atol=1e-7, err_msg=path)


@pytest.mark.slow
def test_half_precision_does_not_change_the_weights_much():
    logs = {
        precision: updated(balanced_in(precision), data(BATCH))[0]["bright_weight"]
        for precision in ("float32", "mixed_float16")
    }

    assert logs["mixed_float16"] == pytest.approx(logs["float32"], rel=0.02)


def balanced_in(precision):
    import keras

    previous = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        term = {"bright": (bright, {"weight": Balance(share=0.3)})}
        return tiny_vae(regularizers=term, precision=precision, **sgd(1e-3))
    finally:
        keras.config.set_dtype_policy(previous)


def test_a_term_of_generated_examples_reaches_the_outputs_too():
    def dark(step):
        return ops.sum(step.generated**2, axis=-1)

    vae = tiny_vae(regularizers={"dark": (dark, {"weight": Balance(share=0.3)})}, **sgd(1e-3))

    assert vae.train_on_batch(data(BATCH), return_dict=True)["dark_weight"] > 0


@pytest.mark.parametrize("weight", [Balance(share=0.3), Adaptive()], ids=type)
def test_a_term_that_does_not_reach_the_outputs_is_refused(weight):
    with pytest.raises(DeclarationError, match="does not depend on that output"):
        tiny_vae(regularizers={"t": (of_latent, {"weight": weight})}, **sgd(1e-3))


def test_a_loss_of_the_encoder_alone_is_refused():
    class OfEncoder(Critic):
        def losses(self, step):
            return {"self": self.critic_loss(step), "encoder": self.generator_loss(step)}

    with pytest.raises(DeclarationError, match="discriminator 'critic'"):
        tiny_vae(discriminators={"critic": (OfEncoder(), {"weight": Balance(share=1.0)})})


def test_a_critic_whose_last_weights_are_zero_at_first_is_not_refused():
    class Flat(Critic):
        def __init__(self):
            super().__init__()
            self.logit.kernel_initializer = "zeros"

    vae = tiny_vae(discriminators={"critic": (Flat(), {"weight": Balance(share=1.0)})}, **sgd(1e-3))

    logs = vae.train_on_batch(data(BATCH), return_dict=True)
    assert logs["critic_weight"] == 0.0


def test_the_logged_loss_counts_what_a_measured_term_replaces():
    fields = {"weight": Balance(share=1.0), "replaces": {"reconstruction"}}
    vae = tiny_vae(regularizers={"flat": (flat, fields)}, **sgd(1e-3))

    logs = vae.test_on_batch(data(BATCH), return_dict=True)

    assert logs["loss"] == pytest.approx(logs["reconstruction"] + logs["kl"], rel=1e-5)
    assert "flat_weight" not in logs or logs["flat_weight"] == 0.0


def test_the_averages_are_no_weights_of_the_model_but_of_its_state():
    vae = balanced(bright=0.3)
    vae.train_on_batch(data(BATCH))

    assert any(path.startswith("balancer/") for path in vae.state())
    assert not any(path.startswith("balancer/") for path in vae.weights_only())


def test_the_averages_are_restored_to_the_bit():
    first, second = balanced(bright=0.3), balanced(bright=0.3)
    batches = [data(BATCH, seed=number) * (number + 1) for number in range(3)]
    for x in batches[:2]:
        first.train_on_batch(x)
    second.restore(first.state())

    logs = [vae.train_on_batch(batches[2], return_dict=True) for vae in (first, second)]

    assert logs[0]["bright_weight"] == logs[1]["bright_weight"]
    for path, value in first.state().items():
        np.testing.assert_array_equal(second.state()[path], value, err_msg=path)
