"""What differs between two runs is found: an array, a file, a history."""

from __future__ import annotations

import numpy as np
import pytest

from vaereg.runs.state_file import write_state
from vaereg.testing import killed_and_resumed
from vaereg.testing.killed_and_resumed import _differences

ARRAYS = {"decoder/out/kernel": np.ones((2, 3), "float32"), "noise": np.zeros(2, "uint32")}


def made(folder, history="epoch,loss\n1,2.5\n", **arrays):
    (folder / "checkpoints").mkdir(parents=True)
    write_state(folder / "checkpoints" / "last.h5", {**ARRAYS, **arrays})
    (folder / "history.csv").write_text(history)
    return folder


def test_equal_runs_do_not_differ(tmp_path):
    assert _differences(made(tmp_path / "a"), made(tmp_path / "b")) == (2, [])


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"noise": np.array([0, 1], "uint32")}, "checkpoints/last.h5: noise"),
        ({"noise": np.zeros(2, "int32")}, "checkpoints/last.h5: noise"),
        ({"more": np.zeros(1)}, "checkpoints/last.h5: more"),
        ({"history": "epoch,loss\n1,2.6\n"}, "history.csv"),
    ],
)
def test_what_differs_is_named(tmp_path, changes, found):
    _, differing = _differences(made(tmp_path / "a"), made(tmp_path / "b", **changes))

    assert differing == [found]


def test_a_file_of_one_run_alone_is_named(tmp_path):
    a, b = made(tmp_path / "a"), made(tmp_path / "b")
    write_state(b / "model.weights.h5", ARRAYS)

    assert _differences(a, b)[1] == ["model.weights.h5"]


@pytest.mark.slow
def test_a_command_that_fails_is_told(tmp_path):
    (tmp_path / "registry.toml").write_text("[models.tiny]\nlatent = 2\n")

    with pytest.raises(AssertionError, match=r"`vaereg train -q --runs whole` failed:\n.*error"):
        killed_and_resumed(tmp_path)
