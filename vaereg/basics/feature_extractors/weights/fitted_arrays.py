"""What an extractor learned from training data: arrays that are kept, hashed and restored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

import vaereg
from vaereg.basics.feature_extractors.weights.array_identity import array_identity


class FittedArrays:
    """The arrays of an extractor by name; empty until `learn` or `restore`.

    Args:
        extractor: its name, for messages and for the identity.
        names: the names of the arrays.
        shape: the shape of one example.
        settings: plain values that belong to the identity.
    """

    def __init__(
        self, extractor: str, names: Sequence[str], shape: tuple[int, ...], **settings: object
    ) -> None:
        self._extractor = extractor
        self._names = set(names)
        self._shape = shape
        self._settings = settings
        self._arrays: dict[str, np.ndarray] = {}

    @property
    def identity(self) -> str:
        """A hash of the arrays, 8 hex digits.

        Raises:
            vaereg.RunError: before a fit.
        """
        return array_identity(self.fitted, extractor=self._extractor, **self._settings)

    @property
    def fitted(self) -> Mapping[str, np.ndarray]:
        """The arrays.

        Raises:
            vaereg.RunError: before a fit.
        """
        if not self._arrays:
            raise vaereg.RunError(
                f"extractor '{self._extractor}' is not fitted yet; call fit or restore first."
            )
        return self._arrays

    def learn(self, **arrays: np.ndarray) -> None:
        """Keeps the arrays of a fit."""
        self._arrays = arrays

    def state(self) -> dict[str, np.ndarray]:
        """The arrays, as `restore` takes them."""
        return dict(self._arrays)

    def restore(
        self,
        state: Mapping[str, np.ndarray],
        fits: Callable[[Mapping[str, np.ndarray]], bool],
    ) -> None:
        """Restores a state that `state` returned.

        Args:
            state: the arrays.
            fits: whether arrays of the right names are those of this data.

        Raises:
            vaereg.RunError: if it is the state of another extractor or of other data.
        """
        taken = {name: np.asarray(array) for name, array in state.items()}
        if set(taken) != self._names or not fits(taken):
            raise vaereg.RunError(
                f"this state does not fit extractor '{self._extractor}' for examples of shape "
                f"{self._shape}: it holds {', '.join(sorted(taken)[:4]) or 'nothing'}. "
                "Fit the extractor again."
            )
        self._arrays = taken
