"""Optimizers of plugins train the players of a model."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import vaereg
from tests.helpers.tiny_vae import data, tiny_vae
from tests.kit.faulty_optimizers import OptimizerParams
from vaereg.component import Component, Offer
from vaereg.contracts.slot import LearningRateSchedule, NamedChoice, Slot
from vaereg.model.optimizers import make_optimizer


def choice(factory="SoundOptimizer", exclude=(), **params):
    component = Component(
        kind="optimizer",
        name="made",
        factory=f"tests.kit.faulty_optimizers:{factory}",
        params=OptimizerParams,
    )
    slot = Slot(
        kind="optimizer",
        key="optimizer",
        offer=Offer(component=component, distribution="acme", version="1"),
        params=OptimizerParams(**params),
    )
    params = {"exclude": tuple(exclude)} if exclude else {}
    return NamedChoice(use="acme/made", params=params, slot=slot)


def steps(vae, count, first=0):
    for number in range(first, first + count):
        vae.train_on_batch(data(16, seed=number))
    return vae


@pytest.mark.slow
def test_each_part_may_have_its_own_and_a_resumed_training_is_equal_to_the_bit():
    settings = {"optimizer": choice(), "optimizers": {"encoder": choice(learning_rate=0.01)}}
    whole, first, second = (tiny_vae(**settings) for _ in range(3))

    steps(whole, 4)
    second.restore(steps(first, 2).state())
    steps(second, 2, first=2)

    due = whole.state()
    assert any(name.startswith("encoder_optimizer/") for name in due)
    for name, value in second.state().items():
        np.testing.assert_array_equal(value, due[name], err_msg=name)
    for name, value in second.weights_only().items():
        np.testing.assert_array_equal(value, whole.weights_only()[name], err_msg=name)


def test_a_schedule_is_followed():
    rate = LearningRateSchedule(
        use="piecewise_constant_decay", params={"boundaries": [0], "values": [0.5, 0.25]}
    )
    made = make_optimizer(choice(learning_rate=rate, momentum=0.0), "mine")
    weight = keras.Variable(1.0, name="weight")

    for due in (0.5, 0.25):
        made.apply([keras.ops.convert_to_tensor(1.0)], [weight])
        assert float(keras.ops.convert_to_numpy(weight.value)) == pytest.approx(due)


def test_excluded_weights_do_not_decay():
    kernel, bias = (keras.Variable(1.0, name=name) for name in ("kernel", "bias"))
    decaying = choice(weight_decay=0.5, learning_rate=0.1, exclude=["bias"])
    made = make_optimizer(decaying, "mine", [kernel, bias])

    made.apply([keras.ops.zeros(()), keras.ops.zeros(())], [kernel, bias])

    values = [float(keras.ops.convert_to_numpy(each.value)) for each in (kernel, bias)]
    np.testing.assert_allclose(values, [0.95, 1.0], rtol=1e-6)


@pytest.mark.parametrize(
    ("factory", "error", "found"),
    [
        ("returns_a_layer", vaereg.ContractError, "returned a Dense"),
        ("leaves_its_name_to_keras", vaereg.ContractError, "Pass name=context.name"),
        ("nowhere", vaereg.PluginError, "nowhere"),
        ("FailsInBuild", vaereg.PluginError, r"cannot be built: KeyError.*faulty_optimizers.py"),
    ],
)
def test_a_faulty_one_is_named(factory, error, found):
    with pytest.raises(error, match=found) as caught:
        tiny_vae(optimizer=choice(factory))

    assert 'optimizer "made" (acme 1)' in str(caught.value)
