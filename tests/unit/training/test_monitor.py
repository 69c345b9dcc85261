import pytest

from vaereg.contracts.metric import ScoreInfo
from vaereg.declaration.declaration import Checkpointing, EarlyStopping
from vaereg.errors import DeclarationError
from vaereg.training.monitor import Monitor, monitor_of, watched_term


def score(direction, ideal=None):
    return ScoreInfo(question="sharp", direction=direction, ideal=ideal, meaning="A score.")


def test_smaller_is_better_unless_the_name_or_the_mode_says_otherwise():
    assert Monitor("val_loss").sign == -1
    assert Monitor("critic_accuracy_real").sign == 1
    assert Monitor("val_kl", "max").sign == 1


def test_an_epoch_is_better_only_if_it_gains_more_than_min_delta():
    monitor = Monitor("loss", min_delta=0.1)
    values = [3.0, 2.95, 2.8, float("nan"), 2.5]
    better = [monitor.update(i, {"loss": v}) for i, v in enumerate(values, start=1)]
    assert better == [True, False, True, False, True]
    assert (monitor.best, monitor.best_epoch, monitor.wait) == (2.5, 5, 0)


def test_an_epoch_without_the_term_is_not_waited_for():
    monitor = Monitor("val_loss")
    assert not monitor.update(1, {"loss": 1.0})
    assert monitor.wait == 0


def test_a_monitor_continues_from_its_state():
    first, second = Monitor("loss"), Monitor("loss")
    for epoch, value in enumerate([3.0, 4.0], start=1):
        first.update(epoch, {"loss": value})
    second.restore(first.state())
    assert second.state() == first.state() and second.wait == 1
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


def test_a_loss_whose_weights_change_is_watched_with_their_final_values():
    known = ["loss", "loss_at_final_weights", "val_loss", "val_loss_at_final_weights", "val_kl"]
    assert watched("val_loss", known) == "val_loss_at_final_weights"
    assert watched("loss", known) == "loss_at_final_weights"
    assert watched("val_kl", known) == "val_kl"
    assert watched("val_loss", known[:2], validated=False) == "loss_at_final_weights"


def test_the_error_for_an_unknown_term_suggests_a_known_one():
    with pytest.raises(DeclarationError, match="val_los") as error:
        watched("val_los", ["loss", "val_loss"])
    assert error.value.exit_code == 2
    assert "val_loss" in str(error.value)


def best_of(monitor, values):
    for epoch, value in enumerate(values, start=1):
        monitor.update(epoch, {monitor.term: value})
    return monitor.best


def test_a_score_defines_which_values_are_better():
    values = [-3.0, 0.5, -0.2, 4.0]
    assert best_of(Monitor("eval_a", info=score(1)), values) == 4.0
    assert best_of(Monitor("eval_a", info=score(-1)), values) == -3.0
    assert best_of(Monitor("eval_a", info=score(0, ideal=0.0)), values) == -0.2
    assert best_of(Monitor("eval_a", info=score(0, ideal=1.0)), values) == 0.5
    assert best_of(Monitor("eval_a", "min", info=score(0, ideal=1.0)), values) == -3.0
    assert best_of(Monitor("eval_a", "min", info=score(1)), values) == -3.0
    # its direction counts for more than a word in its name
    assert best_of(Monitor("eval_accuracy_gap", info=score(-1)), values) == -3.0


def test_min_delta_applies_to_the_distance_from_the_ideal():
    monitor = Monitor("eval_a", min_delta=0.5, info=score(0, ideal=1.0))
    assert monitor.update(1, {"eval_a": 3.0})
    assert not monitor.update(2, {"eval_a": -0.8})  # 1.8 away instead of 2
    assert monitor.update(3, {"eval_a": 0.0})
    assert (monitor.best, monitor.wait) == (0.0, 0)


def test_patience_counts_evaluations_and_not_the_epochs_between():
    monitor = Monitor("eval_a", info=score(1))
    for epoch in range(1, 10):
        monitor.update(epoch, {"loss": 1.0, **({"eval_a": 0.5} if epoch % 3 == 0 else {})})
    assert (monitor.best_epoch, monitor.wait) == (3, 2)


def made(wish, info):
    known, scores = ("loss", "val_loss", "eval_a"), {"eval_a": info}
    path = "train.early_stopping"
    return monitor_of(wish, known, scores, path=path, source="r.toml", validated=True)


def test_a_declared_monitor_knows_the_score():
    monitor = made(EarlyStopping(monitor="eval_a", min_delta=0.25), score(0, ideal=1.0))
    assert (monitor.term, monitor.min_delta, monitor.ideal) == ("eval_a", 0.25, 1.0)
    assert made(Checkpointing(), score(1)).term == "val_loss"
    assert made(Checkpointing(monitor="eval_a"), score(1)).sign == 1


def test_a_score_without_a_better_and_a_worse_needs_a_mode():
    with pytest.raises(DeclarationError, match="not defined whether larger or smaller") as error:
        made(EarlyStopping(monitor="eval_a"), score(0))
    assert 'set mode to "min" or "max"' in str(error.value)
    assert made(EarlyStopping(monitor="eval_a", mode="max"), score(0)).sign == 1


def test_the_error_for_a_score_without_evaluation_says_what_to_declare():
    with pytest.raises(DeclarationError, match=r"\[train.evaluate\] is declared"):
        watched("eval_coverage", ["loss", "val_loss"])
