"""The regularizer mmd against explicit sums in numpy."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from keras import ops

import vaereg
from vaereg.basics.regularizers.declared import MMDParams
from vaereg.basics.regularizers.mmd import MMD
from vaereg.testing.stand_ins.step import StandInStep

SCALES = (0.5, 1.0, 2.0)
CONTEXT = vaereg.BuildContext(name="mmd", latent_shape=(3,))


def drawn(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def measured(z: np.ndarray, p: np.ndarray, **params: object) -> np.ndarray:
    step = StandInStep(
        ops.zeros((len(z), 2)), ops.convert_to_tensor(z), prior_latents=ops.convert_to_tensor(p)
    )
    return ops.convert_to_numpy(MMD(MMDParams(**params), CONTEXT)(step))


def brute_force(
    z: np.ndarray,
    p: np.ndarray,
    kernel: str,
    estimator: str,
    h: float,
    scales: tuple[float, ...] = SCALES,
) -> float:
    z, p = (a.reshape(len(a), -1).astype("float64") for a in (z, p))

    def k(a: np.ndarray, b: np.ndarray) -> float:
        squared = float(np.sum((a - b) ** 2))
        widths = [2 * s * a.size * h * h for s in scales]
        if kernel == "imq":
            return sum(c / (c + squared) for c in widths)
        return sum(np.exp(-squared / c) for c in widths)

    def within(a: np.ndarray) -> float:
        pairs = [
            (i, j)
            for i, j in itertools.product(range(len(a)), repeat=2)
            if estimator == "biased" or i != j
        ]
        return float(np.mean([k(a[i], a[j]) for i, j in pairs]))

    return within(z) + within(p) - 2 * float(np.mean([k(a, b) for a in z for b in p]))


@pytest.mark.parametrize("kernel", ["imq", "rbf"])
@pytest.mark.parametrize("estimator", ["unbiased", "biased"])
@pytest.mark.parametrize("shape", [(3,), (2, 2, 1)])
def test_it_equals_the_double_sum(kernel: str, estimator: str, shape: tuple[int, ...]) -> None:
    z, p = drawn(1, 6, *shape) + 0.5, drawn(2, 6, *shape)
    values = measured(z, p, kernel=kernel, estimator=estimator, scales=SCALES, bandwidth=0.7)
    assert values.shape == (6,)
    wanted = brute_force(z, p, kernel, estimator, 0.7)
    np.testing.assert_allclose(values, wanted, atol=3e-6)  # float32 sums of 36 kernels


def test_the_biased_estimate_of_equal_samples_is_zero() -> None:
    z = drawn(1, 8, 3)
    assert np.abs(measured(z, z[::-1].copy(), estimator="biased")).max() < 1e-5


@pytest.mark.parametrize("kernel", ["imq", "rbf"])
def test_the_biased_estimate_is_never_negative(kernel: str) -> None:
    least = min(
        measured(drawn(s, 5, 3), drawn(s + 99, 5, 3), kernel=kernel, estimator="biased").min()
        for s in range(20)
    )
    assert least >= 0


@pytest.mark.slow
def test_the_unbiased_estimate_of_equal_distributions_is_zero_on_average() -> None:
    values = [measured(drawn(s, 16, 3), drawn(s + 999, 16, 3))[0] for s in range(200)]
    standard_error = np.std(values) / np.sqrt(len(values))
    assert abs(np.mean(values)) < 4 * standard_error
    assert min(values) < 0 < max(values)


def test_it_grows_with_the_distance_from_the_prior() -> None:
    values = [measured(drawn(1, 32, 3) + shift, drawn(2, 32, 3))[0] for shift in (0.0, 1.0, 3.0)]
    assert values[0] < values[1] < values[2]


def test_latents_far_from_zero_lose_no_digits() -> None:
    z, p = drawn(1, 6, 3), drawn(2, 6, 3)
    near, far = (measured(z + s, p + s, scales=SCALES)[0] for s in (0.0, 1000.0))
    assert abs(near - far) < 2e-3  # 1000 + z itself is rounded to 6e-5


def test_a_lone_example_gives_a_finite_value() -> None:
    assert np.isfinite(measured(drawn(1, 1, 3), drawn(2, 1, 3))).all()


def test_it_does_not_scale_with_the_batch() -> None:
    values = [
        np.mean([measured(drawn(s, n, 3) + 1.0, drawn(s + 99, n, 3))[0] for s in range(40)])
        for n in (8, 32)
    ]
    assert values[1] == pytest.approx(values[0], rel=0.1)


def test_a_gradient_reaches_the_latents() -> None:
    p = ops.convert_to_tensor(drawn(2, 6, 3))
    term = MMD(MMDParams(), CONTEXT)

    def value(z: object) -> object:
        return term(StandInStep(ops.zeros((6, 2)), z, prior_latents=p))[:1]

    z = drawn(1, 6, 3) + 1.0
    found = ops.convert_to_numpy(vaereg.gradient(value, ops.convert_to_tensor(z)))

    def at(shift: float) -> float:
        moved = z.copy()
        moved[2, 1] += shift
        return brute_force(
            moved, ops.convert_to_numpy(p), "imq", "unbiased", 1.0, MMDParams().scales
        )

    slope = (at(0.05) - at(-0.05)) / 0.1
    assert found[2, 1] == pytest.approx(slope, rel=0.01)
