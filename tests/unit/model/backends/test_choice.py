"""The active backend is found, and one that cannot differentiate is refused."""

from __future__ import annotations

import keras
import pytest

import vaereg
from vaereg.model.backends.choice import chosen_backend, gradient


def test_the_active_backend_is_chosen():
    assert chosen_backend().__name__ == f"vaereg.model.backends.{keras.backend.backend()}"


def test_a_backend_without_gradients_is_refused(monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "numpy")

    with pytest.raises(vaereg.BackendError, match="'numpy' cannot train; set KERAS_BACKEND"):
        gradient(lambda x: x, 1.0)
