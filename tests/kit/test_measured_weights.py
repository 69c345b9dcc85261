"""Faulty engines break the laws of measured weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.helpers.broken_law import broken
from tests.helpers.made_component import under_test
from vaereg.model import players_model
from vaereg.model.term_weights.balancer import Balancer
from vaereg.testing import LAWS, ComponentUnderTest

BY_ID = {law.id: law for law in LAWS}
SHARES = BY_ID["balanced-terms-get-their-share"]
CONSTANTS = BY_ID["measured-weights-are-constants"]


def sound() -> ComponentUnderTest:
    return under_test("regularizer", "faulty_terms:SoundRegularizer")


Weights = Callable[[Balancer, Any, Mapping[str, Any]], dict[str, Any]]
TRUE: Weights = Balancer.weights_after


def doubled(self: Balancer, fixed: Any, own: Mapping[str, Any]) -> dict[str, Any]:
    return {term: 2.0 * each for term, each in TRUE(self, fixed, own).items()}


def of_a_norm_of_one(self: Balancer, fixed: Any, own: Mapping[str, Any]) -> dict[str, Any]:
    return TRUE(self, 0.0 * fixed, own)


def squared(self: Balancer, fixed: Any, own: Mapping[str, Any]) -> dict[str, Any]:
    return TRUE(self, fixed, {term: each**2 for term, each in own.items()})


SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    "weights_after",
    [
        doubled,
        pytest.param(of_a_norm_of_one, marks=SLOW),
        pytest.param(squared, marks=SLOW),
    ],
)
def test_another_share_than_the_declared_one_is_seen(
    monkeypatch: pytest.MonkeyPatch, weights_after: Weights
) -> None:
    monkeypatch.setattr(Balancer, "weights_after", weights_after)
    with broken(r"the share is .*, not 0\.3, at step 0"):
        SHARES(sound())


def test_a_gradient_through_a_balanced_weight_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gradient of the weight would change that of the term."""
    summed = players_model.summed

    def leaking(pulled: Any, weights: Mapping[str, Any]) -> Any:
        return summed(pulled, {term: 1.1 * each for term, each in weights.items()})

    monkeypatch.setattr(players_model, "summed", leaking)
    component = sound()
    SHARES(component)  # the weight itself is right
    with broken(r"with \{ balance = 0\.3 \}, and .* \(they differ by"):
        CONSTANTS(component)


@pytest.mark.slow
def test_a_gradient_through_an_adaptive_weight_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    combine = players_model.PlayersModel.combine_gradients

    def leaking(self: Any, losses: Any, gradients: Any) -> Any:
        found, logs = combine(self, losses, gradients)
        if logs and self.balancer is None:
            found = [None if each is None else 1.1 * each for each in found]
        return found, logs

    monkeypatch.setattr(players_model.PlayersModel, "combine_gradients", leaking)
    with broken(r"with \{ adaptive = 0\.5 \}, and .* \(they differ by"):
        CONSTANTS(sound())


@pytest.mark.slow
def test_fixed_losses_that_lose_their_weight_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    summed = players_model.summed

    def shared(pulled: Any, weights: Mapping[str, Any]) -> Any:
        found = [
            each._replace(gradients=[g if g is None else g / 1.3 for g in each.gradients])
            if weights and not each.adaptive_of
            else each
            for each in pulled
        ]
        return summed(found, weights)

    monkeypatch.setattr(players_model, "summed", shared)
    with broken("they differ by"):
        CONSTANTS(sound())


@pytest.mark.slow
def test_a_term_that_does_not_see_what_the_decoder_makes_has_nothing_to_keep() -> None:
    component = under_test("regularizer", "faulty_terms:SeesLatentsOnly")
    SHARES(component)
    CONSTANTS(component)
