"""A sound augmentation, and others with one fault each."""

from __future__ import annotations

import numpy as np
from keras import ops, random


class SoundAugmentation:
    """Fades each example towards the middle of its range, by a share of its own."""

    least = 0.5

    def __init__(self, params, context):
        del params
        low, high = context.data_spec.value_range or (0.0, 0.0)
        self.middle = 0.5 * (low + high)

    def __call__(self, values, seed):
        return self.faded(values, self.drawn(values, seed))

    def drawn(self, values, seed):
        shape = (ops.shape(values)[0], *(1 for _ in values.shape[1:]))
        return random.uniform(shape, self.least, 1.0, "float32", seed)

    def faded(self, values, share):
        return self.middle + share * (values - self.middle)


class ForgetsTheRange(SoundAugmentation):
    def faded(self, values, share):
        return values + share


class GivesHalfPrecision(SoundAugmentation):
    def __call__(self, values, seed):
        return ops.cast(super().__call__(values, seed), "float16")


class LosesARow(SoundAugmentation):
    def __call__(self, values, seed):
        return super().__call__(values, seed)[:, 1:]


class DrawsOncePerBatch(SoundAugmentation):
    def drawn(self, values, seed):
        return random.uniform((), self.least, 1.0, "float32", seed)


class DrawsTheSameInEachStep(SoundAugmentation):
    def drawn(self, values, seed):
        return super().drawn(values, seed if isinstance(seed, int) else 1)


class DrawsFromElsewhere(SoundAugmentation):
    def drawn(self, values, seed):
        shape = (values.shape[0], *(1 for _ in values.shape[1:]))
        return ops.convert_to_tensor(np.random.uniform(size=shape).astype("float32"))  # the fault


class MixesExamples(SoundAugmentation):
    def faded(self, values, share):
        return share * values + (1.0 - share) * ops.roll(values, 1, axis=0)


class ShufflesTheBatch(SoundAugmentation):
    def faded(self, values, share):
        return super().faded(ops.roll(values, 1, axis=0), share)


class RoundsToLevels(SoundAugmentation):
    def faded(self, values, share):
        return ops.round(super().faded(values, share) * 255.0) / 255.0


class DoesNothing(SoundAugmentation):
    def faded(self, values, share):
        return values


class DisturbsTheEncoder(SoundAugmentation):
    """Of latents, where the encoder is known: it makes the encoder see other examples."""

    def __init__(self, params, context):
        super().__init__(params, context)
        encoder = context.parts["encoder"]
        encode = encoder.call
        encoder.call = lambda x, training=False: encode(0.5 * x, training=training)
