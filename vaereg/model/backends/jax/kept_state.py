"""Keeps a model's variables on JAX if Keras's loops fail or are interrupted.

While Keras trains, evaluates or predicts on JAX, it takes the variables out of the model and gives
their values to a compiled program, which destroys them. If the program cannot be compiled, or
Ctrl-C arrives before Keras has stored the new values, the model would have no variables any more.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, TypeAlias

import jax

from vaereg.model.engine.engine import Engine

KerasState: TypeAlias = tuple[Any, ...]  # of lists of values; shorter where a step lacks some
"""The state that Keras passes to a step and gets back: a plain tuple, as its programs expect."""

KerasFunction: TypeAlias = Callable[..., Any]  # (state, batches) -> (logs or outputs, state)

LISTS = {
    4: ("trainable", "non_trainable", "optimizer", "metrics"),
    3: ("trainable", "non_trainable", "metrics"),
    2: ("trainable", "non_trainable"),
}
"""Which variables a state holds, by its length: in training, evaluation and prediction."""


class _Interrupt:
    """Ctrl-C while it is held back: raised where the values of all variables are known."""

    def __init__(self) -> None:
        self._is_held = False
        self._asked = False

    @contextmanager
    def held(self) -> Iterator[None]:
        """Within, a first Ctrl-C is only noted; a second one is raised at once."""
        is_ours = threading.current_thread() is threading.main_thread()
        if not is_ours or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
            yield  # another thread, or somebody who handles signals already
            return
        self._asked = False
        signal.signal(signal.SIGINT, self._note)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        self.check()

    def check(self) -> None:
        """Raises a Ctrl-C that was noted."""
        if self._asked:
            self._asked = False
            raise KeyboardInterrupt

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self._asked:
            signal.default_int_handler(number, frame)
        self._asked = True


INTERRUPT = _Interrupt()
"""One for the process, as signals are."""


class KeepingState:
    """A function of Keras that leaves the variables' values with the model if it fails.

    Args:
        vae: the model.
        function: as Keras made it.
    """

    def __init__(self, vae: Engine, function: KerasFunction) -> None:
        self._vae = vae
        self._function = function

    def __call__(self, state: KerasState, batches: object) -> Any:  # as the function
        try:
            INTERRUPT.check()
            return self._function(state, batches)
        except BaseException as error:
            self._keep(state, error)
            raise

    def _keep(self, state: KerasState, error: BaseException) -> None:
        if any(value.is_deleted() for value in jax.tree.leaves(list(state))):
            error.add_note("The step destroyed the weights before it failed; load or build again.")
            return
        names = [f"{name}_variables" for name in LISTS[len(state)]]
        self._vae._jax_state = dict(zip(names, state, strict=True))
        self._vae._jax_state_synced = False


@contextmanager
def keeping(vae: Engine) -> Iterator[None]:
    """Within, the model's variables get their values back if a function of Keras fails."""
    with INTERRUPT.held():
        try:
            yield
        except BaseException:
            vae.synchronise()
            raise
