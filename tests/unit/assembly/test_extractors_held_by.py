"""The feature extractors that a model holds are known when its lock is written."""

from __future__ import annotations

from types import SimpleNamespace

import attrs
import pytest

import vaereg
from tests.helpers import tiny_vae
from vaereg.assembly.assemble import assemble
from vaereg.assembly.build_component import HeldPart
from vaereg.assembly.extractors_held_by import extractors_held_by
from vaereg.component import Component, NoParams, Offer
from vaereg.runs.held_extractors import HeldExtractor


@attrs.frozen(kw_only=True)
class SeeingParams:
    eyes: vaereg.Slot = vaereg.slot("feature_extractor", default="eyes", meaning="what it sees by")


def eyes(params, context):
    return SimpleNamespace(identity="12ab34cd")


class Blind:
    @property
    def identity(self):
        raise vaereg.RunError("it has read no weights")


def seeing(params, context):
    context.build(params.eyes, "eyes")
    return tiny_vae.Elbo()


def offer(kind, factory, params=NoParams):
    component = Component(kind=kind, name=factory, factory=f"{__name__}:{factory}", params=params)
    return Offer(component=component, distribution="tests", version="1")


EYES = attrs.evolve(
    tiny_vae.slot("encoder", "encoder"),
    kind="feature_extractor",
    offer=offer("feature_extractor", "eyes"),
)


def declared(slot):
    base = tiny_vae.declaration()
    held = SeeingParams(eyes=EYES)
    return attrs.evolve(
        base,
        **{
            slot: attrs.evolve(
                getattr(base, slot), offer=offer(slot, "seeing", SeeingParams), params=held
            )
        },
    )


def test_a_model_that_holds_none_has_none():
    declaration = tiny_vae.declaration()

    assert extractors_held_by(declaration, tiny_vae.tiny_vae().parts) == ()


def test_the_extractor_of_a_part_is_held_with_its_identity():
    declaration = declared("objective")
    base = tiny_vae.tiny_vae().parts

    parts = assemble(
        declaration,
        tiny_vae.DATA,
        {
            name: getattr(base, name)
            for name in ("encoder", "posterior", "prior", "decoder", "likelihood")
        },
    )

    assert extractors_held_by(declaration, parts) == (HeldExtractor("eyes", "12ab34cd"),)


def test_that_of_the_sampler_is_held_though_it_is_built_later():
    assert extractors_held_by(declared("sampler"), tiny_vae.tiny_vae().parts) == (
        HeldExtractor("eyes", ""),
    )


@pytest.mark.parametrize("part", [Blind(), object()], ids=["no weights", "no identity"])
def test_an_extractor_without_an_identity_is_held_by_its_name(part):
    parts = attrs.evolve(
        tiny_vae.tiny_vae().parts, held=(HeldPart(EYES, part), HeldPart(EYES, part))
    )

    assert extractors_held_by(tiny_vae.declaration(), parts) == (HeldExtractor("eyes", ""),)
