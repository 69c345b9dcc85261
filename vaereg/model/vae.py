"""VAE: the model that Keras trains, composed of the parts of one declaration."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Literal, NoReturn, TypeVar, overload

import keras
import numpy as np

from vaereg.contracts.conditions import NO_CONDITIONS, Given
from vaereg.contracts.tensor import Tensor
from vaereg.errors import UsageError
from vaereg.model import named_arrays
from vaereg.model.backends.chosen_steps import BackendSteps
from vaereg.model.given_examples import check_examples
from vaereg.model.inference import DECODING, ENCODING, UseAfterTraining
from vaereg.model.keras_files import KerasFiles
from vaereg.model.losses.terms import weight_term

T = TypeVar("T")


@keras.saving.register_keras_serializable(package="vaereg")
class VAE(BackendSteps, KerasFiles, UseAfterTraining):
    """A variational autoencoder with any number of regularizers and discriminators.

    `fit` and `evaluate` take batches x (B, *data) in float32, without targets. Calling the model
    gives reconstructions (B, *data) at the mode of the posterior. `PlayersModel` holds the parts
    and players; the active backend defines the train step.

    Args:
        parts: the built parts.
        declaration: gives the weights, the KL control and the training settings.
        dataset_size: the number of training examples.
    """

    @property
    def metrics_names(self) -> list[str]:
        """The names of the terms that `evaluate` returns, in its order; "loss" first."""
        in_training = {*map(weight_term, self._measured())}  # found from gradients
        return [name for name in self.term_names if name not in in_training]

    @overload
    def evaluate(
        self,
        *args: Any,  # those of keras.Model.evaluate, which has no types
        return_dict: Literal[False] = ...,
        **kwargs: Any,  # likewise
    ) -> list[float]: ...

    @overload
    def evaluate(
        self,
        *args: Any,  # likewise
        return_dict: Literal[True],
        **kwargs: Any,  # likewise
    ) -> dict[str, float]: ...

    def evaluate(
        self,
        *args: Any,  # likewise
        return_dict: bool = False,
        **kwargs: Any,  # likewise
    ) -> list[float] | dict[str, float]:
        """As in Keras, but with averaged weights, equal noise each time, no effect on training.

        Returns:
            The terms in the order of `metrics_names`, or by name with `return_dict`.
        """
        self.reset_evaluation_noise()
        with self.averaged(), self.keeping_variables():
            logs = super().evaluate(*args, return_dict=True, **kwargs)
        self.reset_evaluation_noise()
        evaluated = {name: logs[name] for name in self.metrics_names}
        return evaluated if return_dict else self._flatten_metrics_in_order(evaluated)

    def _flatten_metrics_in_order(self, logs: Mapping[str, Any]) -> list[Any]:  # floats or tensors
        """Keras calls this to list the terms of `evaluate`, `train_on_batch`, `test_on_batch`.

        Keras itself would sort them alphabetically, since all terms are one metric here.
        """
        names = self.metrics_names
        others = [name for name in self.term_names if name not in names]
        return [logs[name] for name in (*names, *others) if name in logs]

    def __call__(
        self,
        inputs: Tensor,
        *args: Any,  # those of keras.Model.__call__, which has no types
        **kwargs: Any,  # likewise
    ) -> Tensor:
        """Reconstructions (B, *data) at the mode of the posterior; see `call`.

        Raises:
            DataError: if the examples have another shape than the declared data.
            UsageError: if parts ask for conditions, and there is no `given`.
        """
        check_examples(inputs, self.parts.data_spec)  # Keras wraps what `call` raises
        if not kwargs.get("given"):
            self._told(NO_CONDITIONS, 1, (*ENCODING, *DECODING))
        return super().__call__(inputs, *args, **kwargs)

    def call(self, inputs: Tensor, training: bool = False, given: Given | None = None) -> Tensor:
        """Reconstructions (B, *data) at the mode of the posterior.

        Args:
            inputs: (B, *data).
            training: ignored.
            given: the conditions of the examples, if parts ask for any: tensors by name.
        """
        del training
        check_examples(inputs, self.parts.data_spec)  # JAX predicts without `__call__`
        return self._passes.told(given or {}).reconstruct(inputs)

    def predict(
        self,
        *args: Any,  # those of keras.Model.predict, which has no types
        given: Given = NO_CONDITIONS,
        **kwargs: Any,  # likewise
    ) -> Any:  # an array
        """As in Keras: reconstructions (n, *data).

        Args:
            args, kwargs: as in Keras.
            given: the conditions of the examples, if the encoder or the decoder asks for any; then
                the other arguments but the first are ignored.

        Raises:
            UsageError: if a condition is missing or wrong.
        """
        if given or self.parts.conditions:
            return self.reconstruct(np.asarray(kwargs.get("x", *args[:1])), given)
        return super().predict(*args, **kwargs)

    def export(
        self,
        *args: Any,  # those of keras.Model.export, which has no types
        **kwargs: Any,  # likewise
    ) -> NoReturn:
        """Refused: an export for other programs does not exist yet."""
        del args, kwargs
        raise UsageError(
            "vaereg cannot export a VAE for other programs yet; keep it with "
            'vae.save("NAME.keras") and open it with keras.models.load_model("NAME.keras"), which '
            "gives encode, decode, reconstruct and sample."
        )

    def state(self) -> dict[str, np.ndarray]:
        """Everything needed for bit-exact continuation, by path: weights, averages, optimizers,
        random states, running means."""
        self.synchronise()
        return named_arrays.values(named_arrays.by_path(self.all_variables()))

    def restore(self, arrays: Mapping[str, np.ndarray], *, as_declared: bool = False) -> None:
        """Restores a state that `state()` returned.

        Args:
            arrays: the state.
            as_declared: whether the declaration may have changed since: the declared learning
                rates are kept instead of those of the state, and the running means begin anew if
                other terms are logged now.

        Raises:
            RunError: if a path is on one side only, or a shape differs.
        """
        variables = named_arrays.by_path(self.all_variables())
        if as_declared:
            variables, arrays = _without_rates(variables), _without_rates(arrays)
            means = {each.path: each.shape for each in self.metrics_variables}
            if any(arrays[path].shape != shape for path, shape in means.items() if path in arrays):
                variables, arrays = _without(variables, means), _without(arrays, means)
        named_arrays.assign(variables, arrays)


def _without_rates(values: Mapping[str, T]) -> dict[str, T]:
    # a schedule is no part of a state, so either side may lack a learning rate
    return {path: each for path, each in values.items() if not path.endswith("/learning_rate")}


def _without(values: Mapping[str, T], paths: Collection[str]) -> dict[str, T]:
    return {path: each for path, each in values.items() if path not in paths}
