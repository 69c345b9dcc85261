"""A loss that is addressed to a part moves that part alone."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from keras import ops

from tests.helpers.addressed_terms import (
    ADAM,
    SGD,
    WITH_WEIGHTS,
    Addressed,
    Nothing,
    OwnWeights,
    moved,
    of_part,
    stepped,
    weights,
)
from tests.helpers.tiny_vae import Critic, constant, data, slot, tiny_vae
from vaereg.contracts.loss import Loss
from vaereg.declaration.declaration import Adaptive
from vaereg.errors import ContractError
from vaereg.model.losses.terms import logged_name


@pytest.mark.parametrize(
    ("address", "due"),
    [
        ("vae", set(WITH_WEIGHTS)),
        ("inference", {"encoder", "posterior"}),
        ("generation", {"decoder"}),
        *((part, {part}) for part in WITH_WEIGHTS),
    ],
)
def test_a_loss_moves_its_player_alone(address, due):
    term = {"term": (Addressed(address), constant(1.0))}
    vae = tiny_vae(objective=Nothing(), regularizers=term, optimizer=SGD)

    assert moved(*stepped(vae)) == due


def test_the_parts_of_a_loss_add_up_to_the_whole():
    """The gradients of single parts are those of the same loss of the whole VAE."""
    whole = tiny_vae(
        objective=Nothing(), regularizers={"t": (Addressed("vae"), constant(0.5))}, optimizer=SGD
    )
    parts = tiny_vae(
        objective=Nothing(),
        regularizers={"t": (Addressed("encoder", "posterior", "decoder"), constant(0.5))},
        optimizer=SGD,
    )

    (_, due), (_, got) = stepped(whole, 3), stepped(parts, 3)

    for name in WITH_WEIGHTS:
        for path in due[name]:
            np.testing.assert_allclose(got[name][path], due[name][path], rtol=1e-5, atol=1e-6)


def test_each_player_follows_its_own_loss_as_if_the_others_were_detached():
    """A surrogate with detached latents has the gradients of both losses."""

    class Two:
        def losses(self, step):
            rebuilt = ops.sum((step.x - step.reconstruction) ** 2, axis=-1)
            return {"inference": rebuilt, "generation": 3.0 * rebuilt + step.kl[:, 0]}

    class Surrogate(Two):
        def losses(self, step):
            made = super().losses(step)
            return {"vae": made["inference"] + 2.0 * self._of_decoder(step)}

        def _of_decoder(self, step):
            detached = step.mean(step.decode(ops.stop_gradient(step.latent.z)))
            return ops.sum((step.x - detached) ** 2, axis=-1)

    two = tiny_vae(objective=Nothing(), regularizers={"t": (Two(), constant(1.0))}, optimizer=SGD)
    one = tiny_vae(
        objective=Nothing(), regularizers={"t": (Surrogate(), constant(1.0))}, optimizer=SGD
    )

    (_, got), (_, due) = stepped(two), stepped(one)

    for name in WITH_WEIGHTS:
        for path in due[name]:
            np.testing.assert_allclose(got[name][path], due[name][path], rtol=1e-5, atol=1e-6)


def test_own_weights_follow_the_own_loss_and_the_slots_weight_does_not_scale_it():
    slow = tiny_vae(regularizers={"own": (OwnWeights(), constant(0.0))}, optimizer=SGD)
    fast = tiny_vae(regularizers={"own": (OwnWeights(), constant(7.0))}, optimizer=SGD)
    for vae in (slow, fast):
        stepped(vae)

    (level,) = weights(slow, "own").values()
    assert level == pytest.approx(0.1 * 2 * data(16).mean(), rel=1e-4)  # a step of SGD from 0
    assert weights(fast, "own").popitem()[1] == level
    assert not any("level" in path for path in weights(slow))


def test_a_player_that_sits_out_keeps_weights_momentum_and_count_to_the_bit():
    """Steps in which the decoder sits out are, for the decoder, no steps."""

    class OnlyZ:  # so that the decoder's gradient does not depend on what the others learn
        def losses(self, step):
            z = ops.ones_like(step.latent.z)
            rebuilt = ops.sum((0.5 - step.mean(step.decode(z))) ** 2, axis=-1)
            when = ops.equal(step.global_step % 2, 0) if self.every_other else True
            inference = ops.sum(step.latent.mode**2, axis=-1)
            return {"decoder": Loss(rebuilt, when), "inference": inference}

        def __init__(self, every_other):
            self.every_other = every_other

    def made(every_other):
        return tiny_vae(
            objective=Nothing(),
            regularizers={"t": (OnlyZ(every_other), constant(1.0))},
            optimizer=ADAM,
            optimizers={"decoder": ADAM},
        )

    gated, plain = made(every_other=True), made(every_other=False)
    for step in range(6):
        before = of_part(gated)
        state = {p: a for p, a in gated.state().items() if "decoder_optimizer" in p}
        gated.train_on_batch(data(16))
        after = of_part(gated)
        assert ("decoder" in moved(before, after)) == (step % 2 == 0)
        assert moved(before, after) >= {"encoder", "posterior"}
        if step % 2:
            now = gated.state()
            assert len(state) > 3
            assert all(np.array_equal(now[path], value) for path, value in state.items())
    for _ in range(3):
        plain.train_on_batch(data(16))

    due, got = of_part(plain)["decoder"], of_part(gated)["decoder"]
    for path in due:  # two programs, which may round differently
        np.testing.assert_allclose(got[path], due[path], rtol=1e-5, atol=1e-6)


def test_a_player_that_may_sit_out_has_an_optimizer_of_its_own():
    term = {"t": (Addressed("decoder", when=lambda step: step.global_step > 0), constant(1.0))}
    vae = tiny_vae(regularizers=term, optimizer=ADAM)

    assert any(path.startswith("decoder_optimizer") for path in vae.state())
    before, after = stepped(vae)
    assert moved(before, after) == {"encoder", "posterior"}, "the ELBO does not move it either"
    before, after = stepped(vae)
    assert moved(before, after) == set(WITH_WEIGHTS)


def test_a_critic_may_sit_out():
    class Gated(Critic):
        def losses(self, step):
            return {
                "self": Loss(self.critic_loss(step), step.global_step >= 2),
                "generation": self.generator_loss(step),
            }

    critic = Gated()
    vae = tiny_vae(discriminators={"critic": (critic, {"weight": constant(1.0)})}, optimizer=ADAM)
    seen = [weights(vae, "critic")]
    for _ in range(4):
        vae.train_on_batch(data(16))
        seen.append(weights(vae, "critic"))
    same = [
        all(np.array_equal(one[path], two[path]) for path in one) for one, two in pairwise(seen)
    ]

    assert same == [True, True, False, False]
    assert "critic_generation" in vae.term_names and "critic_critic" in vae.term_names


def test_an_adaptive_weight_is_measured_where_the_loss_reaches_the_decoder():
    class OfDecoder(Critic):
        def losses(self, step):
            fooled = self.generator_loss(step)
            return {"self": self.critic_loss(step), "decoder": fooled, "encoder": fooled}

    class OfEncoder(Critic):
        def losses(self, step):
            return {"self": self.critic_loss(step), "encoder": self.generator_loss(step)}

    both = {"critic": (OfDecoder(), {"weight": Adaptive(maximum=2.0)})}
    vae = tiny_vae(discriminators=both, optimizer=SGD)
    logs = vae.train_on_batch(data(16), return_dict=True)
    assert 0 < logs["critic_weight"] <= 2.0

    with pytest.raises(ContractError, match=r"no loss of it is addressed to the decoder"):
        tiny_vae(discriminators={"critic": (OfEncoder(), {"weight": Adaptive()})})


def test_two_terms_of_one_name_are_refused():
    class Loud(Addressed):
        def diagnostics(self, step):
            return {"size": step.x[:, 0]}

    terms = {"t": (Loud("vae"), constant(1.0)), "t_size": (Addressed("vae"), constant(1.0))}
    with pytest.raises(ContractError, match="another part of the model logs too"):
        tiny_vae(regularizers=terms)


def test_every_term_may_have_diagnostics():
    class Told(Addressed):
        def diagnostics(self, step):
            return {"brightness": ops.mean(step.x, axis=-1)}

    vae = tiny_vae(regularizers={"t": (Told("vae"), constant(0.0))}, optimizer=SGD)

    logs = vae.test_on_batch(data(16), return_dict=True)

    assert logs["t_brightness"] == pytest.approx(data(16).mean(), rel=1e-5)


def test_losses_are_logged_under_names_of_their_addresses():
    regularizer, critic = slot("regularizer", "r"), slot("discriminator", "c")

    assert logged_name(regularizer, "vae") == "r"
    assert logged_name(regularizer, "decoder") == "r_decoder"
    assert logged_name(critic, "vae") == "c_generator"
    assert logged_name(critic, "self") == "c_critic"
