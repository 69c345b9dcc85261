"""The loss against its known minimum, and draws against the data that they were learned from."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops
from vaereg_plugin_latent_models.flow_matching import FlowMatching
from vaereg_plugin_latent_models.plugin import FlowMatchingParams

import vaereg

MEAN, VARIANCE = 1.5, 0.3


def made(shape=(1,), classes=0, **params):
    spec = vaereg.DataSpec(
        form="vector", shape=(4,), value_range=None, size=10, classes=classes or None
    )
    context = vaereg.BuildContext(name="sampler", latent_shape=shape, data_spec=spec)
    params = {"width": 16, "blocks": 2, **params}
    return FlowMatching(FlowMatchingParams(**params), context)


class Exact:
    """The velocity field between two Gaussians, in closed form."""

    def __init__(self, off=0.0):
        self.off = off

    def velocity(self, z, t, label):
        t = ops.reshape(t, (-1, 1))
        share = (t * VARIANCE - (1 - t)) / (t**2 * VARIANCE + (1 - t) ** 2)
        return MEAN + share * (z - t * MEAN) + self.off


def mean_loss(layer, off=0.0):
    layer.network.velocity = Exact(off).velocity
    z = np.random.default_rng(0).normal(MEAN, np.sqrt(VARIANCE), (30_000, 1)).astype("float32")
    seed = keras.random.SeedGenerator(1)
    return float(ops.mean(layer.loss(ops.convert_to_tensor(z), seed=seed, training=False)))


def test_the_known_field_has_the_known_least_loss():
    t = 1 / (1 + np.exp(-np.random.default_rng(1).normal(size=200_000)))
    least = np.mean(VARIANCE / (t**2 * VARIANCE + (1 - t) ** 2))
    assert mean_loss(made()) == pytest.approx(least, rel=0.03)
    assert mean_loss(made(), off=0.3) == pytest.approx(least + 0.09, rel=0.03)


@pytest.mark.parametrize("shape", [(3,), (2, 2, 3)], ids=str)
def test_the_cosine_loss_is_the_angle_between_velocities(shape):
    wanted = np.zeros((4, *shape), "float32")
    wanted[..., 0] = 2.0
    found = np.zeros_like(wanted)
    for row, (place, value) in enumerate([(0, 5.0), (1, 5.0), (0, -5.0), (0, 0.0)]):
        found[row, ..., place] = value
    if len(shape) == 1:  # n places in one vector count as one velocity
        found[1] = [3.0, 4.0, 0.0]

    turned = ops.convert_to_numpy(
        made(shape, cosine=1.0)._turned(*map(ops.convert_to_tensor, (found, wanted)))
    )

    across = 0.4 if len(shape) == 1 else 1.0
    np.testing.assert_allclose(turned, [0.0, across, 2.0, 1.0], atol=1e-5)


def test_the_cosine_loss_is_added_with_its_weight():
    z = np.random.default_rng(0).normal(size=(50, 3)).astype("float32")
    plain, both = (
        ops.convert_to_numpy(made((3,), cosine=weight).loss(ops.convert_to_tensor(z), 1, False))
        for weight in (0.0, 0.5)
    )
    np.testing.assert_allclose(both - plain, 0.5, atol=1e-4)  # the first velocity is 0


def test_a_width_that_the_heads_do_not_divide_is_refused():
    with pytest.raises(ValueError, match="width = 10 is not divisible by heads = 4"):
        made((4, 4, 2), width=10)
    made((5,), width=10)  # vectors have no attention


def test_attention_is_that_of_keras():
    block = made((3, 4, 2), width=8, heads=2).network.blocks[0]
    rng = np.random.default_rng(0)
    for variable in block.variables:
        variable.assign(rng.normal(0, 0.5, variable.shape).astype("float32"))
    hidden = ops.convert_to_tensor(rng.normal(size=(5, 3, 4, 8)).astype("float32"))
    normed = ops.reshape(block.attention_norm(hidden), (5, 12, 8))
    other = keras.layers.MultiHeadAttention(num_heads=2, key_dim=4)
    other.build((5, 12, 8), (5, 12, 8))
    kernel = ops.convert_to_numpy(block.projections.kernel).reshape(8, 3, 2, 4)
    bias = ops.convert_to_numpy(block.projections.bias).reshape(3, 2, 4)
    weights = [each for i in range(3) for each in (kernel[:, i], bias[i])]
    joined = ops.convert_to_numpy(block.joined.kernel).reshape(2, 4, 8)
    # keras asks for query, key and value in this order, each with its bias
    other.set_weights([*weights, joined, ops.convert_to_numpy(block.joined.bias)])

    wanted = ops.convert_to_numpy(ops.reshape(other(normed, normed), (5, 3, 4, 8)))

    found = ops.convert_to_numpy(block._attended(hidden))
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("solver", ["euler", "heun", "midpoint"])
def test_draws_of_the_known_field_follow_the_data(solver):
    layer = made(solver=solver, steps=40)
    layer.network.velocity = Exact().velocity
    drawn = layer.sample(1500, 1)
    assert drawn.mean() == pytest.approx(MEAN, abs=0.05)
    assert drawn.var() == pytest.approx(VARIANCE, rel=0.15)


@pytest.mark.parametrize("shape", [(5,), (4, 4, 3), (3, 2)], ids=str)
def test_latents_of_any_shape_are_measured_and_drawn(shape):
    layer = made(shape, steps=2)
    z = (3.0 + 2.0 * np.random.default_rng(0).normal(size=(200, *shape))).astype("float32")
    layer.fit(z, 0)
    loss = ops.convert_to_numpy(layer.loss(ops.convert_to_tensor(z), seed=1, training=True))
    # at first the velocity is 0, and the loss |z - e|^2 / n is 2 for standardized latents
    assert loss.shape == (200,) and loss.mean() == pytest.approx(2.0, rel=0.2)
    drawn = layer.sample(300, 1)
    assert drawn.shape == (300, *shape) and drawn.dtype == np.float32
    assert drawn.mean() == pytest.approx(3.0, abs=0.3) and drawn.std() == pytest.approx(2, abs=0.3)


@pytest.mark.parametrize(("shape", "classes"), [((2,), 3), ((4, 4, 2), 0)], ids=str)
def test_tensors_are_drawn_as_arrays_are(shape, classes):
    layer = made(shape, classes=classes, steps=3)

    drawn = ops.convert_to_numpy(layer.draw(5, 7))

    np.testing.assert_allclose(drawn, layer.sample(5, 7), rtol=1e-4, atol=1e-5)


def test_a_class_moves_the_velocity_and_guidance_moves_it_further():
    layer = made((2,), classes=3)
    rng = np.random.default_rng(0)
    for variable in layer.trainable_variables:
        variable.assign(rng.normal(0, 0.2, variable.shape).astype("float32"))
    label = ops.convert_to_tensor(np.array([1] * 6, "int32"))
    z = ops.convert_to_tensor(rng.normal(size=(6, 2)).astype("float32"))
    told, untold = (
        ops.convert_to_numpy(layer._velocity(z, 0.5, each)) for each in (label, 0 * label + 3)
    )
    guided = made((2,), classes=3, guidance=2.0)
    for variable, other in zip(guided.variables, layer.variables, strict=True):
        variable.assign(other)
    found = ops.convert_to_numpy(guided._velocity(z, 0.5, label))
    assert np.abs(told - untold).max() > 1e-3
    np.testing.assert_allclose(found, untold + 2 * (told - untold), rtol=1e-4, atol=1e-5)
    assert layer.sample(4, 1, given={"label": label[:4]}).shape == (4, 2)
    assert layer.sample(4, 1).shape == (4, 2)


def weights_of(network):
    return [ops.convert_to_numpy(each) for each in network.variables]


def test_autoguidance_moves_away_from_the_early_network():
    layer = made((2,), classes=3, early_steps=5, autoguidance=0.5, guidance=2.0)
    plain = made((2,), classes=3, guidance=2.0)
    rng = np.random.default_rng(0)
    for variable in (*layer.network.variables, *layer.early.variables):
        variable.assign(rng.normal(0, 0.2, variable.shape).astype("float32"))
    for variable, other in zip(plain.network.variables, layer.network.variables, strict=True):
        variable.assign(other)
    z = ops.convert_to_tensor(rng.normal(size=(6, 2)).astype("float32"))
    t = ops.convert_to_tensor(np.full(6, 0.4, "float32"))
    label = ops.convert_to_tensor(np.array([0, 1, 2] * 2, "int32"))
    told, early = (
        ops.convert_to_numpy(each.velocity(z, t, label)) for each in (layer.network, layer.early)
    )

    found, guided = (ops.convert_to_numpy(each._velocity(z, 0.4, label)) for each in (layer, plain))

    assert np.abs(told - early).max() > 1e-2
    np.testing.assert_allclose(found, guided + 0.5 * (told - early), rtol=1e-4, atol=1e-5)


def test_autoguidance_without_an_early_network_is_refused():
    with pytest.raises(ValueError, match=r"autoguidance = 0\.5 needs .*set early_steps"):
        made(autoguidance=0.5)


class Training(keras.Model):
    """Trains the sampler on latents and their classes, on every backend."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer
        self.seeds = keras.random.SeedGenerator(0)

    def call(self, inputs):
        z, label = inputs
        loss = self.layer.loss(z, seed=self.seeds, training=True, given={"label": label})
        self.add_loss(ops.mean(loss))
        return loss


def test_the_early_network_is_that_after_so_many_steps_and_is_not_trained():
    layer = made((2,), classes=2, early_steps=3)
    plain = made((2,), classes=2)
    assert len(layer.trainable_variables) == len(plain.trainable_variables)
    z = np.random.default_rng(0).normal(size=(32, 2)).astype("float32")
    label = np.arange(32, dtype="int32") % 2
    model = Training(layer)
    model.compile(optimizer=keras.optimizers.Adam(1e-2))
    after = []
    for _ in range(6):
        model.fit([z, label], z, batch_size=32, epochs=1, verbose=0)
        after.append(weights_of(layer.network))

    kept = weights_of(layer.early)

    assert all(np.array_equal(one, other) for one, other in zip(kept, after[2], strict=True))
    assert not np.array_equal(kept[0], after[5][0])
    layer.loss(ops.convert_to_tensor(z), seed=1, training=False)
    assert int(layer.steps_made) == 6


@pytest.mark.slow
def test_the_learned_field_is_the_known_one():
    layer = made(width=32, steps=20)
    z = np.random.default_rng(0).normal(MEAN, np.sqrt(VARIANCE), (20_000, 1)).astype("float32")
    model = Training(layer)
    model.compile(
        optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(5e-3, 1500))
    )
    model.fit([z, np.zeros(len(z), "int32")], z, batch_size=400, epochs=30, verbose=0)

    rng = np.random.default_rng(1)
    t = rng.uniform(0.1, 0.9, 2000).astype("float32")
    ends = rng.normal(size=2000), rng.normal(MEAN, np.sqrt(VARIANCE), 2000)
    moved = ((1 - t) * ends[0] + t * ends[1]).astype("float32")[:, None]  # where paths pass
    found, wanted = (
        ops.convert_to_numpy(
            each.velocity(ops.convert_to_tensor(moved), ops.convert_to_tensor(t), None)
        )
        for each in (layer.network, Exact())
    )
    wrong = np.sqrt(np.mean((found - wanted) ** 2) / np.mean(wanted**2))
    assert wrong < 0.05
    drawn = layer.sample(4000, 1)
    assert drawn.mean() == pytest.approx(MEAN, abs=0.06)
    assert drawn.var() == pytest.approx(VARIANCE, rel=0.12)


def test_trained_draws_are_of_the_class_that_is_asked_for():
    layer = made((2,), classes=2, steps=10)
    rng = np.random.default_rng(0)
    label = np.arange(512, dtype="int32") % 2
    centres = np.array([[-3.0, 0.0], [3.0, 1.0]], "float32")
    z = centres[label] + 0.3 * rng.normal(size=(512, 2)).astype("float32")
    layer.fit(z, 0)
    model = Training(layer)
    model.compile(optimizer=keras.optimizers.Adam(5e-3))
    model.fit([z, label], np.zeros(512, "float32"), batch_size=128, epochs=60, verbose=0)

    drawn = layer.sample(200, 1, given={"label": ops.convert_to_tensor(label[:200])})

    # the classes are 6 apart, and two classes drawn alike would be right in half of the rows
    near = np.linalg.norm(drawn[:, None] - centres, axis=-1).argmin(axis=1) == label[:200]
    assert near.mean() > 0.9
