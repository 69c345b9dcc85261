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


@attrs.frozen(kw_only=True)
class HolderParams:
    inner: vaereg.Slot = vaereg.slot("encoder", default="draw", meaning="what it holds")
    names: tuple[str, ...] = ("inner",)
    changed: dict[str, object] = attrs.field(factory=dict)


def holder(params, context):
    parts = [context.build(params.inner, each, **params.changed) for each in params.names]
    return (context.name, context.seed), random.random(), parts


def told(params, context):
    return context


def holding(inner="draw", **params):
    outer = slot("holder")
    held = attrs.evolve(slot(inner), key="inner", place=vaereg.errors.Place("registry.toml", 7))
    component = attrs.evolve(outer.offer.component, params=HolderParams)
    made = HolderParams(inner=held, **params)
    return attrs.evolve(outer, offer=attrs.evolve(outer.offer, component=component), params=made)


def test_a_held_part_has_a_name_and_a_seed_of_its_own():
    (outer, seed), _, (first, second) = build_component(
        holding("told", names=("inner", "other")), context(3), object
    )

    assert outer == "encoder"
    assert (first.name, second.name) == ("encoder-inner", "encoder-other")
    assert len({seed, first.seed, second.seed}) == 3
    (_, _, (again, _)) = build_component(
        holding("told", names=("inner", "other")), context(3), object
    )
    assert again.seed == first.seed


def test_building_a_part_changes_no_draw_of_its_holder():
    _, alone, _ = build_component(holding(names=()), context(1), object)
    _, beside, _ = build_component(holding(), context(1), object)

    assert alone == beside


def test_a_held_part_gets_the_context_of_its_holder_but_for_what_is_changed():
    given = attrs.evolve(context(), latent_shape=(4,), channels=2, data_spec=tiny_vae.DATA)

    _, _, (same,) = build_component(holding("told"), given, object)
    _, _, (other,) = build_component(
        holding("told", changed={"channels": 5, "latent_shape": (2, 2)}), given, object
    )

    assert (same.latent_shape, same.channels, same.data_spec) == ((4,), 2, tiny_vae.DATA)
    assert (other.latent_shape, other.channels) == ((2, 2), 5)


def test_the_error_of_a_held_part_names_it_and_stands_where_it_is_declared():
    with pytest.raises(vaereg.DeclarationError, match="takes no vectors") as raised:
        build_component(holding("refuse"), context(), object)

    (problem,) = raised.value.problems
    assert (problem.place.line, problem.path) == (7, "inner")
    with pytest.raises(vaereg.PluginError, match='encoder "nowhere"'):
        build_component(holding("nowhere"), context(), object)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"names": ("inner", "inner")}, "builds two parts named 'inner'"),
        ({"names": ("In-ner",)}, r"must match \[a-z\]\[a-z0-9_\]\*; got 'In-ner'"),
    ],
    ids=["a name twice", "no name"],
)
def test_a_wrong_name_of_a_held_part_is_a_fault_of_the_holder(params, message):
    with pytest.raises(vaereg.ContractError, match=f'encoder "holder".* {message}'):
        build_component(holding(**params), context(), object)


def test_a_part_that_is_only_named_is_not_built():
    named = attrs.evolve(holding(), params=HolderParams())

    with pytest.raises(vaereg.ContractError, match="got encoder 'draw' by name only"):
        build_component(named, context(), object)


def test_a_context_made_by_hand_says_how_to_give_it_parts():
    with pytest.raises(vaereg.UsageError, match="give it `build`"):
        vaereg.BuildContext(name="x").build(HolderParams().inner, "inner")
