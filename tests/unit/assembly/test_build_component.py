"""A component is built with its own seed and the context of its kind."""

from __future__ import annotations

import random
from pathlib import Path

import attrs
import pytest

import vaereg
from tests.helpers import tiny_vae
from vaereg.assembly.build_component import (
    EXTRACTOR_SEED,
    build_component,
    construct,
    data_context,
    evaluation_context,
    part_context,
)
from vaereg.component import Component, Offer


def draw(params, context):
    """What an unseeded initializer of Keras would draw."""
    return random.random(), context.name


def refuse(params, context):
    raise ValueError("takes no vectors")


def slot(factory):
    component = Component(kind="encoder", name=factory, factory=f"{__name__}:{factory}")
    offer = Offer(component=component, distribution="acme-vae", version="1")
    return attrs.evolve(tiny_vae.slot("encoder", "encoder"), offer=offer)


def context(seed=0):
    return vaereg.BuildContext(name="encoder", seed=seed)


def test_equal_seeds_build_equal_parts_and_other_seeds_others():
    first = build_component(slot("draw"), context(1), object)

    assert build_component(slot("draw"), context(1), object) == first
    assert build_component(slot("draw"), context(2), object) != first


def test_a_refusal_names_the_component():
    with pytest.raises(vaereg.DeclarationError, match=r"acme-vae 1\) cannot be built: takes no"):
        build_component(slot("refuse"), context(), object)


def test_construct_lets_exceptions_of_the_factory_pass():
    with pytest.raises(ValueError, match=r"^takes no vectors$"):
        construct(slot("refuse").offer, None, context())


def test_a_missing_factory_is_a_fault_of_its_distribution():
    with pytest.raises(vaereg.PluginError, match="acme-vae 1"):
        construct(slot("nowhere").offer, None, context())


def test_the_seed_of_a_part_depends_on_its_name_and_on_the_run():
    def seed(name, run_seed):
        return part_context(tiny_vae.declaration(seed=run_seed), name, tiny_vae.DATA).seed

    assert seed("encoder", 0) == seed("encoder", 0)
    assert len({seed("encoder", 0), seed("decoder", 0), seed("encoder", 1)}) == 3


def test_a_part_gets_the_latent_shape_and_what_was_built_before():
    made = part_context(tiny_vae.declaration(), "decoder", tiny_vae.DATA, channels=3)

    assert (made.latent_shape, made.channels, made.data_spec) == (
        (tiny_vae.LATENT,),
        3,
        tiny_vae.DATA,
    )


def test_a_dataset_gets_the_seed_of_the_run():
    made = data_context(tiny_vae.declaration(seed=5))

    assert (made.name, made.seed) == ("data_examples", 5)


def test_metrics_and_extractors_have_one_seed_for_every_run():
    made = evaluation_context("vaereg/pixels", tiny_vae.DATA, Path("cache"))

    assert (made.seed, made.data_spec, made.cache) == (EXTRACTOR_SEED, tiny_vae.DATA, Path("cache"))
