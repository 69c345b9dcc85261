"""Who owns which variables, and the weight of an adversarial gradient."""

from __future__ import annotations

from types import SimpleNamespace

import keras
import numpy as np
import pytest
from keras import ops

from tests.helpers.tiny_vae import TinyDecoder
from vaereg.declaration.declaration import Adaptive
from vaereg.model.players import DELTA, adaptive_weight, add, last_kernel, norm, owned


def value(tensor):
    return float(ops.convert_to_numpy(tensor))


def dense(name):
    layer = keras.layers.Dense(2, name=name)
    layer.build((None, 3))
    return layer


def test_the_norm_counts_an_absent_gradient_as_zero():
    assert value(norm([ops.convert_to_tensor([3.0]), None, ops.convert_to_tensor([4.0])])) == 5.0
    assert value(norm([None])) == 0.0


def test_the_adaptive_weight_is_the_ratio_of_the_norms_up_to_its_maximum():
    main, adversarial = ops.convert_to_tensor([6.0]), ops.convert_to_tensor([2.0])
    weight = adaptive_weight(main, adversarial, Adaptive(scale=0.5))
    bounded = adaptive_weight(main, None, Adaptive(scale=0.5, maximum=10.0))

    assert value(weight) == pytest.approx(0.5 * 6.0 / (2.0 + DELTA))
    assert value(bounded) == pytest.approx(0.5 * 10.0)


def test_a_scaled_loss_does_not_change_the_adaptive_weight():
    main, adversarial = ops.convert_to_tensor([6.0]), ops.convert_to_tensor([2e-4])
    scaled = adaptive_weight(main * 1024.0, adversarial * 1024.0, Adaptive(), 1024.0)

    assert value(scaled) == pytest.approx(value(adaptive_weight(main, adversarial, Adaptive())))


def test_adding_leaves_absent_gradients_out():
    one, two = ops.convert_to_tensor([1.0]), ops.convert_to_tensor([2.0])

    assert add(None, None) is None
    assert add(one, None) is one
    assert value(add(None, two, 3.0)[0]) == 6.0
    assert value(add(one, two, ops.convert_to_tensor(0.5))[0]) == 2.0


def test_the_last_kernel_is_the_last_matrix_unless_the_decoder_names_one():
    decoder = TinyDecoder()
    decoder(ops.zeros((1, 2)))

    assert last_kernel(decoder) is decoder.out.kernel
    assert last_kernel(SimpleNamespace(last_kernel="mine")) == "mine"
    assert last_kernel(SimpleNamespace()) is None


def test_a_player_owns_each_of_its_variables_once_and_parts_without_variables_none():
    layer = dense("one")
    players = owned({"vae": [layer, layer, lambda step: None], "critic": [dense("two")]})

    assert [v is w for v, w in zip(players["vae"], layer.trainable_variables, strict=True)] == [
        True,
        True,
    ]
    assert len(players["critic"]) == 2


def test_two_players_cannot_own_one_variable():
    layer = dense("shared")
    with pytest.raises(ValueError, match=r"belongs to 'vae' and to 'critic'"):
        owned({"vae": [layer], "critic": [layer]})


def test_frozen_variables_have_no_owner():
    layer = dense("frozen")
    layer.trainable = False

    assert owned({"vae": [layer]}) == {"vae": []}
    assert np.shape(layer.weights[0]) == (3, 2)
