"""What of the objective is paid, and what the logged loss counts."""

from __future__ import annotations

import pytest

from tests.helpers.addressed_terms import SGD, WITH_WEIGHTS, Addressed, moved, stepped
from tests.helpers.tiny_vae import Critic, Elbo, constant, data, tiny_vae
from vaereg.errors import ContractError


def test_a_replaced_term_is_logged_and_no_longer_paid():
    term = {
        "t": (Addressed("inference"), {"weight": constant(1.0), "replaces": ["reconstruction"]})
    }
    vae = tiny_vae(regularizers=term, optimizer=SGD)

    logs = vae.test_on_batch(data(16), return_dict=True)

    assert logs["reconstruction"] > 0
    assert logs["loss"] == pytest.approx(logs["kl"] + 0.5 * logs["t_inference"], rel=1e-5)
    assert "decoder" not in moved(*stepped(vae)), "nothing but the reconstruction moved it"


def test_the_loss_counts_what_a_discriminator_replaces_since_a_critic_cannot_be_compared():
    fields = {"weight": constant(1.0), "replaces": ["reconstruction"]}
    vae = tiny_vae(discriminators={"critic": (Critic(), fields)}, optimizer=SGD)

    logs = vae.test_on_batch(data(16), return_dict=True)

    assert logs["loss"] == pytest.approx(logs["kl"] + logs["reconstruction"], rel=1e-5)


def test_a_term_that_the_objective_lacks_cannot_be_replaced():
    term = {"t": (Addressed("vae"), {"weight": constant(1.0), "replaces": ["perception"]})}

    with pytest.raises(ContractError, match=r"'perception'.* reconstruction, kl"):
        tiny_vae(regularizers=term)


def test_an_objective_may_address_its_losses():
    class Swapped(Elbo):
        def losses(self, step):
            return {"inference": step.kl[:, 0], "generation": -step.log_likelihood}

    vae = tiny_vae(objective=Swapped(), optimizer=SGD)

    logs = vae.test_on_batch(data(16), return_dict=True)

    assert logs["loss"] == pytest.approx(logs["reconstruction"] + logs["kl"], rel=1e-5)
    assert logs["objective_generation"] == pytest.approx(logs["reconstruction"], rel=1e-5)
    assert moved(*stepped(vae)) == set(WITH_WEIGHTS)
