"""VAE-GAN: its three losses against the formulas, its gate, and the sign of its gradients."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops
from vaereg_plugin_adversarial.plugin import VaeGanParams
from vaereg_plugin_adversarial.vaegan import VaeGan

import vaereg


def numbers(value):
    return np.asarray(ops.convert_to_numpy(value))


@pytest.fixture
def vaegan():
    """Makes a VAE-GAN for images of 8x8 pixels, with parameters by name."""

    def made(**params):
        params.setdefault("widths", (4, 8))
        data = vaereg.DataSpec(shape=(8, 8, 1), value_range=(0.0, 1.0))
        context = vaereg.BuildContext(name="discriminator_vaegan", data_spec=data)
        return VaeGan(VaeGanParams(**params), context)

    return made


def softplus(value):
    return np.logaddexp(0.0, value)


@pytest.mark.parametrize("balance", [0.0, 0.3, 1.0])
def test_the_losses_are_those_of_the_paper(vaegan, step, balance):
    made, critic = step(), vaegan(balance=balance, gated=False, layer=0)
    data, rebuilt, drawn = critic.evaluated(made)
    real, first, second = (numbers(each.scores) for each in (data, rebuilt, drawn))
    gap = numbers(data.features[0]) - numbers(rebuilt.features[0])
    similarity = 0.5 * np.sum(gap**2, axis=(1, 2, 3))
    fooled = softplus(-first).mean(axis=1) + softplus(-second).mean(axis=1)
    cost = (softplus(-real) + softplus(first) + softplus(second)).mean(axis=1)

    losses = critic.losses(made)

    assert set(losses) == {"inference", "decoder", "self"}
    np.testing.assert_allclose(numbers(losses["inference"]), similarity, rtol=1e-5)
    due = (1 - balance) * similarity + balance * fooled
    np.testing.assert_allclose(numbers(losses["decoder"].value), due, rtol=1e-5)
    np.testing.assert_allclose(numbers(losses["self"].value), cost, rtol=1e-5)


@pytest.mark.parametrize(
    ("real", "fake", "critic", "decoder"),
    [
        (0.7, 0.7, True, True),
        (0.1, 0.7, False, True),  # the critic knows the data
        (0.7, 0.1, False, True),  # or the fakes
        (1.2, 0.7, True, False),  # the decoder fools it
        (0.7, 1.2, True, False),
        (0.1, 1.2, True, True),  # both are too far ahead: neither sits out
    ],
)
def test_who_is_too_far_ahead_sits_out(vaegan, step, monkeypatch, real, fake, critic, decoder):
    made = vaegan()
    costs = (ops.full((4,), real), ops.full((4,), fake))
    monkeypatch.setattr(made, "costs", lambda step: costs)

    found = [bool(numbers(each)) for each in made.who_learns(step())]

    assert found == [critic, decoder]


def test_the_gate_is_logged(vaegan, step):
    made = vaegan(equilibrium=0.0, margin=10.0)
    found = made.diagnostics(step())

    np.testing.assert_array_equal(numbers(found["critic_learns"]), np.ones(4))
    np.testing.assert_array_equal(numbers(found["decoder_learns"]), np.ones(4))
    assert "critic_learns" not in vaegan(gated=False).diagnostics(step())


def test_a_layer_that_the_critic_lacks_is_refused(vaegan):
    with pytest.raises(ValueError, match="the critic has 2 convolutions, -2 to 1"):
        vaegan(layer=2)


@pytest.fixture
def model(vaereg_model):
    def made(**params):
        values = np.random.default_rng(0).integers(0, 256, (32, 8, 8, 1), dtype=np.uint8)
        spec = vaereg.DataSpec(form="image", shape=(8, 8, 1), levels=256, size=32)
        return vaereg_model(
            discriminators={"vaegan": {"widths": [4, 4], **params}},
            train={"optimizer": {"use": "sgd", "learning_rate": 0.01}},
            data=vaereg.Data(spec=spec, train=vaereg.ArraySplit(values)),
        )

    return made


def test_a_step_of_the_decoder_fools_the_critic_better(model):
    """The sign that a well-known implementation has wrong: its decoder helps the critic."""
    vae = model(balance=1.0, gated=False)
    x = np.random.default_rng(1).uniform(size=(8, 8, 8, 1)).astype("float32")
    still = [*vae.by_player["vaegan"], *vae.by_player["inference"]]
    before = [ops.convert_to_numpy(v.value) for v in still]
    first = vae.evaluate(x, verbose=0, return_dict=True)["vaegan_logit_gap"]  # with equal noise
    for _ in range(10):
        vae.train_on_batch(x)
        for variable, value in zip(still, before, strict=True):
            variable.assign(value)  # the critic and the encoder stand still

    assert vae.evaluate(x, verbose=0, return_dict=True)["vaegan_logit_gap"] < first


def test_features_replace_the_likelihood_and_each_player_moves_by_its_own_loss(model):
    vae = model(balance=0.0, gated=False)
    x = np.random.default_rng(1).uniform(size=(8, 8, 8, 1)).astype("float32")
    before = {p: [ops.convert_to_numpy(v.value) for v in vs] for p, vs in vae.by_player.items()}
    logs = vae.train_on_batch(x, return_dict=True)

    assert logs["loss"] == pytest.approx(logs["reconstruction"] + logs["kl"], rel=1e-4)
    for player in ("inference", "decoder", "vaegan"):
        after = [ops.convert_to_numpy(v.value) for v in vae.by_player[player]]
        moved = [not np.array_equal(a, b) for a, b in zip(before[player], after, strict=True)]
        assert any(moved), player
