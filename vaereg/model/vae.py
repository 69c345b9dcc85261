"""VAE: the model that Keras trains, composed of the parts of one declaration."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import keras
import numpy as np

from vaereg.contracts.conditions import NO_CONDITIONS, Given
from vaereg.contracts.tensor import Tensor
from vaereg.errors import UsageError
from vaereg.model.backends.chosen_steps import BackendSteps
from vaereg.model.given_examples import check_examples
from vaereg.model.inference import DECODING, ENCODING, UseAfterTraining
from vaereg.model.keras_files import KerasFiles
from vaereg.model.losses.terms import weight_term

T = TypeVar("T")

SAVED_MODEL = "tf_saved_model"
"""Keras's name of the format."""


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
        filepath: str | os.PathLike[str],
        format: str = SAVED_MODEL,  # noqa: A002  # Keras's name
        verbose: bool | None = None,
        input_signature: Sequence[keras.InputSpec] | None = None,
    ) -> None:
        """Writes a TensorFlow SavedModel with the functions encode, decode, reconstruct and sample.

        `serve`, which Keras writes, is `reconstruct`. `sample(n, seed)` draws from the prior. The
        folder is kept only if its functions give the numbers of the model.

        Args:
            filepath: the folder; an older SavedModel there is replaced.
            format: "tf_saved_model".
            verbose: whether to print the folder.
            input_signature: as in Keras; the batch size is free in any case.

        Raises:
            UsageError: on another backend, for another format or signature, or if the folder holds
                something else.
            RunError: if a part cannot be traced, or the functions give other numbers.
        """
        self.check_exportable()
        if format != SAVED_MODEL:
            raise UsageError(f'export writes format="{SAVED_MODEL}"; got {format!r}')
        spec = self.parts.data_spec
        for each in input_signature or ():
            if tuple(each.shape[1:]) != spec.shape:
                raise UsageError(
                    f"the model takes examples of shape (None, {', '.join(map(str, spec.shape))});"
                    f" input_signature has {tuple(each.shape)}"
                )
        from vaereg.model.backends.tensorflow.saved_model import export_with_prior

        path = Path(filepath)
        export_with_prior(self, path)
        if verbose:
            print(f"saved to {path}")  # noqa: T201  # as Keras does

    def check_exportable(self) -> None:
        """Raises UsageError unless a SavedModel can be written on the active backend."""
        backend = keras.backend.backend()
        if backend != "tensorflow":
            raise UsageError(
                f"a SavedModel is written on TensorFlow; this process uses {backend}. Open the run "
                'there: vaereg.load(RUN, backend="tensorflow")'
            )
