"""The extractor `classifier`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import keras
import numpy as np

import vaereg
from vaereg.basics.feature_extractors.inputs.checked_examples import (
    checked_examples,
    checked_form,
    checked_image,
)
from vaereg.basics.feature_extractors.inputs.evaluated_scale import on_evaluated_scale
from vaereg.basics.feature_extractors.networks.classifier_network import classifier_network
from vaereg.basics.feature_extractors.networks.run_in_batches import run_in_batches
from vaereg.basics.feature_extractors.networks.unseeded_draws import unseeded_draws
from vaereg.basics.feature_extractors.weights.array_identity import array_identity

if TYPE_CHECKING:
    from vaereg.basics.feature_extractors.declared import ClassifierParams

BATCH = 256
"""How many examples run at once after training."""

MOST_HELD_OUT = 10_000
"""The accuracy is measured on at most this many held-out examples."""

MOST_FOR_SCALE = 20_000
"""Mean and deviation of the inputs are measured on at most this many training examples."""

REPORT_EVERY = 100  # steps

INSTEAD = "Use the extractor efficientnet_lite0 (images) or pixels, which need no labels."


class Classifier:
    """The last hidden layer of a small network that learned the labels of the training data.

    The features capture what distinguishes the classes; `probabilities` shows missing classes. The
    network is trained once, with Adam on the cross-entropy, for `epochs` epochs or `least_steps`
    steps, whichever is more. It never sees generated data. Equal seeds give equal features on one
    backend.

    The features play the role of those of Inception for photographs in Heusel et al. 2017,
    arXiv:1706.08500.
    """

    def __init__(self, params: ClassifierParams, context: vaereg.BuildContext) -> None:
        data = context.data_spec
        if data.form == "image":
            checked_image("classifier", data)
        else:
            checked_form("classifier", data, ("image", "vector"))
        self._params = params
        self._shape = tuple(data.shape)
        self._state: dict[str, np.ndarray] = {}
        self._model: keras.Model | None = None

    @property
    def identity(self) -> str:
        """A hash of the weights and the scale of the inputs, 8 hex digits.

        Raises:
            vaereg.RunError: before a fit.
        """
        state = self._fitted()
        return array_identity({n: a for n, a in state.items() if "/" in n}, extractor="classifier")

    @property
    def facts(self) -> Mapping[str, object]:
        """`accuracy` on `examples` held-out examples; None and 0 if no examples are held out."""
        state = self._fitted()
        examples = int(state["examples"])
        return {"accuracy": float(state["accuracy"]) if examples else None, "examples": examples}

    def fit(self, data: vaereg.Data, seed: int, tell: Callable[[str], None]) -> None:
        """Trains on the labelled training split and measures the accuracy on held-out data.

        Raises:
            vaereg.DataError: without labels or with a single class.
        """
        labels = _labels(data.train)
        if labels is None:
            raise vaereg.DataError(
                f"extractor 'classifier' learns from labels, but this data has none. {INSTEAD}"
            )
        if len(np.unique(labels)) < 2:
            raise vaereg.DataError(
                "extractor 'classifier' learns to distinguish classes, but all "
                f"{len(labels)} training examples belong to class {labels[0]}. {INSTEAD}"
            )
        classes = max(data.spec.classes or 0, int(labels.max()) + 1)
        rng = np.random.default_rng(seed)
        mean, deviation = self._scale(data, rng)
        with unseeded_draws(seed):
            features, logits = self._network(classes, seed)
            self._train(logits, data, labels, (mean, deviation), rng, tell)
        self._model = features
        self._state = {
            "input/shape": np.asarray(self._shape),
            "input/mean": mean,
            "input/deviation": deviation,
            **_weights(logits),
        }
        self._measure(data, tell)

    def __call__(self, examples: np.ndarray) -> np.ndarray:
        """Features (n, dimensions), which are at least 0."""
        state = self._fitted()
        values = checked_examples("classifier", examples, self._shape)
        return run_in_batches(
            self._model,
            values,
            BATCH,
            lambda batch: (batch - state["input/mean"]) / state["input/deviation"],
        )

    def probabilities(self, features: np.ndarray) -> np.ndarray:
        """The class probabilities (n, classes), float32, of features (n, dimensions)."""
        state = self._fitted()
        logits = features.astype(np.float64) @ state["logits/kernel"] + state["logits/bias"]
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        chances: np.ndarray = (odds / odds.sum(axis=1, keepdims=True)).astype(np.float32)
        return chances

    def state(self) -> dict[str, np.ndarray]:
        """The weights, the scale of the inputs and the accuracy; empty before a fit."""
        return dict(self._state)

    def restore(self, state: dict[str, np.ndarray]) -> None:
        """Restores a state that `state` returned.

        Raises:
            vaereg.RunError: if the state has another form, shape or dimension.
        """
        head = state.get("logits/bias")
        classes = len(head) if head is not None and np.ndim(head) == 1 else 0
        with unseeded_draws():
            features, logits = self._network(max(classes, 1), seed=0)
        due = {name: array.shape for name, array in _weights(logits).items()}
        scale = self._shape[-1:]
        due |= {"input/mean": scale, "input/deviation": scale, "accuracy": (), "examples": ()}
        due["input/shape"] = (len(self._shape),)
        found = {name: np.shape(array) for name, array in state.items()}
        wrong = sorted(name for name in {*due, *found} if due.get(name) != found.get(name))
        if not wrong and tuple(state["input/shape"]) != self._shape:
            wrong = ["input/shape"]
        if wrong:
            raise vaereg.RunError(
                "this state does not fit extractor 'classifier' for examples of shape "
                f"{self._shape} and {self._params.dimensions} features: {', '.join(wrong[:3])} "
                "differ. Fit the extractor again."
            )
        self._state = {name: np.asarray(array) for name, array in state.items()}
        for layer in logits.layers:
            names = [f"{layer.name}/{each.name}" for each in layer.weights]
            layer.set_weights([self._state[name] for name in names])
        self._model = features

    def _scale(self, data: vaereg.Data, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """The mean and standard deviation, 1 instead of 0, of each channel or column, float32."""
        count = min(len(data.train), MOST_FOR_SCALE)
        chosen = np.sort(rng.choice(len(data.train), count, replace=False))
        values = on_evaluated_scale(data.train.take(chosen), data.spec)
        values = checked_examples("classifier", values, self._shape)
        columns = values.reshape(-1, values.shape[-1])
        mean = columns.mean(axis=0, dtype=np.float64)
        deviation = columns.std(axis=0, dtype=np.float64)
        deviation[deviation == 0] = 1.0
        return mean.astype(np.float32), deviation.astype(np.float32)

    def _network(self, classes: int, seed: int) -> tuple[keras.Model, keras.Model]:
        return classifier_network(
            self._shape, self._params.dimensions, classes, self._params.dropout, seed
        )

    def _train(
        self,
        model: keras.Model,
        data: vaereg.Data,
        labels: np.ndarray,
        scale: tuple[np.ndarray, np.ndarray],
        rng: np.random.Generator,
        tell: Callable[[str], None],
    ) -> None:
        params = self._params
        size = params.batch_size
        steps = max(params.least_steps, params.epochs * len(labels) // size)
        mean, deviation = scale
        rate = keras.optimizers.schedules.CosineDecay(params.learning_rate, steps, name="cosine")
        model.compile(
            optimizer=keras.optimizers.Adam(rate, name="classifier_adam"),
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            jit_compile=keras.backend.backend() == "jax",  # XLA on TensorFlow: 4 times the time
            auto_scale_loss=False,
        )
        order = np.empty(0, dtype=np.int64)
        for step in range(1, steps + 1):
            while len(order) < size:
                order = np.concatenate([order, rng.permutation(len(labels))])
            chosen, order = order[:size], order[size:]
            x = (on_evaluated_scale(data.train.take(chosen), data.spec) - mean) / deviation
            loss = float(model.train_on_batch(x, labels[chosen]))
            if not np.isfinite(loss):
                raise vaereg.DataError(
                    f"extractor 'classifier': its loss became {loss} at step {step}. "
                    "Lower its learning_rate, or check the data for invalid values."
                )
            if step % REPORT_EVERY == 0 or step == steps:
                tell(f"training the classifier: step {step} of {steps}, loss {loss:.3f}")

    def _measure(self, data: vaereg.Data, tell: Callable[[str], None]) -> None:
        """Stores the accuracy on held-out data in the state."""
        name, right, count = "", 0, 0
        for name, split in (("validation", data.validation), ("test", data.test)):
            labels = _labels(split) if split is not None else None
            if split is None or labels is None:
                continue
            at = np.arange(min(len(split), MOST_HELD_OUT))
            chances = self.probabilities(self(on_evaluated_scale(split.take(at), data.spec)))
            right, count = int(np.sum(chances.argmax(axis=1) == labels[at])), len(at)
            tell(f"the classifier is correct on {right} of {count} {name} examples")
            break
        self._state["accuracy"] = np.asarray(right / count if count else 0.0)
        self._state["examples"] = np.asarray(count)

    def _fitted(self) -> dict[str, np.ndarray]:
        if not self._state:
            raise vaereg.RunError(
                "extractor 'classifier' is not fitted yet; call fit or restore first."
            )
        return self._state


def _labels(split: vaereg.Split) -> np.ndarray | None:
    return split.labels(np.arange(len(split)))


def _weights(model: keras.Model) -> dict[str, np.ndarray]:
    return {
        f"{layer.name}/{weight.name}": keras.ops.convert_to_numpy(weight)
        for layer in model.layers
        for weight in layer.weights
    }
