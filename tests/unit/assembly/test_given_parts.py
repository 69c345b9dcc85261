"""Parts given by the caller replace declared components."""

from __future__ import annotations

import pytest

import vaereg
from tests.helpers import tiny_vae
from vaereg.assembly.given_parts import with_given_parts


class Shrinking:
    """A regularizer, which need not be a layer."""

    def __call__(self, step):
        return step.latent.z[:, 0]


class Importance:
    importance = True


def test_an_offer_of_the_part_fills_its_slot_and_no_other():
    declared = tiny_vae.declaration()

    filled = with_given_parts(declared, {"encoder": tiny_vae.TinyEncoder("my_net")})

    assert filled.encoder.offer.label == 'encoder "my_net" (given in parts)'
    assert filled.decoder is declared.decoder


def test_a_regularizer_is_given_under_its_key():
    declared = tiny_vae.declaration(regularizers=[("small", tiny_vae.constant(2.0))])

    (slot,) = with_given_parts(declared, {"small": Shrinking()}).regularizers

    assert slot.offer.component.factory.endswith(":Shrinking")
    assert slot.weight == tiny_vae.constant(2.0)


def test_an_objective_of_importance_weights_is_known_as_one():
    filled = with_given_parts(tiny_vae.declaration(), {"objective": Importance()})

    assert "importance" in filled.objective.offer.component.tags


def test_a_name_of_no_slot_is_refused_with_a_suggestion():
    with pytest.raises(vaereg.UsageError, match=r"'enkoder'.*not a slot.*encoder"):
        with_given_parts(tiny_vae.declaration(), {"enkoder": tiny_vae.TinyEncoder()})


@pytest.mark.parametrize("kind", ["encoder", "decoder"])
def test_an_encoder_or_decoder_must_be_a_layer(kind):
    with pytest.raises(vaereg.ContractError, match=rf"parts\['{kind}'\] must be a Keras layer"):
        with_given_parts(tiny_vae.declaration(), {kind: lambda x: x})
