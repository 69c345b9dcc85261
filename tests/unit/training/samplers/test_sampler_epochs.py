"""How the steps of a sampler are divided into epochs."""

import pytest

from vaereg.training.samplers.sampler_epochs import divided


@pytest.mark.parametrize(
    ("steps", "expected"),
    [(1, (1, 1)), (6, (6, 1)), (50, (50, 1)), (60, (30, 2)), (5000, (50, 100)), (53, (27, 2))],
)
def test_the_steps_are_divided_into_at_most_fifty_epochs(steps, expected):
    assert divided(steps) == expected


def test_hardly_any_step_is_made_that_was_not_asked_for():
    for steps in range(1, 400):
        epochs, each = divided(steps)
        assert steps <= epochs * each < steps + 50 and epochs <= 50
