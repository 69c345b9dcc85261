"""Opens a trained model and the examples that it is used on; the examples first."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import numpy as np

from vaereg.host.home_path import home_path
from vaereg.workflows.use.options import UseOptions, check_source

if TYPE_CHECKING:
    from vaereg.contracts.data import Data, DataSpec
    from vaereg.contracts.examples import Examples
    from vaereg.trained.examples.example_batches import ExampleBatch
    from vaereg.trained.opened_run import OpenedRun
    from vaereg.trained.trained_model import TrainedModel
    from vaereg.workflows.tell import Tell


class ModelInUse:
    """A run that is opened: its model, its data, and the examples that a user gave.

    The examples are read before keras is imported, so that an error in them is told at once.

    Args:
        run: a run folder, `<model>/<id>`, or a model's name for its newest run.
        options: which weights, and how the run is opened.
        tell: receives warnings and progress.

    Raises:
        RunError: if there is no such run.
        LockError: if a component differs from the run lock and `ignore_lock` is false.
    """

    def __init__(self, run: str, options: UseOptions, tell: Tell) -> None:
        from vaereg.trained.opened_run import read_opened_run

        self._options, self.tell = options, tell
        self.opened: OpenedRun = read_opened_run(
            run,
            options.runs,
            warn=tell.warn,
            ignore_lock=options.ignore_lock,
            no_plugins=options.no_plugins,
        )

    @property
    def folder(self) -> Path:
        """The run folder."""
        return self.opened.run.folder.path

    @cached_property
    def spec(self) -> DataSpec:
        """The specification of the training data."""
        from vaereg.runs.run_lock import locked_spec

        return locked_spec(self.opened.run.lock)[0]

    @cached_property
    def data(self) -> Data:
        """The training data, read when it is first needed.

        Raises:
            DataError: if it cannot be read.
            LockError: if its content has changed since the training.
        """
        from vaereg.trained.run_data import read_run_data

        found = read_run_data(
            self.opened.run,
            self.opened.declaration,
            self.tell.progress,
            ignore_lock=self._options.ignore_lock,
        )
        self.tell.progress.end_stage()
        return found

    @cached_property
    def examples(self) -> Examples:
        """The examples that the options name.

        Raises:
            UsageError: unless they name either a file or a split.
            DataError: for a file that cannot be read, or examples of another shape or range.
        """
        check_source(self._options)
        if self._options.data is None:
            return self.examples_of(str(self._options.split))
        return self.read(self._options.data)

    def read(self, path: str) -> Examples:
        """The examples of a file or a folder.

        Raises:
            DataError: if it cannot be read, or has examples of another shape or range.
        """
        from vaereg.trained.examples.read_examples import read_examples

        return read_examples(
            home_path(path),
            self.opened.declaration,
            self.spec,
            lambda: self.data,
            self.tell.progress,
        )

    def one_of(self, examples: Examples, index: int) -> ExampleBatch:
        """A batch of one example, with its conditions."""
        from vaereg.contracts.data import part_of

        where, at = examples.names, np.array([index])
        one = attrs.evolve(examples, split=part_of(examples.split, at), names=lambda _: where(at))
        (batch,) = self.batches(one, "reading")
        return batch

    def examples_of(self, split: str) -> Examples:
        """The examples of a split of the training data."""
        from vaereg.trained.examples.read_examples import examples_of_split
        from vaereg.trained.split_of_data import check_split

        check_split(split)
        return examples_of_split(self.data, split, self.opened.declaration.data_name)

    def known_classes(self) -> tuple[str, ...]:
        """The names of the classes of the training data."""
        spec = self.spec
        return spec.class_names or tuple(map(str, range(spec.classes or 0)))

    @cached_property
    def model(self) -> TrainedModel:
        """The trained model.

        Raises:
            RunError: if the run has no such weights.
            BackendError: if the backend cannot be used.
        """
        from vaereg.host.import_keras import import_keras
        from vaereg.runs.read import locked_backend
        from vaereg.trained.open_trained import open_trained
        from vaereg.workflows.backend_choice import backend_of_run
        from vaereg.workflows.train_samplers import train_sampler

        choice = backend_of_run(self._options.backend, locked_backend(self.opened.run), self.tell)
        import_keras(choice, self.tell.progress)
        return open_trained(
            self.opened.run,
            self.opened.declaration,
            self.tell.progress,
            data=self.__dict__.get("data"),  # if it was read
            weights=self._options.weights,
            source=self.opened.catalog,
            ignore_lock=self._options.ignore_lock,
            train_sampler=train_sampler,
        )

    def batches(self, examples: Examples, doing: str) -> Iterator[ExampleBatch]:
        """The examples batch by batch, while progress is shown.

        Args:
            examples: the examples.
            doing: the stage, such as "encoding".

        Raises:
            DataError: if they cannot be read, or lack a condition that the model is told.
            UsageError: for conditions that are wrong.
        """
        from vaereg.trained.examples.example_batches import batch_size, example_batches

        model, progress, done = self.model, self.tell.progress, 0
        progress.stage(f"{doing} {len(examples)} examples")
        for batch in example_batches(
            examples,
            model.spec,
            self.opened.declaration.data_slot,
            model.vae.parts.conditions,
            self._options.given,
            batch_size(model.spec),
        ):
            yield batch
            done += len(batch)
            progress.share(done / len(examples))
        progress.end_stage()
