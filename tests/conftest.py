"""Fixtures of all tests: the default backend without messages, and small inputs."""

from __future__ import annotations

import gc
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

# Before anything imports keras, which reads them once.
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import vaereg  # after the environment, in case it ever imports keras

# A traced or built model is many objects, and a backend holds millions: collecting garbage as often
# as Python does by default takes a tenth of the tests' processor time.
gc.set_threshold(50_000, 10, 10)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out the tests marked `storm`, unless the expression of `-m` names them."""
    if re.search(r"\bstorm\b", config.option.markexpr):
        return
    left_out = [each for each in items if each.get_closest_marker("storm")]
    if left_out:
        items[:] = [each for each in items if not each.get_closest_marker("storm")]
        config.hook.pytest_deselected(items=left_out)


@pytest.fixture(autouse=True)
def float32_policy() -> Iterator[None]:
    """Puts Keras's precision back after a test that changed it."""
    yield
    if "keras" in sys.modules:
        import keras

        keras.config.set_dtype_policy("float32")
        keras.config.set_floatx("float32")


@pytest.fixture
def registry(tmp_path: Path) -> Callable[[str], Path]:
    """Writes its argument as registry.toml into an empty folder and returns the path."""

    def write(text: str) -> Path:
        path = tmp_path / "registry.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def context(tmp_path: Path) -> vaereg.BuildContext:
    """The context of a dataset, whose relative paths start at tmp_path."""
    return vaereg.BuildContext(name="data", folder=tmp_path, cache=tmp_path / "cache")


@pytest.fixture
def tiny_images() -> np.ndarray:
    """Twenty random images, uint8 (20, 8, 8, 1)."""
    return np.random.default_rng(0).integers(0, 256, (20, 8, 8, 1), dtype=np.uint8)
