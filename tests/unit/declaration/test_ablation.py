"""An ablation declares a model with and without a component."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from tests.helpers.declared_components import Source
from tests.helpers.holding_components import holding_source
from vaereg.component import REQUIRED, Component, Offer, param
from vaereg.declaration.ablation import Ablation, ablation_of
from vaereg.declaration.resolve import resolve
from vaereg.declaration.text.document import Document, parse_document
from vaereg.declaration.text.override import override
from vaereg.errors import DeclarationError, UsageError

TEXT = """
default = "base"
[data.x]
use = "clothes"
[models.base]
latent = 3
[models.held]
extends = "base"
[models.held.regularizers]
mmd = { weight = 3.0 }
other = { use = "mmd" }
focal_frequency = {}
"""


def document(more: str = "") -> Document:
    return parse_document(TEXT + more)


def against(kind: str, name: str, model: str | None = None, **given: Any) -> Ablation:
    found = given.pop("document", None) or document()
    return ablation_of(found, Source(), Source().find(kind, name), model, **given)


def keys(declaration: Any) -> list[str]:
    return [slot.key for slot in declaration.regularizers]


def test_a_regularizer_is_added_under_its_name() -> None:
    found = against("regularizer", "mmd", params={"weight": 10.0})

    assert (found.without.model, found.having.model) == ("base", "base-with-mmd")
    assert found.named == found.without
    assert keys(found.without) == []
    (slot,) = found.having.regularizers
    assert (slot.key, slot.offer.full_name) == ("mmd", "tests/mmd")


def test_the_settings_declare_the_same_model() -> None:
    found = against("regularizer", "mmd", params={"weight": 10.0})

    again = resolve(override(document(), found.settings), Source(), "base-with-mmd")

    assert again == found.having


def test_every_use_of_a_component_that_the_model_has_is_left_out() -> None:
    found = against("regularizer", "mmd", "held")

    assert (found.without.model, found.having.model) == ("held-without-mmd", "held")
    assert keys(found.without) == ["focal_frequency"]
    assert keys(found.having) == ["mmd", "other", "focal_frequency"]


def test_a_component_takes_the_place_of_the_one_in_its_slot() -> None:
    found = against("prior", "vamp")

    assert found.without.prior.offer.name == "standard_normal"
    assert found.having.prior.offer.name == "vamp"


def test_a_sampler_needs_only_one_trained_model() -> None:
    component = Component(kind="sampler", name="mixture", factory="nowhere:Nothing")
    plugin = Offer(component=component, distribution="acme", version="1")
    builtin = Offer(component=component, distribution="vaereg", version="1")

    assert ablation_of(document(), Source(), plugin).sampler == "acme/mixture"
    assert ablation_of(document(), Source(), builtin).sampler == "mixture"
    assert ablation_of(document(), Source(), plugin).settings == ()


@attrs.frozen
class MixtureParams:
    components: int = param(REQUIRED, "how many")


def mixture(**given: Any) -> Ablation:
    named = {"kind": "sampler", "name": "mixture", "factory": "nowhere:Nothing"}
    source = Source(beside=[Component(**named, params=MixtureParams)])
    return ablation_of(document(), source, source.find("sampler", "mixture"), **given)


def test_a_sampler_with_parameters_needs_only_one_trained_model() -> None:
    found = mixture(params={"components": 2, "train": {"steps": 3}})

    inside = "components = 2, train = { steps = 3 }"
    assert found.sampler == f'{{ use = "tests/mixture", {inside} }}'
    assert found.without == found.having == found.named
    assert found.settings == ()


def test_wrong_or_missing_parameters_of_a_sampler_are_found_before_a_training() -> None:
    with pytest.raises(DeclarationError, match="componets"):
        mixture(params={"componets": 2})
    with pytest.raises(UsageError, match=r"needs parameters.*give them as `params`"):
        mixture()


def test_names_that_are_taken_are_not_used() -> None:
    taken = document('[models.base-with-mmd]\nextends = "held"\n')
    assert against("regularizer", "mmd", document=taken).having.model == "base-with-mmd-2"

    taken_by_another_kind = document("[models.base.discriminators]\nmmd = {}\n")
    assert keys(against("regularizer", "mmd", document=taken_by_another_kind).having) == ["mmd_2"]


@pytest.mark.parametrize(
    ("kind", "name", "model", "params", "message"),
    [
        ("feature_extractor", "shallow", None, None, "is not a part of a model"),
        ("prior", "standard_normal", None, None, "nothing to compare"),
        ("regularizer", "mmd", "held", {"weight": 1.0}, "with its own parameters"),
        ("regularizer", "mmd", None, {"use": "other"}, "give only its parameters"),
    ],
)
def test_an_ablation_that_is_impossible_is_an_error(
    kind: str, name: str, model: str | None, params: Any, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        against(kind, name, model, params=params)


def test_an_error_in_the_parameters_names_their_option() -> None:
    with pytest.raises(DeclarationError) as caught:
        against("regularizer", "mmd", params={"wieght": 1.0})

    assert [str(each.place) for each in caught.value.problems] == ["params"]


def holding(name: str, model: str = "base", kind: str = "decoder", **given: Any) -> Ablation:
    found = parse_document(
        TEXT
        + """
[models.wrapped]
extends = "base"
decoder = { use = "wrapper", power = 3.0, inner = { use = "conv", widths = [8] } }
[models.rebuilding]
extends = "base"
[models.rebuilding.regularizers]
rebuilt = { weight = 2.0 }
mmd = {}
[models.repeating]
extends = "base"
[models.repeating.regularizers.again]
use = "repeated"
weight = 5.0
inner = { use = "focal_frequency", alpha = 2.0 }
"""
    )
    source = holding_source()
    return ablation_of(found, source, source.find(kind, name), model, **given)


def test_a_wrapper_wraps_the_part_that_the_model_has() -> None:
    found = holding("wrapper", params={"power": 5.0})

    assert found.without == found.named
    assert found.without.decoder.offer.name == "dense"
    wrapper = found.having.decoder
    assert (wrapper.offer.name, wrapper.params.power) == ("wrapper", 5.0)
    assert wrapper.params.inner.offer.full_name == found.without.decoder.offer.full_name
    assert wrapper.params.inner.params == found.without.decoder.params


def test_a_wrapper_that_the_model_has_is_compared_with_the_part_that_it_holds() -> None:
    found = holding("wrapper", "wrapped")

    assert found.having == found.named
    assert found.without.decoder.offer.name == "conv"
    assert found.without.decoder.params == found.having.decoder.params.inner.params


def test_a_wrapper_with_a_part_of_its_own_is_compared_with_that_part() -> None:
    found = holding("wrapper", params={"inner": {"use": "conv", "widths": [4]}})

    assert found.having.decoder.params.inner.params.widths == (4,)
    assert found.without.decoder.offer.name == "conv"
    assert found.without.decoder.params.widths == (4,)
    assert {found.without.model, found.having.model} == {
        "base-without-wrapper",
        "base-with-wrapper",
    }


def test_a_term_that_holds_a_term_is_compared_with_it_under_the_same_weight() -> None:
    used = holding("repeated", "repeating", kind="regularizer")
    added = holding("repeated", kind="regularizer", params={"weight": 3.0})

    (inner,) = used.without.regularizers
    assert (inner.key, inner.offer.name) == ("again", "focal_frequency")
    assert (inner.params.alpha, inner.weight) == (2.0, used.having.regularizers[0].weight)
    (alone,), (holder,) = added.without.regularizers, added.having.regularizers
    assert (alone.offer.name, holder.offer.name) == ("mmd", "repeated")
    assert alone.weight == holder.weight


def test_a_replacing_term_is_compared_with_what_it_replaces() -> None:
    plain = holding("rebuilt", kind="regularizer")
    used = holding("rebuilt", "rebuilding", kind="regularizer")
    other = holding("reconstructed", "rebuilding", kind="regularizer")

    assert keys(plain.without) == []
    assert keys(plain.having) == ["rebuilt"]
    assert keys(used.without) == ["mmd"]
    assert keys(other.without) == ["rebuilt", "mmd"]
    assert keys(other.having) == ["mmd", "reconstructed"]
