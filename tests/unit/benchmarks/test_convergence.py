from __future__ import annotations

import json
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.convergence import (
    DEFAULT,
    Point,
    cosine,
    evaluated,
    last,
    main,
    points,
    reached,
    wins,
)
from tests.benchmarks.timing.watched_training import Meter, TrainingFailed, epochs_of


def course(bounds: list[float], distances: list[float | None], seconds: float = 10.0) -> Any:
    return [
        Point(number, 31 * number, seconds * number, bound, distance)
        for number, (bound, distance) in enumerate(zip(bounds, distances, strict=True), start=1)
    ]


def test_evaluation_and_what_follows_it_are_not_counted():
    meter = Meter()
    for line, used in (
        ("building 'baseline' …", 3.0),
        ("compiling the first step …", 5.0),
        ("evaluating epoch 1 …", 9.0),
        ("epoch 1/2  loss 400", 20.0),
        ("evaluating epoch 2 …", 23.0),
        ("epoch 2/2  loss 300", 31.0),
        ("fitting the sampler 'prior' …", 32.0),
    ):
        meter.hears(line, used)

    assert meter.by_epoch == {1: 4.0, 2: 7.0}


def test_an_epoch_that_is_not_evaluated_ends_with_its_line():
    meter = Meter()
    for line, used in (("compiling the first step …", 5.0), ("epoch 1/2  loss 400", 9.0)):
        meter.hears(line, used)

    assert meter.by_epoch == {1: 4.0}


def test_the_bound_has_the_whole_divergence_and_a_distance_only_where_there_is_one():
    history = (
        "epoch,step,val_loss,val_reconstruction,val_kl,eval_frechet_distance_pixels\n"
        "1,31,402.0,400.0,10.0,\n2,62,303.0,300.0,6.0,5.5\n"
    )

    found = points(epochs_of(history, {1: 4.0, 2: 7.0}))

    assert found == [Point(1, 31, 4.0, 410.0, None), Point(2, 62, 7.0, 306.0, 5.5)]


def test_an_epoch_of_which_the_training_did_not_tell_is_an_error():
    with pytest.raises(TrainingFailed, match="did not tell when epoch 1 ended"):
        epochs_of("epoch,step\n1,31\n", {})


def test_a_threshold_is_reached_by_the_first_epoch_at_or_below_it():
    found = course([300.0, 280.0, 290.0, 270.0], [None, 9.0, None, 8.0])

    assert reached(found, "bound", 280.0).epoch == 2
    assert reached(found, "frechet", 8.5).steps == 4 * 31
    assert reached(found, "bound", 269.0) is None
    assert last(found, "frechet", until=3) == 9.0


@pytest.mark.parametrize(
    ("bounds", "distances", "seconds", "due"),
    [
        ([270.0, 260.0, 250.0], [9.0, 8.0, 7.0], 10.0, True),
        ([270.0, 260.0, 250.0], [9.0, 8.0, 7.0], 20.0, False),  # no sooner
        ([290.0, 260.0, 250.0], [9.5, 9.4, 9.3], 1.0, False),  # never at the distance
        ([270.0, 260.0, 268.0], [9.0, 8.0, 7.0], 10.0, False),  # a worse end
    ],
)
def test_a_variant_wins_that_is_sooner_at_both_and_no_worse_at_the_end(
    bounds: Any, distances: Any, seconds: float, due: bool
):
    courses = {
        DEFAULT: course([300.0, 280.0, 265.0], [12.0, 9.0, 8.0], 10.0),
        "other": course(bounds, distances, seconds),
    }

    found = evaluated(courses, {"bound": 280.0, "frechet": 9.0})

    assert wins(found["other"], found[DEFAULT]) is due


def test_a_cosine_ends_at_nought_with_the_last_step():
    import keras

    for warm_up, first in ((0, 3e-3), (20, 0.0)):
        table = tomllib.loads(f"rate = {cosine(3e-3, 100, warm_up)}")["rate"]
        assert table.pop("use") == "cosine_decay"
        schedule = keras.optimizers.schedules.CosineDecay(**table)
        at = [float(schedule(step)) for step in (0, warm_up, 100)]
        assert at == pytest.approx([first, 3e-3, 0.0], abs=1e-9)


@pytest.mark.slow
def test_convergence_tells_of_every_threshold(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    if find_spec("tensorflow") is None:
        pytest.skip("not installed: tensorflow")
    file = tmp_path / "figures.json"

    main(["--small", "--json", str(file)])

    printed = capsys.readouterr().out
    (found,) = json.loads(file.read_text(encoding="utf-8"))["figures"]["seeds"]
    assert set(found["thresholds"]) == {"bound", "frechet"}
    for name, variant in found["variants"].items():
        times = [point["processor"] for point in variant["course"]]
        assert 0.0 < times[0] < times[1]
        for when in variant["reached"].values():
            assert when is None or when["processor"] in times
        assert f"| {name} " in printed
    assert found["variants"][DEFAULT]["reached"]["bound"]["epoch"] == 1
