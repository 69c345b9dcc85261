import attrs
import numpy as np
import pytest

from vaereg.errors import RunError
from vaereg.runs.checkpoints import (
    BEST,
    Checkpoint,
    DataOrder,
    Position,
    check_data_order,
    load_checkpoint,
    save_checkpoint,
)
from vaereg.runs.layout import create_run
from vaereg.runs.state_file import write_state

ORDER = DataOrder(steps_per_epoch=8, batch_size=32, examples=256, seed=3)
CHECKPOINT = Checkpoint(
    position=Position(2, 5),
    arrays={"w": np.arange(3.0)},
    data_order=ORDER,
    monitors={"best": {"term": "loss", "best": 1.5, "best_epoch": 2, "waited": 0}},
    seconds=12.5,
)


@pytest.fixture
def run(tmp_path):
    return create_run(tmp_path, "m", {"declaration.toml": ""})


def test_a_checkpoint_reads_back_as_it_was_written(run):
    assert load_checkpoint(run) is None
    save_checkpoint(run.last, CHECKPOINT)
    read = load_checkpoint(run)
    assert np.array_equal(read.arrays["w"], CHECKPOINT.arrays["w"])
    assert attrs.evolve(read, arrays={}) == attrs.evolve(CHECKPOINT, arrays={})


def test_a_damaged_checkpoint_names_the_other_one_if_it_exists(run):
    run.last.write_bytes(b"damaged")
    with pytest.raises(RunError, match="no other checkpoint"):
        load_checkpoint(run)
    save_checkpoint(run.best, CHECKPOINT)
    with pytest.raises(RunError, match="--from best"):
        load_checkpoint(run)
    assert load_checkpoint(run, BEST).position == Position(2, 5)


def test_a_file_that_is_no_checkpoint_is_an_error(run):
    write_state(run.last, {"w": np.zeros(1)}, {"epoch": 1, "step": 0, "data_order": {"seed": 3}})
    with pytest.raises(RunError, match="is not a training checkpoint"):
        load_checkpoint(run)


def test_every_difference_in_the_order_of_the_examples_is_named(run):
    check_data_order(run, ORDER, attrs.evolve(ORDER))
    other = attrs.evolve(ORDER, batch_size=64, seed=4)
    with pytest.raises(RunError) as error:
        check_data_order(run, ORDER, other)
    assert "batch size: 32 in the checkpoint, 64 now" in str(error.value)
    assert "seed: 3 in the checkpoint, 4 now" in str(error.value)
    assert "examples:" not in str(error.value)


@pytest.mark.parametrize(
    ("position", "words"),
    [
        (Position(0, 0), "0 epochs"),
        (Position(1, 0), "1 epoch"),
        (Position(1, 4), "1 epoch and 4 steps"),
        (Position(2, 4), "2 epochs and 4 steps"),
    ],
)
def test_a_position_reads_as_words(position, words):
    assert str(position) == words
