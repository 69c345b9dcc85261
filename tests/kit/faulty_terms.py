"""Objectives and regularizers with one fault each."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

import vaereg


class SoundObjective:
    samples: Any = 2
    importance = False

    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        del params, context

    def __call__(self, bound: vaereg.Bound) -> dict[str, Any]:
        return {
            "reconstruction": -ops.mean(bound.log_likelihood, axis=0),
            **({} if bound.kl is None else {"kl": bound.kl}),
        }


class NeedsAKLDivergence(SoundObjective):
    def __call__(self, bound: vaereg.Bound) -> dict[str, Any]:
        return {"reconstruction": -ops.mean(bound.log_likelihood, axis=0), "kl": bound.kl}


class AsksForHalfASample(SoundObjective):
    samples = 2.0

    def __call__(self, bound: vaereg.Bound) -> dict[str, Any]:
        return super().__call__(bound)


class Maximises(SoundObjective):
    def __call__(self, bound: vaereg.Bound) -> dict[str, Any]:
        return {"reconstruction": ops.mean(bound.log_likelihood, axis=0), "kl": bound.kl}


class SoundRegularizer:
    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        del params, context

    def __call__(self, step: vaereg.Step) -> Any:
        gap = ops.square(step.x - step.reconstruction)
        return ops.mean(gap, axis=tuple(range(1, len(gap.shape))))


class Raises(SoundRegularizer):
    def __call__(self, step: vaereg.Step) -> Any:
        raise TypeError("it does not like steps")


class SumsOverTheBatch(SoundRegularizer):
    def __call__(self, step: vaereg.Step) -> Any:
        value = super().__call__(step)
        return ops.broadcast_to(ops.sum(value), ops.shape(value))


class LosesItsGradient(SoundRegularizer):
    def __call__(self, step: vaereg.Step) -> Any:
        return ops.stop_gradient(super().__call__(step))


class FlattensTheDecoder(SoundRegularizer):
    """A sound term: the decoder's slope at prior draws, which only its weights determine."""

    def __call__(self, step: vaereg.Step) -> Any:
        slope = self.slope(step)
        return ops.mean(ops.square(slope), axis=tuple(range(1, len(slope.shape))))

    def slope(self, step: vaereg.Step) -> Any:
        return vaereg.gradient(step.decode, step.prior_latents)


class StopsAtTheSlope(FlattensTheDecoder):
    def slope(self, step: vaereg.Step) -> Any:
        return ops.stop_gradient(super().slope(step))


class BendsTheDecoder(FlattensTheDecoder):
    """A sound term: the change of the slope, which is 0 for a linear decoder."""

    def slope(self, step: vaereg.Step) -> Any:
        here = super().slope(step)
        return here - vaereg.gradient(step.decode, step.prior_latents + 0.5)


class FollowsItsMean(keras.layers.Layer):
    """A sound term: the penalty's distance from its own moving average, which is a weight."""

    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(name=context.name, dtype="float32")
        self.penalty = SoundRegularizer(params, context)
        self.average = self.add_weight(
            shape=(), initializer="zeros", trainable=False, name="average"
        )
        self.built = True

    def call(self, step: vaereg.Step) -> Any:
        value = self.penalty(step)
        if step.training:
            self.follow(0.9 * self.average + 0.1 * ops.stop_gradient(ops.mean(value)))
        return ops.square(value - self.average)

    def follow(self, value: Any) -> None:
        self.average.assign(value)


class KeepsATensor(FollowsItsMean):
    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(params, context)
        self.latest: Any = {"mean": 0.0}

    def call(self, step: vaereg.Step) -> Any:
        before = self.latest["mean"]
        return super().call(step) + 0.0 * before

    def follow(self, value: Any) -> None:
        self.latest = {"mean": value}


class HidesATensor(FollowsItsMean):
    """Keeps the tensor in a closure instead of an attribute."""

    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(params, context)
        self.recall: Any = lambda: 0.0

    def call(self, step: vaereg.Step) -> Any:
        before = self.recall()
        return super().call(step) + 0.0 * before

    def follow(self, value: Any) -> None:
        self.recall = lambda: value


class FollowsOutsideTraining(FollowsItsMean):
    def call(self, step: vaereg.Step) -> Any:
        self.follow(self.average + 1.0)
        return super().call(step)


class ForgetsItsAverage(FollowsItsMean):
    """The value that it compares with is lost when a run is resumed."""

    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(params, context)
        self.started = 1.0 + context.seed

    def call(self, step: vaereg.Step) -> Any:
        return self.started * super().call(step)


class DrawsFromElsewhere(SoundRegularizer):
    def __call__(self, step: vaereg.Step) -> Any:
        return super().__call__(step) * float(np.random.default_rng().uniform())


class HidesALayer(SoundRegularizer):
    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(params, context)
        self.network = keras.layers.Dense(1, name="network")


class BecomesNaN(SoundRegularizer):
    """The branch that is not taken has a gradient too, and 0 * NaN is NaN."""

    def __call__(self, step: vaereg.Step) -> Any:
        value = super().__call__(step)
        return ops.where(step.global_step < 0, value * float("nan"), value)


class ClimbsItsGradient(SoundRegularizer):
    """Its value is right and its gradient has the wrong sign."""

    def __call__(self, step: vaereg.Step) -> Any:
        value = 1000.0 * super().__call__(step)
        return 2.0 * ops.stop_gradient(value) - value


SEEN: list[Any] = []


class RemembersItsSteps(SoundRegularizer):
    def __call__(self, step: vaereg.Step) -> Any:
        SEEN.append(step.seed)
        return super().__call__(step)


class SharesItsHistory(SoundRegularizer):
    history: list[Any] = []  # noqa: RUF012  # the fault under test

    def __call__(self, step: vaereg.Step) -> Any:
        self.history.append(step.seed)
        return super().__call__(step)


LATEST: Any = None


class TellsItsLatest(SoundRegularizer):
    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(params, context)
        global LATEST
        LATEST = self


class DividesByItsParameter(SoundRegularizer):
    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(params, context)
        self.params = params

    def __call__(self, step: vaereg.Step) -> Any:
        return super().__call__(step) / self.params.width


class KnowsHalfItsChoices(SoundRegularizer):
    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(params, context)
        self.factor = {"mean": 1.0}[params.how]


class RefusesWithoutAWord(SoundRegularizer):
    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(params, context)
        if params.width == 0.0:
            raise ValueError


class RefusesWithAReason(SoundRegularizer):
    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(params, context)
        if params.width == 0.0:
            raise ValueError("width = 0 makes every weight infinite; give more")


class SumsAtItsBound(SoundRegularizer):
    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(params, context)
        self.params = params

    def __call__(self, step: vaereg.Step) -> Any:
        value = super().__call__(step)
        return ops.sum(value) if self.params.flag else value


class AddressesTheWrongPart(SoundRegularizer):
    """The encoder is to pay for what only the decoder can change."""

    def losses(self, step: vaereg.Step) -> dict[str, Any]:
        made = step.decode(ops.zeros_like(step.latent.z))
        return {"encoder": ops.mean(ops.square(made), axis=tuple(range(1, len(made.shape))))}


class GrowsWithTheStep(SoundRegularizer):
    """A schedule of its own, which moving averages follow too slowly."""

    def __call__(self, step: vaereg.Step) -> Any:
        growth = ops.power(8.0, ops.cast(step.global_step, "float32"))
        return growth * super().__call__(step)


class SeesLatentsOnly(SoundRegularizer):
    """A sound term."""

    def __call__(self, step: vaereg.Step) -> Any:
        z = step.latent.z
        return ops.mean(ops.square(z), axis=tuple(range(1, len(z.shape))))


class ScalesWithTheBuild(SoundRegularizer):
    builds: list[Any] = []  # noqa: RUF012  # the fault under test

    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(params, context)
        self.builds.append(params)
        self.scale = float(len(self.builds))

    def __call__(self, step: vaereg.Step) -> Any:
        return self.scale * super().__call__(step)
