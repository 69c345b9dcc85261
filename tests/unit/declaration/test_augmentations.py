"""Augmentations are declared with the data, or with a model for its latents."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.declared_components import Source
from vaereg.component import Component
from vaereg.declaration.resolve import resolve
from vaereg.declaration.text.document import Document, parse_document
from vaereg.declaration.text.override import override
from vaereg.declaration.write import declaration_toml
from vaereg.errors import DeclarationError


def declared(name: str, *forms: str) -> Component:
    return Component(
        kind="augmentation", name=name, factory="nowhere:Nothing", summary=name, for_data=forms
    )


SOURCE = Source(
    beside=[
        declared("flip", "image"),
        declared("jitter", "vector", "sequence"),
        declared("noise", "latent"),
        declared("fade", "image", "latent"),
    ]
)

TEXT = """
[data.x]
use = "clothes"
augment = ["flip", { use = "fade" }, "flip"]
[models.base]
latent = 3
latent_augment = ["noise"]
[models.child]
extends = "base"
latent_augment = []
"""


def keys(document: Document, model: str = "base") -> list[tuple[str, str]]:
    found = resolve(document, SOURCE, model)
    return [(address, slot.key) for address, slot in found.augmentations()]


def test_both_arrays_are_read_in_order_and_keys_tell_equal_components_apart() -> None:
    assert keys(parse_document(TEXT)) == [
        ("dataset.augment.0", "flip"),
        ("dataset.augment.1", "fade"),
        ("dataset.augment.2", "flip_2"),
        ("latent_augment.0", "noise"),
    ]
    assert [key for _, key in keys(parse_document(TEXT), "child")] == ["flip", "fade", "flip_2"]


def test_they_are_among_the_slots_that_the_lock_and_check_list() -> None:
    found = resolve(parse_document(TEXT), SOURCE, "base")
    addresses = [address for address, _ in found.every_slot()]
    assert addresses[-4:] == [address for address, _ in found.augmentations()]
    assert addresses[0] == "dataset"


def test_overrides_set_them() -> None:
    changed = override(
        parse_document(TEXT), ["data.x.augment=[]", 'models.base.latent_augment=["fade"]']
    )
    assert keys(changed) == [("latent_augment.0", "fade")]


def test_a_written_declaration_reads_back_as_equal(tmp_path: Path) -> None:
    before = resolve(parse_document(TEXT), SOURCE, "base")
    text = declaration_toml(before)
    assert 'latent_augment = [{ use = "tests/noise" }]' in text
    assert resolve(parse_document(text), SOURCE) == before
    plain = override(parse_document(TEXT), ["data.x.augment=[]", "models.base.latent_augment=[]"])
    assert "augment" not in declaration_toml(resolve(plain, SOURCE, "base"))


@pytest.mark.parametrize(
    ("setting", "found"),
    [
        ('data.x.augment="flip"', 'must be an array of augmentations; got the string "flip"'),
        ('data.x.augment=["flop"]', "no augmentation is named `flop`"),
        ("data.x.augment=[1]", "must be an augmentation; got the integer 1"),
        ('data.x.augment=["jitter"]', "accepts sequences or vectors; `data.x.augment` changes im"),
        ('data.x.augment=["noise"]', "accepts latents; `data.x.augment` changes images"),
        ('data.x.augment=[{ use = "flip", axis = 1 }]', "unknown key `axis`"),
        ('models.base.latent_augment="noise"', "must be an array of augmentations"),
        ('models.base.latent_augment=["flip"]', "accepts images; `models.base.latent_augment` cha"),
        ('models.base.augment=["flip"]', "unknown key `augment` in a model"),
        ('data.x.latent_augment=["noise"]', "unknown key `latent_augment`"),
    ],
)
def test_what_does_not_fit_is_one_error_at_its_place(setting: str, found: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        resolve(override(parse_document(TEXT), [setting]), SOURCE, "base")
    assert len(caught.value.problems) == 1
    assert found in str(caught.value)


def test_an_augmentation_may_not_claim_to_accept_unknown_forms_nor_another_kind_latents() -> None:
    with pytest.raises(ValueError, match="'latent', 'sequence', 'vector'"):
        declared("odd", "volume")
    with pytest.raises(ValueError, match="for_data allows"):
        Component(kind="decoder", name="odd", factory="nowhere:Nothing", for_data={"latent"})
    with pytest.raises(ValueError, match="is told no conditions"):
        Component(kind="augmentation", name="odd", factory="nowhere:Nothing", given={"label"})
