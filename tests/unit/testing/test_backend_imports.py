"""Imports of backends are found by reading modules, through those of the same package."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from vaereg.testing.backend_imports import backend_imports

MODULES = {
    "__init__": "",
    "penalty": "from keras import ops\nfrom . import parts\nfrom acme_nets.more.deep import net\n",
    "parts": "import jax.numpy as jnp\n",
    "guarded": """
        import keras
        if keras.backend.backend() == "torch":
            import torch
        else:
            import tensorflow
    """,
    "apart": "import torch\n",
    "more/__init__": "",
    "more/deep": "def net():\n    from tensorflow import nn\n    return nn\n",
}


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """acme_nets, on sys.path until the test is over."""
    for name, text in MODULES.items():
        path = tmp_path / "acme_nets" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    for name in [each for each in sys.modules if each.partition(".")[0] == "acme_nets"]:
        del sys.modules[name]


@pytest.mark.usefixtures("package")
def test_what_a_module_imports_of_its_package_is_read_too() -> None:
    found = sorted(backend_imports("acme_nets.penalty", "acme_nets"))

    assert found == [
        "acme_nets/more/deep.py:2 imports tensorflow",
        "acme_nets/parts.py:1 imports jax",
    ]


@pytest.mark.usefixtures("package")
def test_without_a_package_the_module_alone_is_read() -> None:
    assert list(backend_imports("acme_nets.penalty", "")) == []
    assert list(backend_imports("acme_nets.apart", "")) == ["acme_nets/apart.py:1 imports torch"]


@pytest.mark.usefixtures("package")
def test_what_runs_on_one_backend_alone_may_import_it() -> None:
    found = list(backend_imports("acme_nets.guarded", "acme_nets"))

    assert found == ["acme_nets/guarded.py:6 imports tensorflow"]


def test_what_is_no_module_is_passed_over() -> None:
    assert list(backend_imports("acme_nets_that_are_not_there.x", "")) == []
