"""Components that ask for conditions, with one fault each."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

import vaereg
from tests.kit.faulty_arrays import SoundDataset, SoundSampler
from tests.kit.faulty_distributions import SoundPrior, summed
from tests.kit.faulty_layers import SoundCritic, SoundDecoder, SoundEncoder, SoundPosterior
from tests.kit.faulty_likelihoods import FallsWithin
from tests.kit.faulty_terms import SoundRegularizer

CLASSES = 3


class ToldEncoder(SoundEncoder):
    """Sound: adds a learned value for each class to its features."""

    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(params, context)
        self.shift = keras.layers.Embedding(
            CLASSES, 6, embeddings_initializer=keras.initializers.RandomNormal(seed=1), name="shift"
        )

    def of(self, label: Any) -> Any:
        return self.shift(label)

    def call(self, x: Any, given: Any, training: bool = False) -> Any:
        features = super().call(x)
        return features + ops.cast(self.of(given["label"]), features.dtype)


class TellsAllWhatTheFirstIsTold(ToldEncoder):
    def of(self, label: Any) -> Any:
        return self.shift(label[:1])


class SortsItsConditions(ToldEncoder):
    def of(self, label: Any) -> Any:
        return self.shift(ops.sort(label))


class MeansOverItsConditions(ToldEncoder):
    def of(self, label: Any) -> Any:
        return ops.mean(self.shift(label), axis=0, keepdims=True)


class AsksInVain(ToldEncoder):
    def of(self, label: Any) -> Any:
        return self.shift(ops.zeros_like(label))


class AsksForTwoAndUsesOne(ToldEncoder):
    """It is declared to ask for `size` too."""


class ToldDecoder(SoundDecoder):
    """Sound, and starts without a use of its condition."""

    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(params, context)
        self.scale = keras.layers.Embedding(
            CLASSES, 1, embeddings_initializer="zeros", name="scale"
        )

    def call(self, z: Any, given: Any, training: bool = False) -> Any:
        outputs = super().call(z)
        scale = ops.cast(self.scale(given["label"]), outputs.dtype)
        return outputs + ops.reshape(scale, (-1, *(1,) * len(self.shape)))


class ToldPosterior(SoundPosterior):
    """Sound: moves the mode by the class."""

    def repeated_label(self, label: Any, samples: int) -> Any:
        return ops.tile(label, (samples,))

    def call(
        self, features: Any, samples: int = 1, seed: Any = None, training: bool = False, given=None
    ) -> Any:
        latent = super().call(features, samples=samples, seed=seed, training=training)
        label = self.repeated_label(given["label"], samples)
        shift = ops.reshape(ops.cast(label, "float32"), (-1, *(1,) * (len(latent.mode.shape) - 1)))
        return latent._replace(z=latent.z + shift, mode=latent.mode + shift)


class RepeatsLabelsOneByOne(ToldPosterior):
    def repeated_label(self, label: Any, samples: int) -> Any:
        return ops.repeat(label, samples)


class ReadsWhatItDidNotAskFor(SoundRegularizer):
    def __call__(self, step: vaereg.Step) -> Any:
        return super().__call__(step) * ops.cast(step.given["label"], "float32")


class ToldSampler(SoundSampler):
    """Sound: a Gaussian for each class."""

    def fit(self, latents: np.ndarray, seed: int, given: Any) -> None:
        chosen = self.labels_of_fit(given["label"])
        self.mean = np.stack(
            [latents[chosen == each].mean(axis=0) for each in range(CLASSES)]
        ).astype(np.float32)

    def labels_of_fit(self, label: np.ndarray) -> np.ndarray:
        return label

    def labels(self, label: np.ndarray) -> np.ndarray:
        return label

    def sample(self, n: int, seed: int, given: Any) -> np.ndarray:
        noise = np.random.default_rng(seed).normal(size=(n, *self.shape))
        return (self.mean[self.labels(given["label"])] + noise).astype(np.float32)


class DrawsOfTheNextClass(ToldSampler):
    def labels(self, label: np.ndarray) -> np.ndarray:
        return (label + 1) % CLASSES


class DrawsInAnotherOrder(ToldSampler):
    def labels(self, label: np.ndarray) -> np.ndarray:
        return np.sort(label)


class LearnsWithoutLabels(ToldSampler):
    def labels_of_fit(self, label: np.ndarray) -> np.ndarray:
        return np.arange(len(label)) // 2 % CLASSES


class ToldSeededLikelihood(FallsWithin):
    """Sound: its rate depends on the class, and its density asks for a seed."""

    def of(self, label: Any) -> Any:
        return label

    def seed_of(self, seed: Any) -> Any:
        return seed

    def shifted(self, outputs: Any, given: Any) -> Any:
        shift = ops.cast(self.of(given["label"]), "float32")
        return outputs + ops.reshape(shift, (-1, *(1,) * (len(outputs.shape) - 1)))

    def mean(self, outputs: Any, given: Any) -> Any:
        return super().mean(self.shifted(outputs, given))

    def log_prob(
        self, x: Any, outputs: Any, training: bool = False, *, seed: Any, given: Any
    ) -> Any:
        noise = keras.random.uniform(ops.shape(x), dtype="float32", seed=self.seed_of(seed))
        return super().log_prob(x, self.shifted(outputs, given)) + 1e-4 * summed(noise - 0.5)

    def sample(self, outputs: Any, seed: Any, given: Any) -> Any:
        return super().sample(self.shifted(outputs, given), seed)


class LikelihoodSortsItsConditions(ToldSeededLikelihood):
    def of(self, label: Any) -> Any:
        return ops.sort(label)


class LikelihoodIgnoresItsSeed(ToldSeededLikelihood):
    def seed_of(self, seed: Any) -> Any:
        return int(np.random.default_rng().integers(2**31))


class MeansAnotherClass(ToldSeededLikelihood):
    """Shows the mean of the next class."""

    def mean(self, outputs: Any, given: Any) -> Any:
        return super().mean(outputs, {"label": (given["label"] + 1) % CLASSES})


class DrawsAnotherClass(ToldSeededLikelihood):
    """Draws from the density of the next class."""

    def sample(self, outputs: Any, seed: Any, given: Any) -> Any:
        return super().sample(outputs, seed, {"label": (given["label"] + 1) % CLASSES})


class ToldPrior(SoundPrior):
    """Sound: N(1 + label, 4 I)."""

    def shift(self, label: Any) -> Any:
        return ops.reshape(ops.cast(label, "float32"), (-1, *(1,) * len(self.latent_shape)))

    def sample(self, n: int, seed: Any, given: Any) -> Any:
        return super().sample(n, seed) + self.shift(given["label"])

    def log_prob(self, z: Any, given: Any) -> Any:
        return super().log_prob(z - self.shift(given["label"]))

    def kl(self, latent: vaereg.Latent, given: Any) -> Any:
        return super().kl(latent._replace(mode=latent.mode - self.shift(given["label"])))


class PriorDrawsTheNextClass(ToldPrior):
    def sample(self, n: int, seed: Any, given: Any) -> Any:
        return super().sample(n, seed, {"label": (given["label"] + 1) % CLASSES})


class PriorComparesWithTheNextClass(ToldPrior):
    def kl(self, latent: vaereg.Latent, given: Any) -> Any:
        return super().kl(latent, {"label": (given["label"] + 1) % CLASSES})


class ToldRegularizer(SoundRegularizer):
    """Sound: counts each class by a weight of its own."""

    def of(self, label: Any) -> Any:
        return label

    def __call__(self, step: vaereg.Step) -> Any:
        return super().__call__(step) * (1.0 + ops.cast(self.of(step.given["label"]), "float32"))


class ComparesClassesOfABatch(ToldRegularizer):
    """Sound: one value for the batch."""

    def of(self, label: Any) -> Any:
        return ops.max(label) + ops.zeros_like(label)


class DrawsByItsConditions(ToldRegularizer):
    """Sound: noise for each example, of the size of its class."""

    def __call__(self, step: vaereg.Step) -> Any:
        found = super().__call__(step)
        return found + keras.random.uniform(ops.shape(found), dtype="float32", seed=step.seed)


class RegularizerSortsItsConditions(ToldRegularizer):
    def of(self, label: Any) -> Any:
        return ops.sort(label)


class ToldCritic(SoundCritic):
    """Sound: a score for each class."""

    def of(self, label: Any) -> Any:
        return label

    def seen(self, step: vaereg.Step, x: Any) -> Any:
        scale = 1.0 + ops.cast(self.of(step.given["label"]), "float32")
        return ops.cast(self.evaluate(x), "float32") * scale

    def critic_loss(self, step: vaereg.Step) -> Any:
        real, fake = (self.seen(step, each) for each in (step.x, step.reconstruction))
        return ops.softplus(-real) + ops.softplus(fake)

    def generator_loss(self, step: vaereg.Step) -> Any:
        return ops.softplus(-self.seen(step, step.reconstruction))


class CriticTakesTheLabelsOfOthers(ToldCritic):
    def of(self, label: Any) -> Any:
        return ops.flip(label, axis=0)


class ToldDataset(SoundDataset):
    """Sound: a class and an angle for each example."""

    def split(self, values: np.ndarray) -> vaereg.ArraySplit:
        labels, angles = self.labels(values), values[:, 0]
        return vaereg.ArraySplit(values, labels, conditions={"angle": angles})

    def labels(self, values: np.ndarray) -> np.ndarray:
        return (values[:, 0] * CLASSES).astype(int)

    def __call__(self) -> vaereg.Data:
        data = super().__call__()
        angle = vaereg.Condition(name="angle")
        spec = vaereg.DataSpec(form="vector", shape=(3,), size=30, classes=CLASSES, given=(angle,))
        return vaereg.Data(spec=spec, train=data.train, test=data.test, digest="made")


class _SortedLabels(vaereg.ArraySplit):
    def labels(self, indices: np.ndarray) -> np.ndarray:
        return super().labels(np.sort(indices))


class SortsItsLabels(ToldDataset):
    def split(self, values: np.ndarray) -> vaereg.ArraySplit:
        return _SortedLabels(values, self.labels(values), conditions={"angle": values[:, 0]})


class _SortedAngles(vaereg.ArraySplit):
    def given(self, indices: np.ndarray) -> dict[str, np.ndarray]:
        return {"angle": super().given(np.sort(indices))["angle"]}


class SortsItsAngles(ToldDataset):
    def split(self, values: np.ndarray) -> vaereg.ArraySplit:
        return _SortedAngles(values, self.labels(values), conditions={"angle": values[:, 0]})


class _NextClass(vaereg.ArraySplit):
    def given(self, indices: np.ndarray) -> dict[str, np.ndarray]:
        found = super().given(indices)
        return {**found, "label": (found["label"] + 1) % CLASSES}


class GivesTheNextClass(ToldDataset):
    def split(self, values: np.ndarray) -> vaereg.ArraySplit:
        return _NextClass(values, self.labels(values), conditions={"angle": values[:, 0]})


class GivesNoAngle(ToldDataset):
    def split(self, values: np.ndarray) -> vaereg.ArraySplit:
        return vaereg.ArraySplit(values, self.labels(values))


class LabelsAnewEachTime(ToldDataset):
    def labels(self, values: np.ndarray) -> np.ndarray:
        return np.random.default_rng().integers(0, CLASSES, len(values))


CONDITIONAL = [
    (
        "conditions-stay-with-their-examples",
        "encoder",
        "TellsAllWhatTheFirstIsTold",
        "not permuted with",
    ),
    ("conditions-stay-with-their-examples", "encoder", "SortsItsConditions", "not permuted with"),
    (
        "conditions-stay-with-their-examples",
        "posterior",
        "RepeatsLabelsOneByOne",
        "mode is not permuted",
    ),
    (
        "conditions-stay-with-their-examples",
        "likelihood",
        "LikelihoodSortsItsConditions",
        "not permuted with",
    ),
    (
        "equal-seeds-equal-outputs",
        "likelihood",
        "LikelihoodIgnoresItsSeed",
        "log_prob differs by",
    ),
    (
        "conditions-stay-with-their-examples",
        "regularizer",
        "RegularizerSortsItsConditions",
        "penalty is not permuted",
    ),
    (
        "conditions-stay-with-their-examples",
        "discriminator",
        "CriticTakesTheLabelsOfOthers",
        "is not permuted",
    ),
    ("draws-follow-the-density", "prior", "PriorDrawsTheNextClass", "sigma"),
    ("kl-is-what-samples-say", "prior", "PriorComparesWithTheNextClass", "sigma"),
    ("examples-are-taken-by-position", "dataset", "SortsItsLabels", "labels.* differs from"),
    ("conditions-are-taken-by-position", "dataset", "SortsItsAngles", "angle at .* differs"),
    ("conditions-are-taken-by-position", "dataset", "SortsItsLabels", "label at .* differs"),
    ("conditions-are-taken-by-position", "dataset", "GivesTheNextClass", "not that of labels"),
    ("conditions-are-taken-by-position", "dataset", "GivesNoAngle", "does not give it"),
    ("conditions-are-taken-by-position", "dataset", "LabelsAnewEachTime", "loaded again"),
    ("mean-is-the-expectation", "likelihood", "MeansAnotherClass", "the mean of draws differ"),
    (
        "likelihood-draws-follow-the-density",
        "likelihood",
        "DrawsAnotherClass",
        "differs from the density's",
    ),
    ("examples-are-independent", "encoder", "MeansOverItsConditions", "changes with its batch"),
    ("what-is-asked-for-matters", "encoder", "AsksInVain", "no output changes.*'label'"),
    (
        "samples-follow-their-conditions",
        "sampler",
        "DrawsOfTheNextClass",
        "nearest to the class",
    ),
    (
        "samples-follow-their-conditions",
        "sampler",
        "DrawsInAnotherOrder",
        "nearest to the class",
    ),
    (
        "samples-follow-their-conditions",
        "sampler",
        "LearnsWithoutLabels",
        "nearest to the class",
    ),
]
"""Law, kind, class, and the text of the fault that the kit must find."""

SOUND_CONDITIONAL = {
    "encoder": "ToldEncoder",
    "decoder": "ToldDecoder",
    "posterior": "ToldPosterior",
    "prior": "ToldPrior",
    "likelihood": "ToldSeededLikelihood",
    "regularizer": "ToldRegularizer",
    "discriminator": "ToldCritic",
    "dataset": "ToldDataset",
    "sampler": "ToldSampler",
}
"""The sound components to which these faults were added."""
