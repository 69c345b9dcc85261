"""Every loss moves the variables of its own player and no others."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from tests.helpers.tiny_vae import Critic, PenalisedCritic, constant, data, tiny_vae
from vaereg.declaration.declaration import Adaptive, NamedChoice
from vaereg.model.losses.player_losses import PlayerLoss

SGD = NamedChoice(use="sgd", params={"learning_rate": 0.1})


def weights(vae, player):
    return [np.array(ops.convert_to_numpy(v.value)) for v in vae.by_player[player]]


def distance(before, after):
    return max(float(np.abs(a - b).max()) for a, b in zip(before, after, strict=True))


class SilentGenerator(Critic):
    """Only the critic's own loss has a gradient."""

    def generator_loss(self, step):
        return 0.0 * self.fake(step)


class SilentCritic(Critic):
    """Only the generator's loss has a gradient."""

    def critic_loss(self, step):
        return 0.0 * self.fake(step)


def frozen_objective(samples=1):
    class Nothing:
        importance = False

        def __init__(self):
            self.samples = samples

        def __call__(self, bound):
            return {"reconstruction": 0.0 * bound.log_likelihood[0]}

    return Nothing()


@pytest.mark.parametrize("critic", [Critic, PenalisedCritic])
def test_the_critics_loss_moves_no_vae_variable(critic):
    class Silent(critic):
        def generator_loss(self, step):
            return 0.0 * self.fake(step)

    slots = {"critic": (Silent(), {"weight": constant(1.0)})}
    vae = tiny_vae(objective=frozen_objective(), discriminators=slots, optimizer=SGD)
    before, critic_before = weights(vae, "vae"), weights(vae, "critic")

    vae.train_on_batch(data(16))

    assert distance(before, weights(vae, "vae")) == 0.0
    assert distance(critic_before, weights(vae, "critic")) > 1e-4


@pytest.mark.parametrize("weight", [constant(1.0), Adaptive()], ids=["fixed", "adaptive"])
def test_the_vaes_loss_moves_no_critic_variable(weight):
    vae = tiny_vae(discriminators={"critic": (SilentCritic(), {"weight": weight})}, optimizer=SGD)
    before, vae_before = weights(vae, "critic"), weights(vae, "vae")

    vae.train_on_batch(data(16))

    assert distance(before, weights(vae, "critic")) == 0.0
    assert distance(vae_before, weights(vae, "vae")) > 1e-4


def test_the_adversarial_gradient_has_the_right_sign():
    """A step of the VAE against a fixed critic raises the critic's score of fakes."""
    critic = SilentCritic()
    vae = tiny_vae(
        objective=frozen_objective(),
        discriminators={"critic": (critic, {"weight": constant(1.0)})},
        optimizer=SGD,
    )
    x = data(16)
    before = float(np.mean(ops.convert_to_numpy(critic.score(vae.reconstruct(x)))))

    for _ in range(5):
        vae.train_on_batch(x)

    after = float(np.mean(ops.convert_to_numpy(critic.score(vae.reconstruct(x)))))
    assert after > before


def test_two_losses_from_one_pass_equal_a_routed_single_loss():
    """One vector-Jacobian product per player equals a scalar loss with stopped gradients."""
    vae = tiny_vae(
        discriminators={"critic": (Critic(), {"weight": constant(0.3)})}, optimizer=SGD, seed=3
    )
    oracle = tiny_vae(
        discriminators={"critic": (RoutedCritic(), {"weight": constant(0.3)})},
        optimizer=SGD,
        seed=3,
    )
    start = vae.state()
    oracle.restore(start)
    for batch in np.split(data(64), 4):
        vae.train_on_batch(batch)
        oracle.train_on_batch(batch)

    for path, value in vae.state().items():
        np.testing.assert_allclose(value, oracle.state()[path], atol=2e-6, err_msg=path)


class RoutedCritic(Critic):
    """The same losses with every gradient that must not flow cut by hand."""

    def critic_loss(self, step):
        fake = self.score(ops.stop_gradient(step.reconstruction))
        return ops.relu(1 - self.score(step.x)) + ops.relu(1 + fake)

    def generator_loss(self, step):
        self.score(step.x)  # makes the weights on the first call
        weights = [ops.stop_gradient(v.value) for v in self.trainable_variables]
        x = step.reconstruction
        hidden = ops.tanh(ops.matmul(x, weights[0]) + weights[1])
        return -(ops.matmul(hidden, weights[2]) + weights[3])[:, 0]


def test_the_critic_counts_only_after_its_warm_up():
    critic = SilentCritic()
    slots = {"critic": (critic, {"weight": constant(1.0), "warmup_steps": 2})}
    vae = tiny_vae(objective=frozen_objective(), discriminators=slots, optimizer=SGD)
    x = data(16)
    moved = []
    for _ in range(3):
        before = weights(vae, "vae")
        vae.train_on_batch(x)
        moved.append(distance(before, weights(vae, "vae")) > 0)

    assert moved == [False, False, True]


def test_the_adaptive_weight_makes_both_gradients_equally_long_at_the_last_kernel():
    vae = tiny_vae(discriminators={"critic": (Critic(), {"weight": Adaptive(scale=0.5)})})
    kernel = vae.decoder.out.kernel
    position = next(i for i, v in enumerate(vae.by_player["vae"]) if v is kernel)
    main = [np.zeros(v.shape, "float32") for v in vae.by_player["vae"]]
    adversarial = [np.zeros(v.shape, "float32") for v in vae.by_player["vae"]]
    main[position][0, 0], adversarial[position][0, 1] = 6.0, 2.0
    losses = [
        PlayerLoss("vae", 0.0),
        PlayerLoss("vae", 0.0, adaptive_of="critic"),
        PlayerLoss("critic", 0.0),
    ]
    pulled = [
        [ops.convert_to_tensor(g) for g in main],
        [ops.convert_to_tensor(g) for g in adversarial],
        [ops.zeros(v.shape) for v in vae.by_player["critic"]],
    ]

    updates, logs = vae.combine_gradients(losses, pulled)

    weight = float(ops.convert_to_numpy(logs["critic_weight"]))
    assert weight == pytest.approx(0.5 * 6.0 / (2.0 + 1e-4))
    index = next(i for i, v in enumerate(vae.trainable_variables) if v is kernel)
    update = ops.convert_to_numpy(updates[index])
    assert update[0, 0] == pytest.approx(6.0)
    assert update[0, 1] == pytest.approx(2.0 * weight)


def test_a_player_without_gradients_in_a_step_is_allowed():
    class Detached(Critic):
        def critic_loss(self, step):
            return 0.0 * step.x[:, 0]

    slots = {"critic": (Detached(), {"weight": constant(0.0)})}
    vae = tiny_vae(discriminators=slots)
    before = weights(vae, "critic")

    vae.train_on_batch(data(16))

    assert distance(before, weights(vae, "critic")) == 0.0


def test_every_trainable_variable_has_exactly_one_player():
    slots = {
        "one": (Critic("discriminator_one"), {"weight": constant(1.0)}),
        "two": (Critic("discriminator_two"), {"weight": Adaptive()}),
    }
    vae = tiny_vae(discriminators=slots)
    owned = [id(v) for player in ("vae", "one", "two") for v in vae.by_player[player]]

    assert sorted(owned) == sorted(id(v) for v in vae.trainable_variables)


def test_a_part_that_holds_another_players_part_is_refused():
    shared = Critic("discriminator_one")
    other = Critic("discriminator_two")
    other.stolen = shared
    slots = {
        "one": (shared, {"weight": constant(1.0)}),
        "two": (other, {"weight": constant(1.0)}),
    }
    with pytest.raises(ValueError, match="must not hold another part"):
        tiny_vae(discriminators=slots)


def test_an_objective_may_give_each_side_of_the_vae_its_own_loss():
    class OnlyGeneration:
        samples = 1
        importance = False
        split = True

        def __call__(self, bound):
            loss = -bound.log_likelihood[0]
            return {"inference": {"nothing": 0.0 * loss}, "generation": {"reconstruction": loss}}

    vae = tiny_vae(objective=OnlyGeneration(), optimizer=SGD)
    inference, generation = weights(vae, "inference"), weights(vae, "generation")

    vae.train_on_batch(data(16))

    assert distance(inference, weights(vae, "inference")) == 0.0
    assert distance(generation, weights(vae, "generation")) > 1e-4
    assert "generation_reconstruction" in vae.term_names


def test_a_perceptual_term_on_frozen_features_has_a_gradient():
    """Its features are not trained, but their input is (diffusers ran LPIPS without a gradient)."""

    class Perceptual(keras.layers.Layer):
        def __init__(self):
            super().__init__(name="regularizer_perceptual")
            self.features = keras.layers.Dense(5, activation="tanh", name="features")
            self.features.trainable = False

        def call(self, step):
            difference = self.features(step.x) - self.features(step.reconstruction)
            return ops.sum(difference**2, axis=-1)

    vae = tiny_vae(
        objective=frozen_objective(),
        regularizers={"perceptual": (Perceptual(), constant(1.0))},
        optimizer=SGD,
    )
    frozen = [v for v in vae.variables if "features" in v.path]
    kept = [np.array(ops.convert_to_numpy(v.value)) for v in frozen]
    before = weights(vae, "vae")

    vae.train_on_batch(data(16))

    assert distance(before, weights(vae, "vae")) > 1e-5
    assert frozen
    for variable, value in zip(frozen, kept, strict=True):
        np.testing.assert_array_equal(ops.convert_to_numpy(variable.value), value)


def test_a_penalty_on_a_gradient_trains_the_critic_with_dropout_inside():
    """The noise drawn inside the inner gradient must not leak out of its trace."""

    class Dropping(PenalisedCritic):
        def __init__(self):
            super().__init__()
            self.drop = keras.layers.Dropout(0.5, name="drop")

        def score(self, x):
            return self.logit(self.drop(self.hidden(x), training=True))[:, 0]

    vae = tiny_vae(discriminators={"critic": (Dropping(), {"weight": Adaptive()})})
    history = vae.fit(data(64), batch_size=16, epochs=2, verbose=0)

    assert np.all(np.isfinite(history.history["critic_critic"]))
