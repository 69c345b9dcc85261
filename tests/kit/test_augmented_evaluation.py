"""An engine that augments outside training breaks the law that only training is augmented."""

from __future__ import annotations

import pytest

from tests.helpers.made_component import under_test
from vaereg.errors import ContractError
from vaereg.model.players_model import PlayersModel
from vaereg.testing import LAWS

LAW = next(law for law in LAWS if law.id == "only-training-is-augmented")
COMPONENT = "faulty_augmentations:SoundAugmentation"


def test_validation_on_augmented_examples_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    losses = PlayersModel.losses

    def augmented(self, x, training, **options):
        if not training:
            x = self._untracked.augment(x)
        return losses(self, x, training, **options)

    monkeypatch.setattr(PlayersModel, "losses", augmented)
    with pytest.raises(ContractError, match="in validation is"):
        LAW(under_test("augmentation", COMPONENT))


def test_training_on_examples_as_they_are_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vaereg.model.augmenting.Augmenting.__call__", lambda self, values: values)
    with pytest.raises(ContractError, match="the loss of a training step is the same"):
        LAW(under_test("augmentation", COMPONENT))
