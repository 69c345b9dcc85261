import os
from pathlib import Path

import h5py
import numpy as np
import pytest

from vaereg.evaluation.evidence.cache import Cache
from vaereg.runs.state_file import write_state


def counted(log):
    def make():
        log.append(1)
        return {"features": np.arange(4.0)}

    return make


def test_a_cached_entry_is_not_made_again(tmp_path):
    log = []
    cache = Cache(tmp_path / "cache")

    first = cache.get("features", ("a", 1), counted(log))
    second = Cache(tmp_path / "cache").get("features", ("a", 1), counted(log))

    assert len(log) == 1
    assert np.array_equal(first["features"], second["features"])


def test_other_inputs_have_another_entry(tmp_path):
    log = []
    cache = Cache(tmp_path)

    cache.get("features", ("a", 1), counted(log))
    cache.get("features", ("a", 2), counted(log))
    cache.get("extractors", ("a", 1), counted(log))

    assert len(log) == 3


def cut(path, share):
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])


def flip(path, place):
    content = bytearray(path.read_bytes())
    content[place] ^= 16
    path.write_bytes(content)


def in_its_place(path, make):
    path.unlink()
    make(path)


def of_a_newer_version(path):
    with h5py.File(path, "r+") as file:
        file.attrs["form"] = 99
    cut(path, 1 - 22 / path.stat().st_size)  # without the checksum of the bytes before


def of_another_entry(path):
    Cache(path.parents[1]).write("features", "b", {"features": np.ones(4)})
    (other,) = set(path.parent.iterdir()) - {path}
    other.replace(path)


DAMAGE = {
    "empty": lambda path: path.write_bytes(b""),
    "torn": lambda path: path.write_bytes(b"torn"),
    "cut in half": lambda path: cut(path, 0.5),
    "cut at its end": lambda path: cut(path, 0.95),
    "a bit of its head": lambda path: flip(path, 9),
    "a bit in the middle": lambda path: flip(path, path.stat().st_size // 2),
    "a bit near its end": lambda path: flip(path, -60),
    "a folder": lambda path: in_its_place(path, Path.mkdir),
    "a pipe": lambda path: in_its_place(path, os.mkfifo),
    "a link to itself": lambda path: in_its_place(path, lambda p: p.symlink_to(p.name)),
    "a link to nothing": lambda path: in_its_place(path, lambda p: p.symlink_to("nothing")),
    "a newer version": of_a_newer_version,
    "another entry": of_another_entry,
    "other arrays": lambda path: Cache(path.parents[1]).write("features", "a", {"x": np.ones(3)}),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_entry_is_told_in_one_line_and_computed_again(tmp_path, damage):
    log, told = [], []
    cache = Cache(tmp_path, told.append)

    def get():
        return cache.get("features", "a", counted(log), lambda kept: "features" in kept)["features"]

    get()
    (file,) = (tmp_path / "features").iterdir()
    DAMAGE[damage](file)

    assert np.array_equal(get(), np.arange(4.0))
    assert len(log) == 2
    (line,) = told
    assert file.name in line and line.endswith("computed again.") and "\n" not in line
    get()
    assert len(log) == (3 if damage == "a folder" else 2)  # what a user put there stays


@pytest.mark.parametrize("place", [*range(0, 4000, 97)])
def test_no_bit_of_an_entry_can_be_wrong(tmp_path, place):
    log, told = [], []
    cache = Cache(tmp_path, told.append)
    cache.get("features", "a", counted(log))
    (file,) = (tmp_path / "features").iterdir()
    flip(file, place % file.stat().st_size)

    assert np.array_equal(cache.get("features", "a", counted(log))["features"], np.arange(4.0))
    assert len(log) == len(told) + 1  # a bit of the checksum's own line harms nothing


def test_an_entry_that_may_not_be_read_is_computed_again(tmp_path, monkeypatch):
    log, told = [], []
    cache = Cache(tmp_path, told.append)
    cache.get("features", "a", counted(log))

    def refuse(*given, **more):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("vaereg.runs.state_file.h5py.File", refuse)
    assert np.array_equal(cache.get("features", "a", counted(log))["features"], np.arange(4.0))
    assert len(log) == 2 and "Permission denied" in told[0]


def test_an_entry_of_a_version_that_did_not_say_what_it_was_made_from_is_used(tmp_path):
    log, told = [], []
    cache = Cache(tmp_path, told.append)
    cache.get("features", "a", counted(log))
    (file,) = (tmp_path / "features").iterdir()
    write_state(file, {"features": np.ones(2)})

    assert np.array_equal(cache.get("features", "a", counted(log))["features"], np.ones(2))
    assert told == []


def test_a_folder_that_is_not_writable_only_costs_time(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder", encoding="utf-8")
    log = []
    cache = Cache(blocked)

    cache.get("features", "a", counted(log))
    cache.get("features", "a", counted(log))

    assert len(log) == 2


def test_only_files_that_were_written_are_read(tmp_path):
    cache = Cache(tmp_path)
    assert cache.read("extractors", "a") is None
    cache.write("extractors", "a", {"weights": np.arange(3.0)})
    assert np.array_equal(cache.read("extractors", "a")["weights"], np.arange(3.0))
    assert cache.read("features", "a") is None
