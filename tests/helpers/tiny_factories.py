"""Factories of the parts of the tiny VAE, as a plugin would offer them, and their declarations."""

from __future__ import annotations

import sys

import attrs

from tests.helpers import tiny_vae
from vaereg.component import Component, Offer
from vaereg.errors import Place

LINE = 7
"""The line at which a part is declared, if a test does not say otherwise."""


def encoder(params, context):
    return tiny_vae.TinyEncoder(context.name)


def posterior(params, context):
    return tiny_vae.TinyPosterior()


def prior(params, context):
    return tiny_vae.TinyPrior()


def decoder(params, context):
    return tiny_vae.TinyDecoder()


def likelihood(params, context):
    return tiny_vae.TinyLikelihood()


def objective(params, context):
    return tiny_vae.Elbo()


def offered(kind, factory, module):
    """The offer of a factory of the test module, or of this one if that has none of the name."""
    home = module if hasattr(sys.modules[module], factory) else __name__
    component = Component(kind=kind, name=factory, factory=f"{home}:{factory}")
    return Offer(component=component, distribution="acme-vae", version="2.1")


def declared_in(module, lines=None, **factories):
    """A declaration of the tiny VAE with factories of a test module, by kind.

    lines: kind -> the line at which it is declared.
    """
    base = tiny_vae.declaration()
    slots = {}
    for kind in ("encoder", "posterior", "prior", "decoder", "likelihood", "objective"):
        offer = offered(kind, factories.get(kind, kind), module)
        place = Place("registry.toml", (lines or {}).get(kind, LINE), 3, f'{kind} = "x"', 5)
        slots[kind] = attrs.evolve(getattr(base, kind), offer=offer, place=place)
    return attrs.evolve(base, **slots)
