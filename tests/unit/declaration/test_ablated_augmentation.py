"""An ablation removes an augmentation that the model has, and adds one that it lacks."""

from __future__ import annotations

import pytest

from tests.unit.declaration.test_augmentations import SOURCE, TEXT
from vaereg.declaration.ablation import Ablation, ablation_of
from vaereg.declaration.declaration import Declaration
from vaereg.declaration.resolve import resolve
from vaereg.declaration.text.document import parse_document
from vaereg.declaration.text.override import override
from vaereg.errors import DeclarationError, UsageError


def against(name: str, model: str = "base", **given: object) -> Ablation:
    offer = SOURCE.find("augmentation", name)
    return ablation_of(parse_document(TEXT), SOURCE, offer, model, **given)  # type: ignore[arg-type]


def keys(declaration: Declaration) -> tuple[list[str], list[str]]:
    of_data = [slot.key for slot in declaration.data_slot.augment]
    return of_data, [slot.key for slot in declaration.latent_augment]


def test_one_of_the_data_is_removed_by_a_dataset_without_it() -> None:
    found = against("flip")
    assert (found.named, found.having.model) == (found.having, "base")
    assert (found.without.model, found.without.data_name) == ("base-without-flip", "x-without-flip")
    assert keys(found.without) == (["fade"], ["noise"])
    assert keys(found.having) == (["flip", "fade", "flip_2"], ["noise"])


def test_one_of_latents_is_removed_from_the_model() -> None:
    found = against("noise")
    assert keys(found.without) == (["flip", "fade", "flip_2"], [])
    assert found.without.data_name == "x"


def test_what_the_model_lacks_is_added_where_it_fits() -> None:
    child = against("noise", "child", params={})
    assert (child.named, child.having.model) == (child.without, "child-with-noise")
    assert keys(child.having) == (["flip", "fade", "flip_2"], ["noise"])
    text = TEXT.replace('augment = ["flip", { use = "fade" }, "flip"]', "", 1)
    offer = SOURCE.find("augmentation", "fade")
    added = ablation_of(parse_document(text), SOURCE, offer, "base")
    assert keys(added.without) == ([], ["noise"])
    assert keys(added.having) == (["fade"], ["noise"])


def test_the_settings_declare_the_same_model() -> None:
    found = against("flip")
    again = resolve(override(parse_document(TEXT), found.settings), SOURCE, "base-without-flip")
    assert again == found.without


def test_parameters_of_what_the_model_has_and_wrong_ones_are_refused() -> None:
    with pytest.raises(UsageError, match=r"already declares tests/flip.*\n.*data\.x\.augment=\["):
        against("flip", params={"axis": 1})
    with pytest.raises(DeclarationError, match="unknown key `axis`"):
        against("noise", "child", params={"axis": 1})
