"""Parts whose latents do not go together are refused before training."""

from __future__ import annotations

import pytest

import vaereg
from tests.helpers import tiny_vae
from tests.helpers.tiny_factories import declared_in
from vaereg.assembly.assemble import assemble

PLACES = {"posterior": 5, "prior": 6, "objective": 9}


def on_the_sphere(part):
    part.support = "sphere"
    return part


def coded(part):
    part.support = "codes"
    return part


def sphere_posterior(params, context):
    return on_the_sphere(tiny_vae.TinyPosterior())


def sphere_prior(params, context):
    return on_the_sphere(tiny_vae.TinyPrior())


def coded_prior(params, context):
    return coded(tiny_vae.TinyPrior())


def declared(**factories):
    return declared_in(__name__, PLACES, **factories)


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
