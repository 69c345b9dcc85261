"""`fit` on the user's own data: its shape is checked, its epochs and examples are counted."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

import attrs
import keras

from vaereg.model.given_conditions import named_conditions
from vaereg.model.given_examples import (
    GivenExamples,
    check_examples,
    given_examples,
    refuse_masked,
)
from vaereg.model.players_model import PlayersModel
from vaereg.model.schedule_time import ScheduleTime

DRIFT = 0.01
"""How far the time of schedules may be from the epochs that were made, in epochs: setting it right
compiles the step anew."""


class TrainingByFit(PlayersModel):
    """`fit` as a user calls it; the feed of `vaereg train` passes through unchanged."""

    def fit(
        self,
        *args: Any,  # those of keras.Model.fit, which has no types
        **kwargs: Any,  # likewise
    ) -> keras.callbacks.History:
        """As in Keras; `x` are examples (n, *data), or anything that yields batches of them.

        If parts of the model ask for conditions, `y` are these: by name, such as
        `fit(x, {"label": labels})`, or alone if there is one; or the batches are pairs
        (x, conditions). Classes are numbers from 0. `validation_data`, `evaluate` and
        `train_on_batch` take them likewise.

        An epoch of a schedule is one pass over these data, as Keras counts its steps. The count
        goes on from one call to the next, also if data or batch size change. `train_on_batch`
        counts its steps in epochs of the latest `fit`, or of the declared data before any. The
        same data give `step.dataset_size`.

        Raises:
            DataError: if the examples have another shape than those of the declaration, or masked
                values, or their conditions are missing.
        """
        if self.batch_source is not None:
            return super().fit(*args, **kwargs)
        given = inspect.signature(keras.Model.fit).bind_partial(self, *args, **kwargs).arguments
        del given["self"]
        check_examples(given.get("x"), self.parts.data_spec)
        told = self.parts.conditions
        if told and hasattr(given.get("x"), "shape"):  # arrays, not batches of pairs
            named_conditions(given.get("y"), told)
        split = 0.0 if given.get("validation_data") is not None else given.get("validation_split")
        examples, given["x"] = given_examples(given.get("x"), split or 0.0)
        time = _TimeOfFit(self, examples)
        callbacks = given.get("callbacks")
        if isinstance(callbacks, keras.callbacks.CallbackList):
            if hasattr(callbacks, "append"):  # Keras's own; others keep the time as it is
                time.set_params(callbacks.params)
                callbacks.append(time)
        else:
            given["callbacks"] = [time, *_listed(callbacks)]  # first: others see the new time
        with self.keeping_variables():
            return super().fit(**given)

    def train_on_batch(
        self,
        *args: Any,  # those of keras.Model.train_on_batch, which has no types
        **kwargs: Any,  # likewise
    ) -> Any:  # a list or a mapping of the terms
        """As in Keras."""
        refuse_masked(*args[:1], kwargs.get("x"))
        with self.keeping_variables():
            return super().train_on_batch(*args, **kwargs)

    def test_on_batch(
        self,
        *args: Any,  # those of keras.Model.test_on_batch, which has no types
        **kwargs: Any,  # likewise
    ) -> Any:  # a list or a mapping of the terms
        """As in Keras."""
        refuse_masked(*args[:1], kwargs.get("x"))
        with self.keeping_variables():
            return super().test_on_batch(*args, **kwargs)

    def predict(
        self,
        *args: Any,  # those of keras.Model.predict, which has no types
        **kwargs: Any,  # likewise
    ) -> Any:  # an array
        """As in Keras: reconstructions (n, *data)."""
        refuse_masked(*args[:1], kwargs.get("x"))
        with self.keeping_variables():
            return super().predict(*args, **kwargs)

    @property
    def schedule_time(self) -> ScheduleTime:
        """How the number of steps becomes the time of schedules."""
        return self._terms.time

    @schedule_time.setter
    def schedule_time(self, time: ScheduleTime) -> None:
        differs = time != self._terms.time
        self._terms.time = time
        if differs:
            self.train_function = self.test_function = None  # Keras compiles them anew


class _TimeOfFit(keras.callbacks.Callback):
    """Sets the time of schedules by the steps that Keras makes in an epoch."""

    def __init__(self, vae: TrainingByFit, examples: GivenExamples) -> None:
        super().__init__()
        self._vae = vae
        self._examples = examples
        self._is_unknown = False
        self._first_step = 0
        self._due = 0.0

    def on_train_begin(self, logs: object = None) -> None:
        """Before the first step is compiled."""
        del logs
        vae, steps = self._vae, (self.params or {}).get("steps")
        self._is_unknown = not steps
        done = vae.steps_done()
        self._due = vae.schedule_time.epochs_after(done)
        time, examples = vae.schedule_time, self._examples.in_steps(steps or 0)
        if steps:
            self._set(attrs.evolve(time.of_epochs(steps, done), examples=examples))
        elif not time.is_of_fit:
            self._set(attrs.evolve(time.of_unknown_epoch(done), examples=examples))

    def on_epoch_begin(self, epoch: int, logs: object = None) -> None:
        """Remembers where an epoch of unknown length begins."""
        del epoch, logs
        if self._is_unknown:
            self._first_step = self._vae.steps_done()

    def on_epoch_end(self, epoch: int, logs: object = None) -> None:
        """Learns the length of an epoch, unless a callback has cut it short."""
        del epoch, logs
        if not self._is_unknown or self._vae.stop_training:
            return
        self._due += 1.0
        time, done = self._vae.schedule_time, self._vae.steps_done()
        made = done - self._first_step
        if made and (time.latest or abs(time.epochs_after(done) - self._due) > DRIFT):
            learned = ScheduleTime(
                steps_per_epoch=made,
                epochs_before=self._due,
                steps_before=done,
                examples=self._examples.in_steps(made),
                is_of_fit=True,
            )
            self._set(learned)

    def _set(self, time: ScheduleTime) -> None:
        self._vae.schedule_time = time
        self._vae.make_train_function()


def _listed(
    callbacks: keras.callbacks.Callback | Sequence[keras.callbacks.Callback] | None,
) -> list[keras.callbacks.Callback]:
    if callbacks is None:
        return []
    return list(callbacks) if isinstance(callbacks, list | tuple) else [callbacks]
