import keras
import numpy as np
import pytest
from keras import ops
from scipy import stats

NAMES = ("gaussian", "deterministic")


@pytest.fixture
def features(rng):
    return rng.normal(size=(5, 6)).astype("float32")


def spread_out(posterior, rng):
    """Gives log_var a kernel that is not zero."""
    kernel = posterior.log_var_head.kernel
    kernel.assign(rng.normal(size=kernel.shape) * 0.5)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("feature_shape", "latent"),
    [((6,), (3,)), ((4, 2, 6), (3,)), ((4, 2, 6), (4, 2, 3)), ((6,), (4, 2, 3))],
)
def test_every_array_has_the_latent_shape(build, rng, name, feature_shape, latent):
    posterior = build("posterior", name, latent_shape=latent)
    out = posterior(rng.normal(size=(5, *feature_shape)).astype("float32"), samples=2, seed=1)
    assert tuple(out.z.shape) == tuple(out.mode.shape) == (10, *latent)
    if not posterior.deterministic:
        assert tuple(out.log_var.shape) == (10, *latent)
        assert tuple(out.log_q.shape) == (10,)


@pytest.mark.parametrize("name", NAMES)
def test_positions_that_do_not_fit_are_refused_with_the_shape_that_fits(build, name):
    posterior = build("posterior", name, latent_shape=(4, 4, 2))
    with pytest.raises(ValueError, match=r"latent = \[7, 7, 2\] fits"):
        posterior(np.zeros((1, 7, 7, 8), "float32"), seed=1)


def test_a_spatial_projection_reads_each_position_alone(build, rng):
    posterior = build("posterior", "deterministic", latent_shape=(2, 2, 3))
    features = rng.normal(size=(1, 2, 2, 5)).astype("float32")
    moved = features.copy()
    moved[0, 1, 1] += 1.0
    change = ops.convert_to_numpy(posterior(moved).z - posterior(features).z)
    assert np.abs(change[0, 1, 1]).max() > 0.01
    change[0, 1, 1] = 0
    assert not change.any()


@pytest.mark.parametrize("name", NAMES)
def test_samples_are_folded_sample_major(build, features, numpy, name):
    posterior = build("posterior", name, latent_shape=(3,))
    one, three = posterior(features, seed=1), posterior(features, samples=3, seed=1)
    means = numpy(three.mode).reshape(3, 5, 3)
    for k in range(3):
        np.testing.assert_allclose(means[k], numpy(one.mode), rtol=1e-6)
    z = numpy(three.z).reshape(3, 5, 3)
    assert posterior.deterministic == np.array_equal(z[0], z[1])


def test_seeds_are_honoured(build, features, numpy):
    posterior = build("posterior", "gaussian", latent_shape=(3,))
    draws = [numpy(posterior(features, seed=seed).z) for seed in (1, 1, 2)]
    assert np.array_equal(draws[0], draws[1])
    assert not np.allclose(draws[0], draws[2])
    moving = keras.random.SeedGenerator(1)
    first, second = (numpy(posterior(features, seed=moving).z) for _ in range(2))
    assert not np.allclose(first, second)


def test_the_mean_does_not_depend_on_the_seed(build, features, numpy):
    posterior = build("posterior", "gaussian", latent_shape=(3,))
    first, second = (numpy(posterior(features, seed=seed).mode) for seed in (1, 2))
    assert np.array_equal(first, second)


def test_without_a_seed_z_is_the_mode(build, features, numpy):
    posterior = build("posterior", "gaussian", latent_shape=(3,))
    out = posterior(features)
    assert np.array_equal(numpy(out.z), numpy(out.mode))


def test_the_variance_starts_at_one(build, features, numpy):
    out = build("posterior", "gaussian", latent_shape=(3,))(features, seed=1)
    np.testing.assert_allclose(numpy(out.log_var), 0.0, atol=1e-3)


def test_log_q_is_the_gaussian_density_at_z(build, features, numpy, rng):
    posterior = build("posterior", "gaussian", latent_shape=(3,))
    posterior(features, seed=1)
    spread_out(posterior, rng)
    out = posterior(features, samples=4, seed=1)
    expected = stats.norm.logpdf(numpy(out.z), numpy(out.mode), np.exp(numpy(out.log_var) / 2))
    np.testing.assert_allclose(numpy(out.log_q), expected.sum(-1), rtol=1e-4, atol=1e-4)


def test_log_q_integrates_to_one(build, numpy, rng):
    # The mean of 1[z in A] / q(z) over draws is the volume of A, if q is normalised and followed.
    posterior = build("posterior", "gaussian", latent_shape=(2,))
    features = rng.normal(size=(1, 4)).astype("float32")
    posterior(features, seed=1)
    spread_out(posterior, rng)
    out = posterior(features, samples=40_000, seed=2)
    std = np.exp(numpy(out.log_var)[0] / 2)
    inside = (np.abs(numpy(out.z) - numpy(out.mode)) < 1.5 * std).all(-1)
    volume = np.mean(inside / np.exp(numpy(out.log_q)))
    assert volume == pytest.approx(np.prod(3 * std), rel=0.03)  # 4 standard errors


def test_log_var_stays_within_its_bounds_with_finite_gradients(build, gradient, numpy):
    posterior = build("posterior", "gaussian", latent_shape=(2,))
    posterior(np.zeros((1, 1), "float32"), seed=1)
    posterior.log_var_head.kernel.assign([[1.0, -1.0]])
    for size in (1e1, 1e3, 1e6):
        features = np.full((1, 1), size, "float32")
        log_var = numpy(posterior(features, seed=1).log_var)
        assert log_var.max() <= 8.0 + 1e-5
        assert log_var.min() >= -12.0 - 1e-5

        def loss(x):
            out = posterior(x, seed=1)
            return ops.sum(out.log_q) + ops.sum(ops.exp(out.log_var) + ops.exp(-out.log_var))

        assert np.isfinite(gradient(loss, features)).all()


def test_a_deterministic_posterior_has_no_density(build, features, numpy):
    posterior = build("posterior", "deterministic", latent_shape=(3,))
    out = posterior(features, samples=2, seed=1)
    assert posterior.deterministic
    assert out.log_var is None
    assert out.log_q is None
    assert np.array_equal(numpy(out.z), numpy(out.mode))


@pytest.mark.parametrize("name", NAMES)
def test_a_gradient_reaches_the_features(build, features, gradient, name):
    posterior = build("posterior", name, latent_shape=(3,))
    posterior(features, seed=1)
    slope = gradient(lambda x: ops.sum(ops.square(posterior(x, seed=1).z)), features)
    assert np.abs(slope).min(axis=-1).max() > 0


@pytest.mark.parametrize("name", NAMES)
def test_half_precision_features_give_float32(build, mixed_float16, name):
    posterior = build("posterior", name, latent_shape=(3,))
    out = posterior(np.ones((2, 6), "float16"), samples=2, seed=1)
    for array in (out.z, out.mode, out.log_var, out.log_q):
        if array is not None:
            assert keras.backend.standardize_dtype(array.dtype) == "float32"
            assert np.isfinite(ops.convert_to_numpy(array)).all()


@pytest.mark.parametrize("name", NAMES)
def test_compiled_equals_eager(build, features, compiled, numpy, name):
    posterior = build("posterior", name, latent_shape=(3,))
    posterior(features, seed=1)
    features = ops.convert_to_tensor(features)
    eager = posterior(features, samples=2, seed=3)
    fast = compiled(lambda x: posterior(x, samples=2, seed=3).z)(features)
    np.testing.assert_allclose(numpy(fast), numpy(eager.z), rtol=1e-5, atol=1e-5)


def test_weights_have_explicit_names_and_follow_the_seed(build, features, numpy):
    def kernel(seed):
        posterior = build("posterior", "gaussian", latent_shape=(3,), seed=seed)
        posterior(features, seed=1)
        paths = {variable.path for variable in posterior.variables}
        assert paths == {
            f"posterior/{h}/{w}" for h in ("mean", "log_var") for w in ("kernel", "bias")
        }
        return numpy(posterior.mean_head.kernel)

    assert np.array_equal(kernel(1), kernel(1))
    assert not np.array_equal(kernel(1), kernel(2))
