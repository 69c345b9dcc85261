"""VAE: the model that Keras trains, composed of the parts of one declaration."""

from __future__ import annotations

from typing import Any, NoReturn, TypeVar

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
