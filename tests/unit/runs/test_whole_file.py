"""A full disk is an error, not the end of the process, and what was there before stays."""

from contextlib import contextmanager

import numpy as np
import pytest

from vaereg.errors import RunError
from vaereg.runs.log import Log, read_log
from vaereg.runs.state_file import read_state, write_state
from vaereg.runs.whole_file import writing_whole

resource = pytest.importorskip("resource", reason="limits the size of files as a quota does")

ARRAYS = {f"w{index}": np.arange(4096.0) + index for index in range(8)}


@contextmanager
def no_file_beyond(kib: int):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(kib * 1024), before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("kib", [0, 1, 4, 32, 100, 200, 256, 260])
def test_a_state_that_does_not_fit_on_the_disk_leaves_the_previous_one(tmp_path, kib):
    path = tmp_path / "state.h5"
    write_state(path, {"w": np.ones(3)})
    with pytest.raises(RunError, match=r"cannot write .*state.h5: File too large"):  # noqa: SIM117
        with no_file_beyond(kib):
            write_state(path, ARRAYS)
    assert list(read_state(path)[0]) == ["w"]
    assert [each.name for each in tmp_path.iterdir()] == ["state.h5"]


def test_a_state_that_fits_reads_back_as_it_was_written(tmp_path):
    with no_file_beyond(400):
        write_state(tmp_path / "state.h5", ARRAYS, {"epoch": 3})
    arrays, attributes = read_state(tmp_path / "state.h5")
    assert attributes == {"epoch": 3}
    assert all(np.array_equal(arrays[name], value) for name, value in ARRAYS.items())


def test_hdf5_never_learns_of_a_refusal_which_is_raised_at_the_end(tmp_path):
    with pytest.raises(OSError, match="too large"), writing_whole(tmp_path / "file") as file:
        with no_file_beyond(1):
            assert file.write(memoryview(bytes(3000))) == 3000
            file.seek(2000)
            read = bytearray(1000)
            assert file.readinto(memoryview(read)) == 1000 and not any(read)
        with pytest.raises(OSError, match="too large"):
            file.check()


def test_an_event_that_does_not_fit_is_told_with_its_file_and_the_next_is_whole(tmp_path):
    log = Log(tmp_path / "log.jsonl")
    log.add("start")
    with pytest.raises(RunError, match=r"cannot write .*log.jsonl"), no_file_beyond(0.1):
        log.add("epoch", terms="x" * 500)
    Log(tmp_path / "log.jsonl").add("finished")
    assert [each["event"] for each in read_log(tmp_path / "log.jsonl")] == ["start", "finished"]
