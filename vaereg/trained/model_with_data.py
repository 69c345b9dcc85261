"""A model with the data that it was trained on: what both are, and examples of the data."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from vaereg.assembly.array_groups import ArrayGroups
from vaereg.assembly.told import handed_out
from vaereg.contracts.conditions import NO_CONDITIONS, Condition, Given, conditions_at
from vaereg.contracts.data import Data, DataSpec, Split
from vaereg.contracts.latent_groups import LatentGroups
from vaereg.declaration.declaration import Declaration
from vaereg.host.progress import Progress
from vaereg.trained.example_conditions import ExampleConditions
from vaereg.trained.examples.example_batches import ExampleBatch, batch_size, example_batches
from vaereg.trained.examples.read_examples import examples_of_split, read_examples
from vaereg.trained.split_of_data import check_split, split_of
from vaereg.trained.units import MODEL, given_examples, taken_examples
from vaereg.trained.whole_number import whole_number

if TYPE_CHECKING:
    from vaereg.model.vae import VAE


class ModelWithData:
    """A model and the data that it was trained on.

    Args:
        vae: the model.
        declaration: the declaration that it was built from.
        data: reads the training data; called once, when the data is first needed.
        weights: which weights the model has: "final", "last" or "best".
        progress: shows stages that take long; None to show nothing.
    """

    def __init__(
        self,
        vae: VAE,
        declaration: Declaration,
        data: Callable[[], Data],
        weights: str,
        progress: Progress | None,
    ) -> None:
        self._vae = vae
        self._declaration = declaration
        self._read = data
        self._weights = weights
        self._progress = Progress(quiet=True) if progress is None else progress
        self._known = ExampleConditions()

    @property
    def declaration(self) -> Declaration:
        """The declaration: every component with its parameters, and the training settings."""
        return self._declaration

    @property
    def vae(self) -> VAE:
        """The compiled keras.Model."""
        return self._vae

    @property
    def weights(self) -> str:
        """Which weights the model has: "final", "last" or "best"."""
        return self._weights

    @property
    def spec(self) -> DataSpec:
        """The specification of an example: its shape and its value range."""
        spec: DataSpec = self._vae.parts.data_spec
        return spec

    @property
    def latent_shape(self) -> tuple[int, ...]:
        """The shape of one latent."""
        return self._declaration.latent_shape

    @property
    def latent(self) -> LatentGroups:
        """The groups of a latent: `split` takes latents apart, `join` puts them together."""
        return ArrayGroups(self._declaration.latent.groups)

    @cached_property
    def data(self) -> Data:
        """The data that the model was trained on, read when it is first used.

        Raises:
            DataError: if it cannot be read.
            LockError: if its content has changed since the training.
        """
        return self._read()

    def examples(self, n: int, split: str = "test", units: str = MODEL) -> np.ndarray:
        """The first n examples of a split, (n, *data).

        Args:
            n: how many.
            split: "train", "validation" or "test".
            units: "model", as the model takes them, or "original".

        Raises:
            DataError: if the data has no such split, or fewer examples.
            UsageError: for any other split.
        """
        found = self._split(n, split)
        examples = found.take(np.arange(n))
        if self._conditions:
            self._known.remember(examples, conditions_at(found, self._conditions, np.arange(n)))
        return self._give(examples, units)

    def batches(
        self,
        data: str | os.PathLike[str] | None = None,
        split: str = "test",
        given: Given | None = None,
        size: int | None = None,
    ) -> Iterator[ExampleBatch]:
        """The examples of a file or a folder, read as the training data was, batch by batch.

        Each batch has `examples` (n, *data), `names` of the files or rows, `labels` (the names of
        their classes, or None) and the conditions that the model is told, as `given`.

        Args:
            data: a file or a folder that the dataset of the run can read; None for a split of the
                training data.
            split: "train", "validation" or "test".
            given: conditions of all examples, instead of those that the data gives.
            size: of a batch; None for one that fits in memory.

        Raises:
            DataError: if the data cannot be read, for examples of another shape or range than those
                of the training, and for labels that a conditional model does not know.
            UsageError: for any other split, or wrong conditions.
        """
        spec, slot = self.spec, self._declaration.data_slot
        if data is None:
            examples = examples_of_split(self.data, split, self._declaration.data_name)
        else:
            examples = read_examples(
                Path(data), self._declaration, spec, lambda: self.data, self._progress
            )
        count = batch_size(spec) if size is None else whole_number("size", size, 1)
        asked = self._vae.parts.conditions
        return example_batches(examples, spec, slot, asked, given or NO_CONDITIONS, count)

    def given(self, n: int, split: str = "test") -> dict[str, np.ndarray]:
        """The conditions of the first n examples of a split, by name: classes (n,) int32, others
        (n, *shape) float32. Empty if `given` of the data names none.

        Args:
            n, split: as for `examples`.

        Raises:
            DataError, UsageError: as for `examples`.
        """
        return conditions_at(self._split(n, split), self._conditions, np.arange(n))

    @property
    def _conditions(self) -> tuple[Condition, ...]:
        """The conditions that the data hands out."""
        return handed_out(self._declaration, self.spec)

    def _given(self, given: Given | None, batch: np.ndarray) -> Given:
        """The conditions that were passed, or those of examples that `examples` handed out."""
        if given is not None:
            return given
        return self._known.of(batch) if self._conditions else NO_CONDITIONS

    def _split(self, n: int, split: str) -> Split:
        whole_number("n", n, 1)
        check_split(split)
        data = self.data
        self._progress.end_stage()
        return split_of(data, split, n, self._declaration.data_name)

    def _take(self, x: ArrayLike, units: str) -> tuple[np.ndarray, bool]:
        return taken_examples(x, units, self.spec, lambda: self.data)

    def _give(self, examples: np.ndarray, units: str) -> np.ndarray:
        return given_examples(examples, units, self.spec, lambda: self.data)
