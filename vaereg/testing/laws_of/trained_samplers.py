"""Laws of samplers that are trained by steps, those with a `loss`. Other samplers keep them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from keras import ops

from vaereg.contracts.tensor import Tensor
from vaereg.model.samplers.learned_sampler import LearnedSampler
from vaereg.testing.cases import CASES
from vaereg.testing.component_under_test import ComponentUnderTest
from vaereg.testing.law import law, require
from vaereg.testing.laws_of.gradients import gradients_of_sum
from vaereg.testing.learned_samplers import as_sampler, learns_by_steps, train_sampler
from vaereg.testing.moved_weights import move
from vaereg.testing.stand_ins.told_part import random_conditions

FEW = 6
LATENTS = 64
STEPS = 60
NEAR = 1e-4
CASE = CASES[0]


def _moved(component: ComponentUnderTest) -> LearnedSampler | None:
    """A sampler whose weights have moved, a new one with each call; None if it has no loss."""
    sampler = as_sampler(component, CASE, component.build(CASE))
    if not learns_by_steps(sampler):
        return None
    sampler.fit(CASE.latents(LATENTS), 0, _told(component, LATENTS))
    rng = np.random.default_rng(17)
    for each in sampler.layer.trainable_variables:
        move(each, rng)
    return sampler


def _told(component: ComponentUnderTest, count: int) -> dict[str, np.ndarray]:
    return random_conditions(component.conditions, count)


def _losses(
    sampler: LearnedSampler,
    z: np.ndarray | Tensor,
    given: Mapping[str, np.ndarray],
    seed: int = 1,
) -> Tensor:
    """The losses (B,) of latents, an array or a tensor."""
    told = {name: ops.convert_to_tensor(values) for name, values in given.items()}
    more = {"given": told} if told else {}
    return sampler.layer.loss(ops.convert_to_tensor(z), seed=seed, training=False, **more)


def _numpy(value: Tensor) -> np.ndarray:
    return np.asarray(ops.convert_to_numpy(value))


@law(
    "a-loss-is-of-its-latent",
    "The loss of a sampler is one finite value per latent, whatever the other latents are.",
    "sampler",
)
def a_loss_is_of_its_latent(component: ComponentUnderTest) -> None:
    """The engine averages the loss, and weighs every latent alike. For samplers with `loss`.

    Sum over the axes of the latent only, and normalize nothing over the batch.
    """
    sampler, given = _moved(component), _told(component, FEW)
    if sampler is None:
        return
    z = CASE.latents(FEW, seed=3)
    other = z.copy()
    other[FEW // 2 :] += 5.0
    first, second = (_numpy(_losses(sampler, each, given)) for each in (z, other))
    require(first.shape == (FEW,), f"the loss of {FEW} latents has shape {first.shape}")
    require(np.isfinite(first).all(), "the loss is not finite")
    kept, changed = slice(0, FEW // 2), slice(FEW // 2, FEW)
    near = np.allclose(first[kept], second[kept], rtol=NEAR, atol=NEAR)
    require(near, "the loss of a latent changes with the other latents of its batch")
    differs = not np.any(np.isclose(first[changed], second[changed], rtol=1e-6, atol=0))
    require(differs, "the loss does not depend on the latent")


@law(
    "the-noise-of-a-loss-is-seeded",
    "Equal seeds give equal losses of a sampler.",
    "sampler",
)
def the_noise_of_a_loss_is_seeded(component: ComponentUnderTest) -> None:
    """An interrupted training continues to the bit. For samplers with `loss`.

    Draw times, noise and dropout with the seed that `loss` is given, and keep no generator.
    """
    sampler, given, z = _moved(component), _told(component, FEW), CASE.latents(FEW)
    if sampler is None:
        return
    first, second = (_numpy(_losses(sampler, z, given)) for _ in range(2))
    gap = float(np.abs(first - second).max())
    require(gap <= NEAR * (1 + np.abs(first).max()), f"two losses with seed 1 differ by {gap:.3g}")


@law(
    "a-loss-trains-every-weight",
    "A finite, nonzero gradient of the loss of a sampler reaches every weight matrix.",
    "sampler",
)
def a_loss_trains_every_weight(component: ComponentUnderTest) -> None:
    """A weight without a gradient keeps its first value. For samplers with `loss`.

    Checked after the weights have moved, since some weights rightly start at 0. Make a weight that
    `fit` sets with `trainable=False`, and look for numpy, rounding and stop_gradient.
    """
    sampler, given = _moved(component), _told(component, LATENTS)
    if sampler is None:
        return
    variables = list(sampler.layer.trainable_variables)
    z = CASE.latents(LATENTS)
    found = gradients_of_sum(lambda: _losses(sampler, z, given), variables)
    for each, gradient in zip(variables, found, strict=True):
        require(np.isfinite(gradient).all(), f"the gradient of {each.path} is not finite")
        reached = len(each.shape) < 2 or bool(np.any(gradient != 0))
        require(reached, f"no gradient reaches {each.path}")


@law(
    "training-lowers-the-loss-of-a-sampler",
    "The loss of a sampler falls in its first steps, and stays finite.",
    "sampler",
    level="training",
)
def training_lowers_the_loss_of_a_sampler(component: ComponentUnderTest) -> None:
    """Checked on one batch of latents that are no standard normal draws. For samplers with `loss`.

    The engine minimises the loss: return -log p(z), not log p(z). Look for values that explode
    once the weights move.
    """
    sampler = as_sampler(component, CASE, component.build(CASE))
    if not learns_by_steps(sampler):
        return
    z, given = 2.0 + 0.3 * CASE.latents(LATENTS), _told(component, LATENTS)
    sampler.fit(z, 0, given)
    before = _mean_loss(sampler, z, given)
    train_sampler(sampler, z, given, steps=STEPS)
    after = _mean_loss(sampler, z, given)
    require(np.isfinite(after), f"the loss is {after} after {STEPS} steps")
    require(after < before, f"the loss goes from {before:.4g} to {after:.4g} in {STEPS} steps")


def _mean_loss(sampler: LearnedSampler, z: np.ndarray, given: Mapping[str, np.ndarray]) -> float:
    """Over several seeds, since a single one may be favourable by chance."""
    return float(np.mean([_numpy(_losses(sampler, z, given, seed)) for seed in range(8)]))


@law(
    "a-condition-is-of-its-latent",
    "A condition changes the loss of its latent and the draw of its row, and no others.",
    "sampler",
)
def a_condition_is_of_its_latent(component: ComponentUnderTest) -> None:
    """A batch holds latents of many classes. For samplers with `loss` that ask for conditions.

    Look up the i-th condition for the i-th latent, in `loss` and in `sample`, and never reduce over
    the batch. Leave out of `given` and `may_be_given` what is not used.
    """
    sampler = _moved(component)
    if sampler is None:
        return
    z, given = CASE.latents(FEW), _told(component, FEW)
    kept = slice(0, FEW // 2)
    for condition in component.conditions:
        told = given[condition.name]
        other = told.copy()
        half = told[FEW // 2 :]  # an odd number, so the classes are no permutation of those before
        other[FEW // 2 :] = np.where(half == 0, 1, 0) if condition.classes else half + 1.0
        changed = {**given, condition.name: other}
        losses = [_numpy(_losses(sampler, z, each)) for each in (given, changed)]
        draws = [sampler.sample(FEW, 1, each).reshape(FEW, -1) for each in (given, changed)]
        for what, (first, second) in {"the loss": losses, "a draw": draws}.items():
            near = np.allclose(first[kept], second[kept], rtol=NEAR, atol=NEAR)
            name = condition.name
            require(near, f"{what} changes with the condition {name!r} of another latent")
            differs = not np.allclose(first, second, rtol=1e-6, atol=1e-7)
            require(differs, f"{what} does not depend on the condition {name!r}")
