import pytest

from vaereg.errors import DeclarationError
from vaereg.training.monitor import Monitor, watched_term


def test_smaller_is_better_unless_the_name_or_the_mode_says_otherwise():
    assert Monitor("val_loss").sign == -1
    assert Monitor("critic_accuracy_real").sign == 1
    assert Monitor("val_kl", "max").sign == 1


def test_an_epoch_counts_only_if_it_gains_more_than_the_least_change():
    monitor = Monitor("loss", min_delta=0.1)
    values = [3.0, 2.95, 2.8, float("nan"), 2.5]
    better = [monitor.update(i, {"loss": v}) for i, v in enumerate(values, start=1)]
    assert better == [True, False, True, False, True]
    assert (monitor.best, monitor.best_epoch, monitor.waited) == (2.5, 5, 0)


def test_an_epoch_without_the_term_is_not_waited_for():
    monitor = Monitor("val_loss")
    assert not monitor.update(1, {"loss": 1.0})
    assert monitor.waited == 0


def test_a_monitor_goes_on_from_its_state():
    first, second = Monitor("loss"), Monitor("loss")
    for epoch, value in enumerate([3.0, 4.0], start=1):
        first.update(epoch, {"loss": value})
    second.restore(first.state())
    assert second.state() == first.state() and second.waited == 1
    other = Monitor("val_kl")
    other.restore(first.state())
    assert other.best is None


def watched(term, known, validated=True):
    return watched_term(
        term, known, default="val_loss", path="train.x", source="r.toml", validated=validated
    )


def test_the_default_watches_the_training_loss_where_nothing_is_validated():
    assert watched("val_loss", ["loss", "val_loss"]) == "val_loss"
    assert watched("val_loss", ["loss"], validated=False) == "loss"


def test_a_term_that_is_not_logged_is_told_with_the_one_that_was_meant():
    with pytest.raises(DeclarationError, match="val_los") as error:
        watched("val_los", ["loss", "val_loss"])
    assert error.value.exit_code == 2
    assert "val_loss" in str(error.value)
