import numpy as np

from vaereg.evaluation.evidence.cache import Cache


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


def test_a_damaged_entry_is_computed_again(tmp_path):
    log = []
    cache = Cache(tmp_path)
    cache.get("features", "a", counted(log))
    (file,) = (tmp_path / "features").iterdir()
    file.write_bytes(b"torn")

    assert np.array_equal(cache.get("features", "a", counted(log))["features"], np.arange(4.0))
    cache.get("features", "a", counted(log))

    assert len(log) == 2


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
