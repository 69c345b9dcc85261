"""A schedule or warm-up that the training ends before is told."""

import attrs
import pytest

from tests.helpers.tiny_run import write_project
from vaereg.declaration.declaration import NamedChoice, Slot
from vaereg.declaration.outlasting import outlasting
from vaereg.discovery.declare import declare

STEPS = 8


@pytest.fixture
def told(tmp_path):
    registry = write_project(tmp_path)  # 3 epochs; the KL weight is whole after 2

    def sentences(*settings, steps_per_epoch=STEPS, **fields):
        declaration = attrs.evolve(declare(registry, None, settings), **fields)
        return outlasting(declaration, steps_per_epoch)

    return sentences


def test_a_schedule_within_the_training_is_not_told(told):
    assert told() == []
    assert told("models.tiny.kl.weight=4.0") == []


def test_a_ramp_beyond_the_training_is_told_with_the_value_it_reaches(told):
    (sentence,) = told("models.tiny.kl.weight={ramp=[0.0, 1.0], epochs=50}", steps_per_epoch=None)
    assert "50 epochs" in sentence and "after 3, at 0.06 instead of 1" in sentence


def test_what_is_declared_in_steps_is_told_once_the_data_is_known(told):
    ramp = "models.tiny.kl.weight={ramp=[0.0, 1.0], steps=48}"
    assert told(ramp, steps_per_epoch=None) == []
    (sentence,) = told(ramp)
    assert "48 steps" in sentence and "after 24, at 0.5 instead of 1" in sentence


def test_a_cycle_must_reach_its_largest_value(told):
    cycle = "models.tiny.kl.weight={{cyclical=[0.0, 1.0], epochs={}, rise=0.5}}"
    assert told(cycle.format(6)) == []
    assert len(told(cycle.format(8))) == 1


def test_a_piece_that_is_never_reached_is_told(told):
    (sentence,) = told("models.tiny.kl.weight={piecewise=[0.0, 1.0, 2.0], epochs=[1, 9]}")
    assert "last piece after 9 epochs" in sentence and "instead of 2" in sentence


def test_the_weight_of_a_regularizer_is_told_by_its_name(told):
    mmd = "models.tiny.regularizers.mmd={weight={ramp=[0.0, 1.0], epochs=9}}"
    assert "the weight of regularizer 'mmd'" in told(mmd)[0]


def test_a_discriminator_that_never_counts_is_told(told, tmp_path):
    encoder = declare(tmp_path / "registry.toml").encoder
    critic = Slot(
        kind="discriminator", key="patch", offer=encoder.offer, params=None, warmup_steps=10_000
    )
    (sentence,) = told(discriminators=(critic,))
    assert "'patch' takes 10,000 steps" in sentence and "never counts" in sentence
    assert told(discriminators=(attrs.evolve(critic, warmup_steps=STEPS),)) == []


@pytest.mark.parametrize(("steps", "count"), [(24, 0), (25, 1)])
def test_a_learning_rate_that_does_not_finish_its_decay_is_told(told, tmp_path, steps, count):
    train = declare(tmp_path / "registry.toml").train
    params = {"initial_learning_rate": 1e-3, "decay_steps": steps}
    rate = NamedChoice(use="cosine_decay", params=params)
    adam = NamedChoice(use="adam", params={"learning_rate": rate})
    assert len(told(train=attrs.evolve(train, optimizer=adam))) == count


@pytest.mark.parametrize("unit", ["epochs", "steps"])
def test_a_piece_that_begins_with_the_end_is_never_reached(told, unit):
    end = 3 if unit == "epochs" else 3 * STEPS
    weight = f"models.tiny.kl.weight={{{{piecewise=[0.0, 1.0, 2.0], {unit}=[1, {{}}]}}}}"
    (sentence,) = told(weight.format(end))
    assert f"last piece after {end} {unit}" in sentence and "at 1 instead of 2" in sentence
    assert told(weight.format(end - 1)) == []


@pytest.mark.parametrize(
    ("use", "params", "count"),
    [
        ("piecewise_constant_decay", {"boundaries": [5, 22], "values": [1e-2, 1e-3, 1e-4]}, 0),
        ("piecewise_constant_decay", {"boundaries": [5, 23], "values": [1e-2, 1e-3, 1e-4]}, 1),
        ("cosine_decay_restarts", {"first_decay_steps": 24}, 0),
        ("cosine_decay_restarts", {"first_decay_steps": 25}, 1),
        ("polynomial_decay", {"decay_steps": 25}, 1),
        ("exponential_decay", {"decay_steps": 9999, "decay_rate": 0.5}, 0),  # has no end
    ],
)
def test_every_learning_rate_that_has_an_end_is_told_if_it_is_not_reached(
    told, tmp_path, use, params, count
):
    train = declare(tmp_path / "registry.toml").train
    adam = NamedChoice(use="adam", params={"learning_rate": NamedChoice(use=use, params=params)})
    assert len(told(train=attrs.evolve(train, optimizer=adam))) == count
