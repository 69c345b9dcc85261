"""Parts whose latents do not go together are refused before training."""

from __future__ import annotations

import attrs
import pytest

import vaereg
from tests.helpers import tiny_vae
from vaereg.assembly.assemble import assemble
from vaereg.component import Component, Offer
from vaereg.errors import Place

PLACES = {"posterior": 5, "prior": 6, "objective": 9}


def on_the_sphere(part):
    part.support = "sphere"
    return part


def coded(part):
    part.support = "codes"
    return part


def encoder(params, context):
    return tiny_vae.TinyEncoder(context.name)


def decoder(params, context):
    return tiny_vae.TinyDecoder()


def likelihood(params, context):
    return tiny_vae.TinyLikelihood()


def objective(params, context):
    return tiny_vae.Elbo()


def posterior(params, context):
    return tiny_vae.TinyPosterior()


def sphere_posterior(params, context):
    return on_the_sphere(tiny_vae.TinyPosterior())


def prior(params, context):
    return tiny_vae.TinyPrior()


def sphere_prior(params, context):
    return on_the_sphere(tiny_vae.TinyPrior())


def coded_prior(params, context):
    return coded(tiny_vae.TinyPrior())


def declared(**factories):
    base = tiny_vae.declaration()
    slots = {}
    for kind in ("encoder", "posterior", "prior", "decoder", "likelihood", "objective"):
        name = factories.get(kind, kind)
        component = Component(kind=kind, name=name, factory=f"{__name__}:{name}")
        offer = Offer(component=component, distribution="acme-vae", version="2.1")
        place = Place("registry.toml", PLACES.get(kind, 1), 3, f'{kind} = "x"', 5)
        slots[kind] = attrs.evolve(getattr(base, kind), offer=offer, place=place)
    return attrs.evolve(base, **slots)


@pytest.mark.parametrize(
    ("posterior", "prior", "line", "words"),
    [
        ("sphere_posterior", "prior", 5, "lie in 'sphere', but those of .* in 'reals'"),
        ("posterior", "sphere_prior", 6, "lie in 'reals', but those of .* in 'sphere'"),
        ("sphere_posterior", "coded_prior", 6, "lie in 'sphere', but those of .* in 'codes'"),
    ],
)
def test_a_posterior_and_a_prior_of_different_support_are_refused(posterior, prior, line, words):
    with pytest.raises(vaereg.DeclarationError, match=words) as caught:
        assemble(declared(posterior=posterior, prior=prior), tiny_vae.DATA)

    (problem,) = caught.value.problems
    assert problem.place.line == line and "same support" in problem.hint


def test_equal_supports_go_together():
    parts = assemble(declared(posterior="sphere_posterior", prior="sphere_prior"), tiny_vae.DATA)

    assert parts.prior.support == parts.posterior.support == "sphere"
