"""Samplers and datasets with one fault each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import numpy as np

import vaereg


class SoundSampler:
    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        self.shape = context.latent_shape
        self.mean = np.zeros(self.shape)

    def fit(self, latents: np.ndarray, seed: int) -> None:
        self.mean = latents.mean(axis=0)

    def sample(self, n: int, seed: int) -> np.ndarray:
        noise = np.random.default_rng(seed).normal(size=(n, *self.shape))
        return (self.mean + noise).astype(np.float32)

    def state(self) -> dict[str, np.ndarray]:
        return {"mean": self.mean}

    def restore(self, state: dict[str, np.ndarray]) -> None:
        self.mean = state["mean"]


class RaisesInFit(SoundSampler):
    def fit(self, latents: np.ndarray, seed: int) -> None:
        raise TypeError("it does not like latents")


class PrintsItsProgress(SoundSampler):
    def fit(self, latents: np.ndarray, seed: int) -> None:
        print("epoch 1 of 1")  # noqa: T201  # the fault
        super().fit(latents, seed)


class DecodesWhatItDraws(SoundSampler):
    """A sound sampler that keeps the draws whose decoded data is brightest."""

    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(params, context)
        self.context = context

    def sample(self, n: int, seed: int) -> np.ndarray:
        drawn = super().sample(2 * n, seed)
        order = np.argsort(self.data_of(drawn).reshape(2 * n, -1).mean(axis=1), kind="stable")
        return drawn[np.sort(order[:n])]

    def data_of(self, latents: np.ndarray) -> np.ndarray:
        assert self.context.decode is not None
        return np.asarray(self.context.decode(latents))


class TakesDataForOutputs(DecodesWhatItDraws):
    def data_of(self, latents: np.ndarray) -> np.ndarray:
        assert self.context.likelihood is not None
        data = super().data_of(latents)
        return np.asarray(self.context.likelihood.mean(data))  # decode gives the mean already


class GivesDoubles(SoundSampler):
    def sample(self, n: int, seed: int) -> np.ndarray:
        return super().sample(n, seed).astype(np.float64)


class IgnoresTheSeed(SoundSampler):
    def sample(self, n: int, seed: int) -> np.ndarray:
        return super().sample(n, 0)


class DrawsTensors(SoundSampler):
    """A sound sampler that can be exported."""

    def draw(self, n: int, seed: int) -> Any:
        import keras

        mean = keras.ops.convert_to_tensor(self.mean, "float32")
        return mean + keras.random.normal((n, *self.shape), seed=seed)


class DrawsWiderTensors(DrawsTensors):
    def draw(self, n: int, seed: int) -> Any:
        return 1.5 * super().draw(n, seed)


class ForgetsWhatItLearned(SoundSampler):
    def state(self) -> dict[str, np.ndarray]:
        return {}

    def restore(self, state: dict[str, np.ndarray]) -> None:
        del state


class SoundDataset:
    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        del params, context

    def values(self) -> np.ndarray:
        return np.random.default_rng(0).uniform(size=(40, 3)).astype(np.float32)

    def split(self, values: np.ndarray) -> vaereg.ArraySplit:
        return vaereg.ArraySplit(values)

    def __call__(self) -> vaereg.Data:
        values = self.values()
        spec = vaereg.DataSpec(form="vector", shape=(3,), size=30)
        train, test = self.split(values[:30]), self.split(values[30:])
        return vaereg.Data(spec=spec, train=train, test=test, digest="made")


class HoldsNaN(SoundDataset):
    def values(self) -> np.ndarray:
        values = super().values()
        values[3, 1] = np.nan
        return values


class _Sorted(vaereg.ArraySplit):
    def take(self, indices: np.ndarray) -> np.ndarray:
        return super().take(np.sort(indices))


class SortsPositions(SoundDataset):
    def split(self, values: np.ndarray) -> vaereg.ArraySplit:
        return _Sorted(values)


class SplitsAnewEachTime(SoundDataset):
    def values(self) -> np.ndarray:
        return np.random.default_rng().permutation(super().values())


class TestsOnTrainingData(SoundDataset):
    __test__ = False  # pytest takes the name for a test

    def __call__(self) -> vaereg.Data:
        data = super().__call__()
        return vaereg.Data(spec=data.spec, train=data.train, test=data.train, digest="made")


@attrs.frozen(kw_only=True)
class PathParams:
    path: str = vaereg.param(".", "what is read")


class ReadsOthersOtherwise(SoundDataset):
    def read(
        self, path: Path, spec: vaereg.DataSpec, data: Callable[[], vaereg.Data]
    ) -> vaereg.Examples:
        del path, spec, data
        values = self.values()
        own = values / values[:20].max()  # its own extremes, not those of the training
        return vaereg.Examples(split=self.split(own), names=lambda i: [str(each) for each in i])
