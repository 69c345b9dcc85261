"""The base class of the discriminators: a critic of real and fake examples, and its losses."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import keras
from keras import ops

import vaereg
from vaereg_plugin_adversarial.adversarial_loss import LOSSES
from vaereg_plugin_adversarial.gradient_penalty import slope_off_one, squared_slope

if TYPE_CHECKING:
    from vaereg_plugin_adversarial.plugin import AdversaryParams


class Evaluated(NamedTuple):
    """The critic's outputs for one group of examples.

    Args:
        scores: (B, n) float32, higher for real; n is 1, or the number of patches.
        features: the outputs of the critic's layers, (B, ...) each, if a loss needs them.
    """

    scores: vaereg.Tensor
    features: tuple[vaereg.Tensor, ...]


class Adversary(keras.layers.Layer):
    """Distinguishes real examples from fakes; the engine trains the VAE against it.

    A subclass defines the critic in `build` and `call`, and what it compares in `real` and `fakes`.
    A call maps examples (N, ...) to an `Evaluated`. Losses are computed for each score and then
    averaged over scores and over the groups of fakes, so each is (B,):

        critic    loss.real(D(x)) + mean_j loss.fake(D(y_j)) + penalties
        generator mean_j loss.generator(D(y_j))

    All groups pass through the critic in one call per step: its layers do not mix examples.
    """

    def __init__(self, params: AdversaryParams, context: vaereg.BuildContext) -> None:
        super().__init__(name=context.name)
        self.loss = LOSSES[params.loss]
        self.r1 = params.r1
        # The other losses are bounded below; this one needs a Lipschitz critic.
        self.gradient_penalty = params.gradient_penalty if params.loss == "wasserstein" else 0.0

    @abstractmethod
    def real(self, step: vaereg.Step) -> vaereg.Tensor:
        """The real examples (B, ...), prepared for the critic."""

    @abstractmethod
    def fakes(self, step: vaereg.Step) -> tuple[vaereg.Tensor, ...]:
        """The groups of fakes, (B, ...) each, prepared for the critic."""

    def groups(self, step: vaereg.Step) -> tuple[vaereg.Tensor, ...]:
        """All inputs of the critic: the real examples, the fakes, and any others."""
        return (self.real(step), *self.fakes(step))

    def evaluated(self, step: vaereg.Step) -> list[Evaluated]:
        """The critic's outputs for each of `groups`, computed once per step."""
        return step.shared((self.name, "evaluated"), lambda: self._evaluator(step))

    def critic_loss(self, step: vaereg.Step) -> vaereg.Tensor:
        """The loss that the critic minimises, (B,)."""
        real, fake = self.costs(step)
        paid = real + fake
        for weight, penalty in self._penalties(step).values():
            paid = paid + weight * penalty
        return paid

    def costs(self, step: vaereg.Step) -> tuple[vaereg.Tensor, vaereg.Tensor]:
        """The critic's loss for real examples, and the mean of those for fakes, (B,) each."""

        def compute() -> tuple[vaereg.Tensor, vaereg.Tensor]:
            real, *fakes = self._scored(step)
            mean = _mean([_mean_score(self.loss.fake(fake)) for fake in fakes])
            return _mean_score(self.loss.real(real)), mean

        return step.shared((self.name, "costs"), compute)

    def generator_loss(self, step: vaereg.Step) -> vaereg.Tensor:
        """The loss that the VAE minimises, (B,): it falls as the fakes fool the critic better."""
        _, *fakes = self._scored(step)
        return _mean([_mean_score(self.loss.generator(fake)) for fake in fakes])

    def diagnostics(self, step: vaereg.Step) -> dict[str, vaereg.Tensor]:
        """Whether the critic has collapsed or become perfect, (B,) each.

        `logit_gap` is the score of real examples minus that of fakes. If a score above 0 means
        "real", `accuracy_real` and `accuracy_fake` are the shares of scores on the right side:
        both near 1 for a perfect critic, their mean near 0.5 for a collapsed one. `r1` and
        `gradient_penalty` are these penalties, unweighted, if they are used.
        """
        real, *fakes = self._scored(step)
        found = {"logit_gap": _mean_score(real) - _mean([_mean_score(fake) for fake in fakes])}
        threshold = self.loss.threshold
        if threshold is not None:
            right = [_mean_score(ops.cast(fake < threshold, "float32")) for fake in fakes]
            found["accuracy_real"] = _mean_score(ops.cast(real > threshold, "float32"))
            found["accuracy_fake"] = _mean(right)
        found.update({name: penalty for name, (_, penalty) in self._penalties(step).items()})
        return found

    def _evaluator(self, step: vaereg.Step) -> list[Evaluated]:
        groups = self.groups(step)
        joined = self(ops.concatenate(groups, axis=0), training=step.training)

        def part(values: vaereg.Tensor, index: int) -> vaereg.Tensor:  # (G·B, ...) -> (B, ...)
            return ops.reshape(values, (len(groups), -1, *values.shape[1:]))[index]

        return [
            Evaluated(part(joined.scores, g), tuple(part(f, g) for f in joined.features))
            for g in range(len(groups))
        ]

    def _scored(self, step: vaereg.Step) -> list[vaereg.Tensor]:
        """The scores of the real examples and of each group of fakes."""
        count = 1 + len(self.fakes(step))
        return [evaluated.scores for evaluated in self.evaluated(step)[:count]]

    def _penalties(self, step: vaereg.Step) -> dict[str, tuple[float, vaereg.Tensor]]:
        """Name -> weight and value (B,) of each penalty on the critic's gradient."""
        return step.shared((self.name, "penalties"), lambda: self._penalise(step))

    def _penalise(self, step: vaereg.Step) -> dict[str, tuple[float, vaereg.Tensor]]:
        def score(x: vaereg.Tensor) -> vaereg.Tensor:
            return _mean_score(self(x, training=False).scores)

        penalties = {}
        if self.r1:
            penalties["r1"] = (0.5 * self.r1, squared_slope(score, self.real(step)))
        if self.gradient_penalty:
            real, fakes = self.real(step), self.fakes(step)
            off = [slope_off_one(score, real, fake, step.seed) for fake in fakes]
            penalties["gradient_penalty"] = (self.gradient_penalty, _mean(off))
        return penalties


def _mean_score(values: vaereg.Tensor) -> vaereg.Tensor:
    """(B, n) -> (B,)."""
    return ops.mean(values, axis=1)


def _mean(values: Sequence[vaereg.Tensor]) -> vaereg.Tensor:
    """The mean of arrays of equal shapes."""
    return sum(values[1:], values[0]) / len(values)
