"""What is told about the loss that chooses the best epoch."""

from __future__ import annotations

from tests.helpers.tiny_vae import constant, declaration
from vaereg.declaration.declaration import Balance, Checkpointing, EarlyStopping
from vaereg.declaration.watched_loss import watched_loss

MEASURED = {"weight": Balance(share=0.3)}
REPLACES = {"replaces": {"reconstruction"}}


def test_nothing_is_told_of_a_loss_that_is_what_is_paid() -> None:
    assert watched_loss(declaration()) == ""
    assert watched_loss(declaration(regularizers=[("calm", constant(1.0))])) == ""
    fixed = {"weight": constant(1.0), **REPLACES}
    assert watched_loss(declaration(regularizers=[("sharp", fixed)])) == ""


def test_what_a_critic_replaces_is_counted() -> None:
    told = watched_loss(
        declaration(discriminators=[("gan", {"weight": constant(1.0), **REPLACES})])
    )

    assert "counts reconstruction, which discriminator 'gan' replaces" in told
    assert "does not count 'gan'" in told


def test_a_term_with_a_measured_weight_is_not_counted() -> None:
    declared = declaration(
        regularizers=[("sharp", MEASURED), ("calm", constant(1.0))],
        early_stopping=EarlyStopping(),
    )
    told = watched_loss(declared)

    assert told.startswith("the loss that chooses the best epoch and stops the training does not")
    assert "'sharp'" in told and "calm" not in told


def test_nothing_is_told_if_a_score_is_watched() -> None:
    declared = declaration(
        regularizers=[("sharp", MEASURED)], checkpoint=Checkpointing(monitor="eval_coverage")
    )

    assert watched_loss(declared) == ""
