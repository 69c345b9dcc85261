"""Components whose last layer starts at 0 are sound; one that is cut off is still caught."""

from __future__ import annotations

import pytest

import vaereg
from tests.helpers.made_component import under_test
from vaereg.testing import LAWS, checks_for

BY_ID = {law.id: law for law in LAWS}
SOUND = {
    "encoder": "Encoder",
    "posterior": "Posterior",
    "decoder": "Decoder",
    "discriminator": "Critic",
    "regularizer": "Penalty",
    "likelihood": "Likelihood",
}
OF_GRADIENTS = {
    "a-gradient-reaches-its-input",
    "a-gradient-reaches-the-model",
    "a-gradient-reaches-every-weight",
    "a-loss-reaches-its-player",
    "the-players-oppose-each-other",
    "a-better-fit-is-likelier",
    "training-lowers-the-loss",
    "draws-are-k-major",
    "likelihood-draws-follow-the-density",
}


@pytest.mark.parametrize(
    ("kind", "law_id"),
    [
        (kind, law.id)
        for kind, factory in SOUND.items()
        for law in checks_for(under_test(kind, f"zero_initialised:{factory}").offer)
        if law.id in OF_GRADIENTS
    ],
)
def test_a_last_layer_may_start_at_zero(kind: str, law_id: str) -> None:
    BY_ID[law_id](under_test(kind, f"zero_initialised:{SOUND[kind]}"))


def test_an_addressed_loss_may_be_flat_at_first() -> None:
    BY_ID["a-loss-reaches-its-player"](under_test("regularizer", "zero_initialised:Addressed"))


@pytest.mark.parametrize(
    ("law_id", "kind", "factory", "found"),
    [
        ("a-gradient-reaches-the-model", "regularizer", "CutsOff", "no gradient in any"),
        ("the-players-oppose-each-other", "discriminator", "HelpsTheCritic", "inner product"),
        ("a-better-fit-is-likelier", "likelihood", "PrefersTheWorse", "under others"),
        ("a-gradient-reaches-its-input", "prior", "Prior", "0 everywhere"),
    ],
)
def test_a_fault_behind_a_layer_of_zeros_is_caught(
    law_id: str, kind: str, factory: str, found: str
) -> None:
    with pytest.raises(vaereg.ContractError, match=found):
        BY_ID[law_id](under_test(kind, f"zero_initialised:{factory}"))
