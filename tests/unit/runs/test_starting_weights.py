"""The run lock names the run that a run took its first weights from."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest

import vaereg
from vaereg.runs.starting_weights import StartingWeights, starting_weights

LOCK = Path("runs/tiny/1/lock.json")


def test_starting_weights_are_read_as_they_were_written():
    begun = StartingWeights(run="tiny/1", digest="ab" * 16, taken=3, of=4)

    assert starting_weights({"weights_from": attrs.asdict(begun)}, LOCK) == begun
    assert str(begun) == "tiny/1 (3 of 4 weights, digest abababababab)"


def test_a_run_that_began_with_random_weights_names_none():
    assert starting_weights({}, LOCK) is None


@pytest.mark.parametrize("damaged", ["tiny/1", {"run": "tiny/1"}, {"run": 1, "taken": "x"}, []])
def test_a_damaged_entry_is_one_error(damaged):
    with pytest.raises(vaereg.RunError, match="weights_from is not a table"):
        starting_weights({"weights_from": damaged}, LOCK)
