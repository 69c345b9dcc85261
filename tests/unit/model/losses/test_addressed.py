"""A term states its losses by address, or in the spelling of its kind."""

from __future__ import annotations

import pytest

import vaereg
from tests.helpers.tiny_vae import Critic, TinyEncoder, constant, tiny_vae
from vaereg.contracts.addresses import PARTS, SIDES
from vaereg.contracts.loss import Loss
from vaereg.errors import ContractError
from vaereg.model.losses.addressed import addressed, stated


@pytest.mark.parametrize(
    ("losses", "said"),
    [
        ({"decoders": 1.0}, 'did you mean "decoder"'),
        ({}, "an empty mapping"),
        (3.0, "the law is a mapping"),
        ({"prior": 1.0}, "'prior', which has no weights"),
    ],
)
def test_an_address_that_is_none_breaks_the_law(losses, said):
    class Wrong:
        def losses(self, step):
            value = 0.0 * step.x[:, 0]
            return dict.fromkeys(losses, value) if isinstance(losses, dict) else losses

    with pytest.raises(ContractError, match=said):
        tiny_vae(regularizers={"t": (Wrong(), constant(1.0))})


def test_the_parts_of_both_sides_are_all_parts():
    assert [part for parts in SIDES.values() for part in parts] == list(PARTS)
    assert vaereg.Loss is Loss


def test_a_layers_own_list_of_losses_addresses_nothing():
    assert stated(TinyEncoder()) is None
    assert stated(Critic()) is None


def test_the_spellings_of_regularizers_and_discriminators_are_addresses():
    class Penalty:
        def __call__(self, step):
            return step

    class Adversary:
        def critic_loss(self, step):
            return step + 1

        def generator_loss(self, step):
            return step + 2

    assert addressed(Penalty(), 3, "a term") == {"vae": Loss(3)}
    assert addressed(Adversary(), 3, "a term") == {"vae": Loss(5), "self": Loss(4)}
