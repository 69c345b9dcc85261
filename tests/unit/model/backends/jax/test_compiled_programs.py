"""JAX keeps compiled programs in the cache, unless the user chose a folder."""

from __future__ import annotations

import keras
import pytest

if keras.backend.backend() != "jax":
    pytest.skip("sets options of JAX", allow_module_level=True)

import jax

from vaereg.model.backends.jax.compiled_programs import keep_compiled_programs

FOLDER = "jax_compilation_cache_dir"


@pytest.fixture(autouse=True)
def options_put_back():
    names = (FOLDER, "jax_persistent_cache_min_compile_time_secs")
    kept = {name: getattr(jax.config, name) for name in names}
    jax.config.update(FOLDER, None)
    yield
    for name, value in kept.items():
        jax.config.update(name, value)


def test_programs_are_kept_in_the_cache(tmp_path):
    keep_compiled_programs(tmp_path)

    assert getattr(jax.config, FOLDER) == str(tmp_path / "jax")


def test_a_folder_that_the_user_chose_is_not_changed(tmp_path):
    jax.config.update(FOLDER, str(tmp_path / "mine"))

    keep_compiled_programs(tmp_path)

    assert getattr(jax.config, FOLDER) == str(tmp_path / "mine")
