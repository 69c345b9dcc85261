"""The patch discriminator: its sizes, its losses and what it compares."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

import vaereg

EVERYTHING = [
    {},
    {"loss": "logistic", "r1": 1.0, "normalization": "layer"},
    {"loss": "wasserstein", "normalization": "group", "widths": (8, 16)},
    {"normalization": "spectral", "r1": 0.5, "feature_matching": 1.0, "depth": 2},
    {"loss": "wasserstein", "gradient_penalty": 1.0, "fakes": "prior", "feature_matching": 1.0},
]


def numbers(value):
    return np.asarray(ops.convert_to_numpy(value))


@pytest.mark.parametrize(
    "shape", [(8, 8, 1), (12, 7, 3), (28, 28, 1), (32, 32, 3), (64, 48, 3), (4, 9, 2)]
)
def test_both_losses_are_one_finite_value_per_example_whatever_the_size(patch, step, shape):
    critic, made = patch(shape), step(shape)

    for value in (
        critic.generator_loss(made),
        critic.critic_loss(made),
        *critic.diagnostics(made).values(),
    ):
        assert value.shape == (4,)
        assert np.all(np.isfinite(numbers(value)))


@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16", "mixed_float16"])
@pytest.mark.parametrize("params", EVERYTHING, ids=str)
def test_every_choice_is_finite_in_every_precision(patch, step, vaereg_precision, params, policy):
    vaereg_precision(policy)
    critic, made = patch(**params), step()

    for value in (critic.generator_loss(made), critic.critic_loss(made)):
        assert keras.backend.standardize_dtype(value.dtype) == "float32"
        assert np.all(np.isfinite(numbers(value)))


@pytest.mark.parametrize("params", EVERYTHING, ids=str)
def test_the_compiled_losses_are_those_of_eager_calls(patch, step, compiled, params):
    critic = patch(**params)
    made = step(training=False)

    def losses(x, reconstruction, generated):
        inner = step(reconstruction=reconstruction, generated=generated, training=False, seed=None)
        inner.x = x
        inner.seed = 5  # a plain integer: the state of a generator would have to be tracked
        return ops.stack([critic.generator_loss(inner), critic.critic_loss(inner)], axis=1)

    arrays = [numbers(v) for v in (made.x, made.reconstruction, made.generated)]
    found = compiled(losses, critic, *arrays)

    np.testing.assert_allclose(found, numbers(losses(*arrays)), rtol=1e-4, atol=1e-5)


def test_one_patch_sees_one_place_only(patch):
    """Scores far from a change stay the same: the critic is convolutional and mixes no patches."""
    critic = patch((64, 64, 1))
    x = np.random.default_rng(0).uniform(-1, 1, (1, 64, 64, 1)).astype("float32")
    changed = x.copy()
    changed[:, :4, :4] = -changed[:, :4, :4]

    difference = np.abs(numbers(critic(x).scores) - numbers(critic(changed).scores))

    grid = difference.reshape(16, 16)
    assert grid[0, 0] > 0
    assert np.all(grid[6:, 6:] == 0)


def test_the_loss_is_taken_for_each_patch_and_then_averaged(patch, step):
    critic, made = patch(), step()

    loss = numbers(critic.critic_loss(made))

    def scores(x):
        return numbers(critic(np.asarray(x) * 2 - 1).scores)

    def paid(sign, values):
        return np.maximum(0, 1 + sign * values).mean(axis=1)

    real = paid(-1, scores(made.x))
    fakes = [paid(1, scores(v)) for v in (made.reconstruction, made.generated)]
    np.testing.assert_allclose(loss, real + 0.5 * (fakes[0] + fakes[1]), rtol=1e-4)


@pytest.mark.parametrize(
    ("fakes", "looked_at"),
    [
        ("reconstruction", {"reconstruction"}),
        ("prior", {"generated"}),
        ("both", {"reconstruction", "generated"}),
    ],
)
def test_it_uses_only_the_examples_that_it_compares(patch, step, fakes, looked_at):
    critic = patch(fakes=fakes)
    before = numbers(critic.generator_loss(step()))
    changed = {name: np.zeros((4, 8, 8, 1), "float32") for name in ("reconstruction", "generated")}

    depends = {
        name
        for name, value in changed.items()
        if not np.allclose(before, numbers(critic.generator_loss(step(**{name: value}))), atol=1e-6)
    }

    assert depends == looked_at


def test_the_critic_runs_once_a_step(patch, step):
    critic, made = patch(), step()
    calls = []
    inner = critic.call
    critic.call = lambda *given, **named: calls.append(1) or inner(*given, **named)

    critic.generator_loss(made)
    critic.critic_loss(made)
    critic.diagnostics(made)

    assert len(calls) == 1


def test_a_fake_that_follows_the_generators_gradient_passes_for_real_more(patch, step):
    """The sign of the adversarial loss."""
    for loss in ("hinge", "logistic", "wasserstein"):
        critic, made = patch(loss=loss, fakes="reconstruction"), step()

        def generator(fake, critic=critic):
            return critic.generator_loss(step(reconstruction=fake))

        slope = numbers(vaereg.gradient(generator, made.reconstruction))
        moved = made.reconstruction - 0.05 * slope / np.abs(slope).max()

        def score(x, critic=critic):
            return numbers(critic(x * 2 - 1).scores).mean(axis=1)

        assert np.all(numbers(generator(moved)) < numbers(generator(made.reconstruction)))
        assert np.all(score(moved) > score(made.reconstruction))


def test_an_example_is_evaluated_independently(patch, step):
    for params in EVERYTHING:
        critic = patch(**params)
        x = numbers(step().x)
        together = numbers(critic(x).scores)
        alone = np.concatenate([numbers(critic(x[i : i + 1]).scores) for i in range(4)])

        np.testing.assert_allclose(together, alone, atol=1e-5)


def test_the_range_of_the_data_does_not_matter(patch, step):
    """[0, 255] or [0, 1]: the same critic, the same penalty."""
    one, wide = patch(r1=1.0), patch(r1=1.0, value_range=(0.0, 255.0))
    for variable, source in zip(wide.weights, one.weights, strict=True):
        variable.assign(numbers(source.value))
    made = step()
    scaled = step(reconstruction=made.reconstruction * 255.0, generated=made.generated * 255.0)
    scaled.x = made.x * 255.0

    np.testing.assert_allclose(
        numbers(wide.critic_loss(scaled)), numbers(one.critic_loss(made)), rtol=1e-3
    )


@pytest.mark.parametrize(("shape", "stages"), [((8, 8, 1), 4), ((12, 3, 3), 3), ((8, 1, 1), 1)])
def test_an_image_too_small_for_its_stages_is_refused(patch, shape, stages):
    with pytest.raises(ValueError, match=f"{shape[0]}x{shape[1]}"):
        patch(shape, widths=(4,) * stages)


def test_no_stage_at_all_is_refused(patch):
    with pytest.raises(ValueError, match="allow 1 to 3"):
        patch(widths=())


def test_every_weight_has_a_path_of_its_own_that_begins_with_the_layers_name(patch):
    for params in EVERYTHING:
        paths = [variable.path for variable in patch(**params).variables]

        assert len(set(paths)) == len(paths) > 0
        assert all(path.startswith("discriminator_patch/") for path in paths)
        assert paths == [variable.path for variable in patch(**params).variables]


def test_the_diagnostics_tell_a_perfect_critic_from_a_collapsed_one(patch, step):
    critic = patch(fakes="reconstruction", widths=(2,), kernel_size=1, activation="linear")
    for variable in critic.weights:
        variable.assign(np.ones(variable.shape, "float32"))
    critic.score.bias.assign([-3.0])
    bright, dark = np.ones((4, 8, 8, 1), "float32"), np.zeros((4, 8, 8, 1), "float32")
    perfect = step(reconstruction=dark)
    perfect.x = ops.convert_to_tensor(bright)
    collapsed = step(reconstruction=bright)
    collapsed.x = ops.convert_to_tensor(bright)

    # bright is 1 on every channel: 2 (1 + 1) - 3 = 1; dark is -1: 2 (-1 + 1) - 3 = -3
    found = {name: numbers(v) for name, v in critic.diagnostics(perfect).items()}
    assert np.all(found["accuracy_real"] == 1)
    assert np.all(found["accuracy_fake"] == 1)
    np.testing.assert_allclose(found["logit_gap"], 4.0, rtol=1e-5)

    found = {name: numbers(v) for name, v in critic.diagnostics(collapsed).items()}
    assert np.all(found["accuracy_real"] + found["accuracy_fake"] == 1)
    np.testing.assert_allclose(found["logit_gap"], 0.0, atol=1e-6)
