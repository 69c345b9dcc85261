"""Each player has the optimizer that is declared for it, or else for what contains it."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

import vaereg
from tests.helpers.addressed_terms import ADAM, SGD, moved, stepped
from tests.helpers.tiny_vae import Critic, constant, data, declaration, tiny_vae
from vaereg.declaration.declaration import NamedChoice
from vaereg.model.player_optimizers import optimizer_of


def test_parts_may_have_optimizers_of_their_own():
    still = NamedChoice(use="sgd", params={"learning_rate": 0.0})
    vae = tiny_vae(optimizer=SGD, optimizers={"inference": still, "encoder": SGD})

    assert moved(*stepped(vae)) == {"encoder", "decoder"}  # encoder is narrower than its side


def rate(value):
    return NamedChoice(use="sgd", params={"learning_rate": value})


@pytest.mark.parametrize(
    ("player", "due"),
    [("encoder", 1), ("posterior", 2), ("decoder", 3), ("vae", 3), ("inference", 2), ("critic", 4)],
)
def test_the_narrowest_declared_optimizer_is_used(player, due):
    declared = {"encoder": rate(1), "inference": rate(2), "vae": rate(3)}
    model = declaration(
        discriminators=[("critic", {"optimizer": rate(4)})], optimizer=rate(5), optimizers=declared
    )

    assert optimizer_of(player, model) == rate(due)


def test_a_term_uses_the_optimizer_of_train_unless_it_has_its_own():
    terms = [("critic", {}), ("other", {})]
    model = declaration(
        discriminators=terms, optimizer=rate(5), optimizers={"vae": rate(3), "other": rate(6)}
    )

    assert optimizer_of("critic", model) == rate(5)
    assert optimizer_of("other", model) == rate(6)


@pytest.mark.parametrize("name", ["likelihood", "size"])
def test_an_optimizer_of_what_has_no_weights_is_refused(name):
    terms = {"size": (lambda step: step.latent.z[:, 0] ** 2, constant(1.0))}

    with pytest.raises(vaereg.DeclarationError, match=f"'{name}' has no weights of its own"):
        tiny_vae(regularizers=terms, optimizers={name: ADAM})


def test_excluded_weights_do_not_decay():
    """Without gradients, only weight decay moves a weight."""

    class Still:
        samples = 1
        importance = False

        def __call__(self, bound):
            return {"reconstruction": 0.0 * bound.log_likelihood[0]}

    decaying = {"learning_rate": 0.1, "weight_decay": 0.5}
    kept = NamedChoice(use="sgd", params={**decaying, "exclude": ["bias", "decoder/out"]})
    vae = tiny_vae(objective=Still(), optimizer=kept)
    for variable in vae.trainable_variables:
        variable.assign(np.ones(variable.shape, "float32"))
    vae.train_on_batch(data(16))

    for variable in vae.trainable_variables:
        left_out = "bias" in variable.path or "decoder/out" in variable.path
        due = 1.0 if left_out else 1.0 - 0.1 * 0.5
        np.testing.assert_allclose(ops.convert_to_numpy(variable.value), due, rtol=1e-6)


def test_a_word_that_no_weight_has_in_its_path_is_refused():
    wrong = NamedChoice(use="adamw", params={"exclude": ["norm"]})

    with pytest.raises(vaereg.DeclarationError, match="has 'norm' in its path") as caught:
        tiny_vae(optimizer=wrong)

    assert "encoder/hidden/kernel" in caught.value.problems[0].hint


def test_a_critic_may_get_its_optimizer_from_train():
    still = rate(0.0)
    slots = {"critic": (Critic(), {"weight": constant(0.0)})}
    vae = tiny_vae(discriminators=slots, optimizer=SGD, optimizers={"critic": still})
    before = [ops.convert_to_numpy(v.value) for v in vae.by_player["critic"]]
    vae.train_on_batch(data(16))

    after = [ops.convert_to_numpy(v.value) for v in vae.by_player["critic"]]
    assert all(np.array_equal(one, two) for one, two in zip(before, after, strict=True))
