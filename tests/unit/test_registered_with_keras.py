"""`keras.models.load_model` opens a VAE wherever vaereg is imported, before or after keras."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import pytest

from vaereg.registered_with_keras import NAME, SavedVAE, register_with_keras

PACKAGE = """
class saving:
    known = {}
    def get_custom_objects():
        return saving.known
"""


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """A package named keras that is not imported yet."""
    (tmp_path / "keras.py").write_text(PACKAGE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    before = [*sys.meta_path]
    yield
    sys.meta_path[:] = before


def test_it_is_registered_when_keras_is_imported_later(stand_in):
    register_with_keras()
    register_with_keras()
    spec = importlib.util.find_spec("keras")
    keras = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(keras)

    assert keras.saving.known == {NAME: SavedVAE}
    assert keras.__spec__.loader.exec_module is not None


def test_it_is_registered_at_once_when_keras_is_there_and_never_hides_the_class(
    stand_in, monkeypatch
):
    spec = importlib.util.find_spec("keras")
    keras = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(keras)
    monkeypatch.setitem(sys.modules, "keras", keras)

    register_with_keras()
    assert keras.saving.known == {NAME: SavedVAE}

    keras.saving.known[NAME] = "the class"
    register_with_keras()
    assert keras.saving.known == {NAME: "the class"}


@pytest.mark.slow
@pytest.mark.parametrize("first", ["keras, vaereg", "vaereg, keras"])
def test_keras_finds_it_in_a_new_process(first):
    program = (
        f"import {first}\nfound = keras.saving.get_registered_object({NAME!r})\n"
        "import sys; assert 'vaereg.model' not in sys.modules\nprint(found.__name__)"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert done.stdout == "SavedVAE\n", done.stderr
