import pytest

from vaereg.errors import NotFiniteError
from vaereg.training.not_finite import EVERY, NotFiniteGuard


def test_the_term_that_broke_and_the_steps_it_broke_in_are_named():
    guard = NotFiniteGuard()
    guard.start(1)
    guard.check(3, 1, {"loss": 2.0, "kl": 1.0}, "")
    guard.check(3, 21, {"loss": 2.0, "kl": 1.0}, "")
    with pytest.raises(NotFiniteError) as error:
        guard.check(3, 41, {"loss": float("nan"), "kl": float("inf"), "rest": 1.0}, "Kept in X.")
    assert "'kl' became inf in epoch 3, steps 22 to 41. Kept in X." in str(error.value)
    assert "'loss'" not in str(error.value)


def test_a_loss_that_breaks_alone_is_named():
    with pytest.raises(NotFiniteError, match="'loss' became nan in epoch 1, step 1"):
        NotFiniteGuard().check(1, 1, {"loss": float("nan"), "kl": 0.0}, "")


def test_the_first_step_and_then_every_so_many_are_looked_at():
    guard = NotFiniteGuard()
    guard.start(1)
    looked = []
    for step in range(1, 3 * EVERY + 1):
        if guard.is_due(step):
            guard.check(1, step, {"loss": 0.0}, "")
            looked.append(step)
    assert looked == [1, 1 + EVERY, 1 + 2 * EVERY]


@pytest.mark.parametrize(
    ("epoch", "step", "advice"),
    [(1, 1, "vaereg check-plugin"), (1, 2, "learning_rate"), (2, 1, "learning_rate")],
)
def test_the_advice_for_the_first_step_is_not_to_learn_more_slowly(epoch, step, advice):
    with pytest.raises(NotFiniteError) as error:
        NotFiniteGuard().check(epoch, step, {"kl": float("inf")}, "")
    assert advice in str(error.value)
    assert ("learning_rate" in str(error.value)) == (advice == "learning_rate")
