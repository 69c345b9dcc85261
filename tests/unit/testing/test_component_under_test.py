"""The kit builds a component as the engine does: its context has the same fields."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import pytest

import vaereg
from tests.helpers.tiny_run import write_project
from vaereg.assembly import build_component
from vaereg.assembly.build_component import evaluation_context
from vaereg.contracts.context import BuildContext
from vaereg.discovery.discover import discover
from vaereg.testing.component_under_test import ComponentUnderTest
from vaereg.trained.samplers import build_sampler

UNSET = attrs.asdict(BuildContext(name=""), recurse=False)


def filled(context: BuildContext) -> set[str]:
    """The fields that are not at their defaults; a seed may be 0."""
    values = attrs.asdict(context, recurse=False)
    return {name for name, value in values.items() if value != UNSET[name] and name != "seed"}


@pytest.fixture
def contexts(monkeypatch: pytest.MonkeyPatch) -> dict[str, BuildContext]:
    """Kind -> the context with which a component of it was last built."""
    found: dict[str, BuildContext] = {}
    construct = build_component.construct

    def recorded(offer: Any, params: Any, context: BuildContext) -> Any:
        found[offer.kind] = context
        return construct(offer, params, context)

    monkeypatch.setattr(build_component, "construct", recorded)
    monkeypatch.setattr("vaereg.testing.component_under_test.construct", recorded)
    return found


def test_a_context_has_the_fields_that_the_engine_fills(
    tmp_path: Path, contexts: dict[str, BuildContext]
) -> None:
    registry = write_project(tmp_path)
    more = ["models.tiny.regularizers.mmd={}", 'data.blobs.augment=["translate"]']
    vae = vaereg.build(registry, overrides=more)
    build_sampler(vae, vae.declaration, vae.declaration.sampler)
    # `construct`, which both call, adds `build`.
    engine = {kind: filled(context) | {"build"} for kind, context in contexts.items()}
    evaluated = evaluation_context("metric", vae.parts.data_spec, tmp_path)
    engine["metric"] = filled(evaluated) | {"build"}  # which build_component adds
    engine["feature_extractor"] = engine["metric"]
    engine["optimizer"] = {"name", "build"}  # it knows no data and no part
    del engine["dataset"]
    contexts.clear()

    built_in = [offer for offer in discover().offers() if offer.distribution == "vaereg"]
    one_of_each = {offer.kind: offer for offer in built_in if offer.kind != "dataset"}
    for offer in one_of_each.values():
        component = ComponentUnderTest(offer=offer)
        component.build(component.cases[0])

    assert {kind: filled(context) for kind, context in contexts.items()} == engine
