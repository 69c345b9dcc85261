"""Every built-in encoder, decoder, likelihood and posterior trains together with every other."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from keras import ops

import vaereg
from vaereg.discovery.declare import declare
from vaereg.model.build_declared import build_declared

NETWORKS = {
    "dense": "{ use = 'dense', widths = [8] }",
    "conv": "{ use = 'conv', widths = [4] }",
    "resnet": "{ use = 'resnet', widths = [4] }",
}
POSTERIORS = ("gaussian", "deterministic")
LIKELIHOODS = (
    "'bernoulli'",
    "'gaussian'",
    "'gaussian_optimal_variance'",
    "'laplace'",
    "{ use = 'discretized_logistic_mixture', components = 2 }",
)
TEMPLATE = """
default = "m"
[data.d]
use = "fashion_mnist"
[models.m]
data = "d"
latent = 2
encoder = {encoder}
decoder = {decoder}
posterior = "{posterior}"
likelihood = {likelihood}
{more}
[train]
batch_size = 4
"""


def small_data(shape=(8, 8, 1)):
    values = np.random.default_rng(0).integers(0, 256, (16, *shape), dtype=np.uint8)
    spec = vaereg.DataSpec(form="image", shape=shape, levels=256, size=16)
    return vaereg.Data(spec=spec, train=vaereg.ArraySplit(values))


def built(registry, more="", **slots):
    slots = {
        "encoder": NETWORKS["dense"],
        "decoder": NETWORKS["dense"],
        "posterior": "gaussian",
        "likelihood": "'bernoulli'",
        **slots,
    }
    declaration = declare(registry(TEMPLATE.format(more=more, **slots)))
    return build_declared(declaration, small_data())


def two_steps(vae):
    """Trains two steps without compiling; returns the largest change of a weight, and the terms."""
    vae.run_eagerly = True
    before = vae.weights_only()
    x = small_data().train.take(np.arange(4))
    for _ in range(2):
        terms = vae.train_on_batch(x, return_dict=True)
    after = vae.weights_only()
    change = {path: float(np.abs(after[path] - before[path]).max()) for path in before}
    return change, {name: float(ops.convert_to_numpy(value)) for name, value in terms.items()}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("encoder", "decoder", "posterior", "likelihood"),
    list(product(NETWORKS, NETWORKS, POSTERIORS, LIKELIHOODS)),
)
def test_every_combination_trains_two_steps(registry, encoder, decoder, posterior, likelihood):
    vae = built(
        registry,
        encoder=NETWORKS[encoder],
        decoder=NETWORKS[decoder],
        posterior=posterior,
        likelihood=likelihood,
    )
    change, terms = two_steps(vae)

    assert all(np.isfinite(value) for value in terms.values())
    assert any(change[path] > 0 for path in change if path.startswith("encoder"))
    assert any(change[path] > 0 for path in change if path.startswith("decoder"))
    assert ("kl" in terms) == (posterior == "gaussian")


@pytest.mark.parametrize("prior", ["standard_normal", "gaussian_mixture", "vamp"])
def test_every_prior_trains_and_is_trained(registry, prior):
    vae = built(registry, more=f'prior = "{prior}"')
    change, terms = two_steps(vae)

    assert np.isfinite(terms["kl"])
    own = [path for path in change if path.startswith("prior")]
    assert bool(own) == (prior != "standard_normal")
    assert all(change[path] > 0 for path in own)
    assert vae.sample(3).shape == (3, 8, 8, 1)


def test_the_weights_of_a_prior_that_encodes_are_its_own_alone(registry):
    vae = built(registry, more='prior = "vamp"')
    encoder = {id(v) for v in vae.encoder.trainable_variables}

    assert not encoder & {id(v) for v in vae.prior.trainable_variables}


@pytest.mark.parametrize("regularizer", ["mmd", "total_correlation", "focal_frequency"])
def test_every_regularizer_moves_the_weights(registry, regularizer):
    more = "kl = { weight = 0.0 }\nregularizers = { X = { weight = 1.0 } }"
    plain, _ = two_steps(built(registry, more="kl = { weight = 0.0 }"))
    moved, terms = two_steps(built(registry, more=more.replace("X", regularizer)))

    assert np.isfinite(terms[regularizer])
    assert plain != moved


def test_iwae_trains(registry):
    vae = built(registry, more='objective = { use = "iwae", samples = 3 }')
    _, terms = two_steps(vae)

    assert set(terms) == {"loss", "iwae"}


def test_a_spatial_latent_trains(registry):
    vae = built(
        registry,
        encoder=NETWORKS["conv"],
        decoder=NETWORKS["conv"],
        more="",
    )
    assert vae.parts.latent_shape == (2,)
    text = TEMPLATE.format(
        encoder=NETWORKS["conv"],
        decoder=NETWORKS["conv"],
        posterior="gaussian",
        likelihood="'bernoulli'",
        more="",
    ).replace("latent = 2", "latent = [4, 4, 3]")
    spatial = build_declared(declare(registry(text)), small_data())
    _, terms = two_steps(spatial)

    assert np.isfinite(terms["loss"])
    assert spatial.encode(small_data().train.take(np.arange(2))).mode.shape == (2, 4, 4, 3)


def test_a_latent_shape_that_does_not_fit_is_told_with_its_place(registry):
    text = TEMPLATE.format(
        encoder=NETWORKS["conv"],
        decoder=NETWORKS["conv"],
        posterior="gaussian",
        likelihood="'bernoulli'",
        more="",
    ).replace("latent = 2", "latent = [5, 5, 3]")
    with pytest.raises(vaereg.DeclarationError, match=r"does-not-fit[\s\S]*4, 4"):
        build_declared(declare(registry(text)), small_data())


def test_a_vector_network_on_images_and_an_image_network_on_vectors(registry):
    spec = vaereg.DataSpec(form="vector", shape=(5,), value_range=(0.0, 1.0), size=16)
    values = np.random.default_rng(0).uniform(0, 1, (16, 5)).astype("float32")
    vectors = vaereg.Data(spec=spec, train=vaereg.ArraySplit(values))
    text = TEMPLATE.format(
        encoder=NETWORKS["conv"],
        decoder=NETWORKS["dense"],
        posterior="gaussian",
        likelihood="'bernoulli'",
        more="",
    )
    with pytest.raises(
        vaereg.DeclarationError, match="accepts image data; this dataset provides vector"
    ):
        build_declared(declare(registry(text)), vectors)
