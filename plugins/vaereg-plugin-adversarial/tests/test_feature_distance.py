"""The distance of features, and its share in the generator's loss."""

from __future__ import annotations

import numpy as np
from keras import ops
from vaereg_plugin_adversarial.feature_distance import feature_distance


def test_it_is_the_mean_squared_difference_of_each_layer_averaged():
    rng = np.random.default_rng(0)
    shapes = ((4, 3, 3, 2), (4, 5))
    a = [rng.normal(size=shape).astype("float32") for shape in shapes]
    b = [rng.normal(size=shape).astype("float32") for shape in shapes]

    found = feature_distance(
        [ops.convert_to_tensor(v) for v in a], [ops.convert_to_tensor(v) for v in b]
    )

    per_layer = [((u - v) ** 2).reshape(4, -1).mean(axis=1) for u, v in zip(a, b, strict=True)]
    np.testing.assert_allclose(ops.convert_to_numpy(found), np.mean(per_layer, axis=0), rtol=1e-5)


def test_feature_matching_costs_nothing_for_equal_images(patch, step):
    x = step().x
    critic, plain = patch(feature_matching=7.0), patch()
    for variable, source in zip(critic.weights, plain.weights, strict=True):
        variable.assign(ops.convert_to_numpy(source.value))

    matched = critic.generator_loss(step(reconstruction=x))
    same = plain.generator_loss(step(reconstruction=x))
    apart = critic.generator_loss(step()) - plain.generator_loss(step())

    np.testing.assert_allclose(ops.convert_to_numpy(matched), ops.convert_to_numpy(same), atol=1e-6)
    assert np.all(ops.convert_to_numpy(apart) > 1e-4)


def test_feature_matching_looks_at_the_reconstruction_also_where_only_samples_are_fakes(
    patch, step
):
    critic, plain = patch(feature_matching=2.0, fakes="prior"), patch(fakes="prior")
    both = patch(feature_matching=2.0, fakes="reconstruction")
    for other in (plain, both):
        for variable, source in zip(other.weights, critic.weights, strict=True):
            variable.assign(ops.convert_to_numpy(source.value))
    reconstructed = patch(fakes="reconstruction")
    for variable, source in zip(reconstructed.weights, critic.weights, strict=True):
        variable.assign(ops.convert_to_numpy(source.value))

    share = critic.generator_loss(step()) - plain.generator_loss(step())
    expected = both.generator_loss(step()) - reconstructed.generator_loss(step())

    np.testing.assert_allclose(
        ops.convert_to_numpy(share), ops.convert_to_numpy(expected), atol=1e-5
    )
    np.testing.assert_allclose(  # and the critic's own loss does not count it as a fake
        ops.convert_to_numpy(critic.critic_loss(step())),
        ops.convert_to_numpy(plain.critic_loss(step())),
        atol=1e-6,
    )
