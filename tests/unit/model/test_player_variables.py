"""The variables of a model are divided among players and among optimizers."""

from __future__ import annotations

import keras
import pytest

from tests.helpers.tiny_vae import Critic, tiny_vae
from vaereg.errors import ContractError
from vaereg.model.player_variables import player_variables


@pytest.fixture(scope="module")
def parts():
    vae = tiny_vae(discriminators={"critic": (Critic(), {})})
    return vae.parts


def names(variables):
    return {variable.path.split("/")[0].removeprefix("discriminator_") for variable in variables}


def test_without_addresses_there_are_the_vae_and_the_critics(parts):
    made = player_variables(parts, players=["vae", "critic"], own=[], gated=[])

    assert list(made.by_player) == ["vae", "critic"] == list(made.by_optimizer)
    assert names(made.by_player["vae"]) == {"encoder", "posterior", "decoder"}
    assert made.gates == {}


def test_each_variable_has_one_optimizer_that_of_its_narrowest_player(parts):
    made = player_variables(
        parts, players=["vae", "critic"], own=["encoder", "inference"], gated=["generation"]
    )

    found = {name: names(variables) for name, variables in made.by_optimizer.items()}
    assert found == {
        "encoder": {"encoder"},
        "inference": {"posterior"},
        "generation": {"decoder"},
        "critic": {"critic"},
    }
    assert made.gates == {"generation": ("generation",)}


def test_what_sits_out_with_the_vae_sits_out_with_a_part_too(parts):
    made = player_variables(
        parts, players=["vae", "decoder", "critic"], own=[], gated=["vae", "decoder"]
    )

    assert made.gates == {"decoder": ("vae", "decoder"), "vae": ("vae",)}


def test_a_loss_of_a_part_without_weights_is_refused(parts):
    with pytest.raises(ContractError, match="'likelihood', which has no weights"):
        player_variables(parts, players=["likelihood"], own=[], gated=[])


def test_parts_that_share_a_weight_cannot_have_losses_of_their_own(parts):
    class Holder(keras.layers.Layer):
        def __init__(self, inner):
            super().__init__(name="holder")
            self.inner = inner

    import attrs

    tangled = attrs.evolve(parts, decoder=Holder(parts.encoder))
    with pytest.raises(ValueError, match="must not hold another part"):
        player_variables(tangled, players=["decoder"], own=[], gated=[])
