"""Parts are built from their own seeds and tested, and errors name them."""

from __future__ import annotations

import attrs
import numpy as np
import pytest
from keras import ops

import vaereg
from tests.helpers import tiny_vae
from tests.helpers.tiny_factories import declared_in
from vaereg.assembly.assemble import assemble


# Further factories by name, as a plugin would offer them.
def raising(params, context):
    raise RuntimeError("out of luck")


def refusing(params, context):
    raise ValueError("takes images of at least 8 pixels")


class MeanOverBatch(tiny_vae.TinyLikelihood):
    def log_prob(self, x, outputs, training=False):
        return ops.mean(super().log_prob(x, outputs))


class WideDecoder(tiny_vae.TinyDecoder):
    def call(self, z, training=False):
        return ops.concatenate([super().call(z)] * 2, axis=-1)


class NarrowPosterior(tiny_vae.TinyPosterior):
    def call(self, features, samples=1, seed=None, training=False):
        latent = super().call(features, samples, seed, training)
        return latent._replace(z=latent.z[:, :1])


def narrow_posterior(params, context):
    return NarrowPosterior()


def bare_posterior(params, context):
    return lambda features, samples=1, seed=None, training=False: ops.mean(features)


def takes_no_context(params):
    return None


def averaging_likelihood(params, context):
    return MeanOverBatch()


def wide_decoder(params, context):
    return WideDecoder()


def declared(**factories):
    return declared_in(__name__, **factories)


def weights(part):
    return [np.array(ops.convert_to_numpy(v.value)) for v in part.trainable_variables]


def test_every_slot_is_built():
    parts = assemble(declared(), tiny_vae.DATA)

    assert parts.encoder.name == "encoder"
    assert parts.data_spec == tiny_vae.DATA


SEEN = {}


def noting(params, context):
    SEEN[context.name] = dict(context.parts)
    return tiny_vae.Elbo()


def test_a_part_sees_those_that_are_built_before_it():
    parts = assemble(declared(objective="noting"), tiny_vae.DATA)

    assert SEEN["objective"] == {
        "likelihood": parts.likelihood,
        "encoder": parts.encoder,
        "posterior": parts.posterior,
        "decoder": parts.decoder,
        "prior": parts.prior,
    }
    assert parts.named() == {**SEEN["objective"], "objective": parts.objective}


def test_a_parts_first_weights_do_not_depend_on_the_other_parts():
    one = assemble(declared(), tiny_vae.DATA)
    other = assemble(declared(objective="objective"), tiny_vae.DATA)
    again = assemble(attrs.evolve(declared(), regularizers=()), tiny_vae.DATA)

    for first, second in zip(weights(one.decoder), weights(other.decoder), strict=True):
        np.testing.assert_array_equal(first, second)
    for first, second in zip(weights(one.encoder), weights(again.encoder), strict=True):
        np.testing.assert_array_equal(first, second)


def test_the_runs_seed_covers_the_weights():
    base = declared()
    other = attrs.evolve(base, train=attrs.evolve(base.train, seed=1))
    first = weights(assemble(base, tiny_vae.DATA).encoder)[0]

    assert np.any(first != weights(assemble(other, tiny_vae.DATA).encoder)[0])
    np.testing.assert_array_equal(first, weights(assemble(base, tiny_vae.DATA).encoder)[0])


def test_a_refusal_is_placed_where_the_part_is_declared():
    with pytest.raises(vaereg.DeclarationError) as caught:
        assemble(declared(encoder="refusing"), tiny_vae.DATA)

    (problem,) = caught.value.problems
    assert problem.place.line == 7
    assert "acme-vae 2.1" in problem.message
    assert "at least 8 pixels" in problem.message


def test_a_fault_of_a_component_names_its_distribution_and_line():
    with pytest.raises(
        vaereg.PluginError, match=r"acme-vae 2\.1.*out of luck.*test_assemble\.py:\d+"
    ):
        assemble(declared(prior="raising"), tiny_vae.DATA)


def test_a_factory_of_another_signature_is_named_with_its_own_line():
    with pytest.raises(
        vaereg.PluginError, match=r"acme-vae 2\.1.*TypeError.*test_assemble\.py:\d+"
    ):
        assemble(declared(prior="takes_no_context"), tiny_vae.DATA)


@pytest.mark.parametrize(
    ("slot", "factory", "law"),
    [
        ("likelihood", "averaging_likelihood", r"log_prob must have shape \(2,\).*shape \(\)"),
        ("decoder", "wide_decoder", r"outputs must have shape \(2, 6\).*shape \(2, 12\)"),
        ("posterior", "narrow_posterior", r"z must have shape \(2, 2\)"),
        ("posterior", "bare_posterior", r"it must return a vaereg\.Latent; it returned \w+"),
    ],
)
def test_a_broken_contract_names_the_law_and_what_came(slot, factory, law):
    with pytest.raises(vaereg.PluginError, match=law) as caught:
        assemble(declared(**{slot: factory}), tiny_vae.DATA)
    assert "acme-vae 2.1" in str(caught.value)


def test_a_component_for_other_data_is_refused_before_anything_is_built():
    base = declared(encoder="raising")
    component = attrs.evolve(base.encoder.offer.component, for_data={"image"})
    offer = attrs.evolve(base.encoder.offer, component=component)
    base = attrs.evolve(base, encoder=attrs.evolve(base.encoder, offer=offer))

    with pytest.raises(
        vaereg.DeclarationError, match="accepts image data; this dataset provides vector"
    ):
        assemble(base, tiny_vae.DATA)
