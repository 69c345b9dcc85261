"""JAX keeps compiled programs in the cache, whole ones, unless the user chose a folder."""

from __future__ import annotations

import os

import keras
import pytest

if keras.backend.backend() != "jax":
    pytest.skip("sets options of JAX", allow_module_level=True)

import jax
from jax._src.compilation_cache import compress_executable

from vaereg.model.backends.jax import compiled_programs
from vaereg.model.backends.jax.compiled_programs import SUMS, keep_compiled_programs

FOLDER = "jax_compilation_cache_dir"


@pytest.fixture(autouse=True)
def options_put_back():
    names = (FOLDER, "jax_persistent_cache_min_compile_time_secs")
    kept = {name: getattr(jax.config, name) for name in names}
    jax.config.update(FOLDER, None)
    yield
    for name, value in kept.items():
        jax.config.update(name, value)


@pytest.fixture
def told():
    return []


@pytest.fixture
def folder(tmp_path, told):
    """A folder with three packed programs of a process that has ended."""
    keep_compiled_programs(tmp_path, told.append)
    for number in range(3):
        program = compress_executable(bytes([number]) * 1000)
        (tmp_path / "jax" / f"jit_{number}-cache").write_bytes(program)
    ended(tmp_path)
    assert not told
    return tmp_path / "jax"


def ended(cache):
    """The process ends, and another one begins."""
    compiled_programs._write_sums(cache / "jax", compiled_programs._whole(cache / "jax")[0])
    jax.config.update(FOLDER, None)


def kept(folder):
    return {path.name for path in folder.glob("*-cache")}


def test_programs_are_kept_in_the_cache(folder, told):
    before = {path: path.read_bytes() for path in folder.iterdir()}

    keep_compiled_programs(folder.parent, told.append)

    assert getattr(jax.config, FOLDER) == str(folder)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    assert not told


@pytest.mark.parametrize("damage", ["empty", "one bit", "noise", "a folder", "a pipe", "a link"])
def test_damaged_programs_are_removed_and_told(damage, folder, told):
    path = folder / "jit_1-cache"
    content = path.read_bytes()
    path.unlink()
    if damage == "a folder":
        path.mkdir()
    elif damage == "a pipe":
        os.mkfifo(path)
    elif damage == "a link":
        path.symlink_to(path.name)
    else:
        bit = content[:-1] + bytes([content[-1] ^ 4])
        path.write_bytes({"empty": b"", "one bit": bit, "noise": b"noise"}[damage])

    keep_compiled_programs(folder.parent, told.append)

    assert kept(folder) == {"jit_0-cache", "jit_2-cache"}
    assert told == [f"{folder}: 1 compiled program was damaged; they are compiled anew"]
    path.write_bytes(compress_executable(b"compiled anew"))  # and this process is killed
    jax.config.update(FOLDER, None)
    keep_compiled_programs(folder.parent, told.append)
    assert len(kept(folder)) == 3 and len(told) == 1


def test_what_a_killed_process_left_is_removed_silently(folder, told):
    (folder / "jit_3-cache").write_bytes(compress_executable(b"x" * 1000)[:-9])
    (folder / "jit_4-cache").write_bytes(compress_executable(b"y" * 1000))

    keep_compiled_programs(folder.parent, told.append)

    assert kept(folder) == {f"jit_{number}-cache" for number in (0, 1, 2, 4)}
    assert not told


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"jit_0-cache": "x"}', "[" * 100_000])
def test_damaged_checksums_lose_no_program(text, folder, told):
    (folder / SUMS).write_text(text)

    keep_compiled_programs(folder.parent, told.append)

    assert len(kept(folder)) == 3 and not told


def test_without_a_folder_programs_are_not_kept(tmp_path, told):
    (tmp_path / "jax").write_text("a file")

    keep_compiled_programs(tmp_path, told.append)

    assert getattr(jax.config, FOLDER) is None and not told


def test_a_folder_that_the_user_chose_is_not_changed(tmp_path, told):
    jax.config.update(FOLDER, str(tmp_path / "mine"))

    keep_compiled_programs(tmp_path, told.append)

    assert getattr(jax.config, FOLDER) == str(tmp_path / "mine")
    assert not (tmp_path / "jax").exists()
