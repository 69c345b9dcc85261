"""Parts that hold parts, as registry.toml declares them."""

from __future__ import annotations

import attrs
import pytest

import vaereg
from tests.helpers.holding_components import (
    DeepParams,
    PairParams,
    WrapperParams,
    holding_source,
)
from vaereg.contracts.slot import held_slots
from vaereg.declaration.declaration import Declaration
from vaereg.declaration.read_params import DEEPEST, default_params, with_slots_found
from vaereg.declaration.resolve import resolve
from vaereg.declaration.text.document import parse_document
from vaereg.declaration.text.override import override
from vaereg.declaration.write import declaration_toml
from vaereg.errors import DeclarationError

TOP = """
[data.clothes]
use = "clothes"

[models.a]
latent = 4
"""


def declared(text: str, *overrides: str, model: str = "a") -> Declaration:
    return resolve(override(parse_document(TOP + text), overrides), holding_source(), model)


def problems(text: str, *overrides: str, model: str = "a") -> str:
    with pytest.raises(DeclarationError) as raised:
        declared(text, *overrides, model=model)
    return str(raised.value)


def inner_of(slot: vaereg.Slot) -> vaereg.Slot:
    inner = slot.params.inner
    assert isinstance(inner, vaereg.Slot)
    return inner


def test_a_part_is_held_with_its_parameters_and_its_place():
    slot = declared('decoder = { use = "wrapper", inner = { use = "conv", widths = [8] } }').decoder

    inner = inner_of(slot)
    assert inner.offer.full_name == "tests/conv"
    assert inner.params.widths == (8,)
    assert (inner.kind, inner.key, inner.place.line) == ("decoder", "inner", 7)
    assert inner.place.text[inner.place.column - 1 :].startswith("inner")


@pytest.mark.parametrize(
    ("value", "widths"),
    [('"wrapper"', (32, 64)), ('{ use = "wrapper", inner = { widths = [8] } }', (8,))],
    ids=["nothing", "only its parameters"],
)
def test_the_default_part_is_held_where_its_name_is_not_given(value: str, widths: object):
    inner = inner_of(declared(f"decoder = {value}").decoder)

    assert inner.offer.name == "conv"
    assert inner.params.widths == widths


def test_parts_are_held_at_any_depth():
    slot = declared(
        'decoder = { use = "wrapper", inner = { use = "wrapper", inner = "dense" } }'
    ).decoder

    found = {key: each.offer.name for key, each in held_slots(slot)}
    assert found == {"inner": "wrapper", "inner.inner": "dense"}


def test_many_parts_an_optional_one_and_one_in_a_table_are_held():
    told = declared(
        'encoder = { use = "deep", network = { body = { use = "conv", widths = [3] } } }\n'
        'regularizers.pair = { parts = ["mmd", { use = "focal_frequency", alpha = 2.0 }], '
        'eyes = "shallow" }'
    )

    assert told.encoder.params.network.body.params.widths == (3,)
    (pair,) = told.regularizers
    assert [each.offer.name for each in pair.params.parts] == ["mmd", "focal_frequency"]
    assert pair.params.parts[1].params.alpha == 2.0
    assert pair.params.eyes.kind == "feature_extractor"


def test_defaults_of_many_optional_and_nested_slots_are_found():
    told = declared('encoder = "deep"\nregularizers.pair = {}')

    assert told.encoder.params.network.body.offer.full_name == "tests/conv"
    (pair,) = told.regularizers
    assert [each.offer.full_name for each in pair.params.parts] == [
        "tests/mmd",
        "tests/focal_frequency",
    ]
    assert pair.params.eyes is None


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ('decoder = { use = "wrapper", inner = "cnov" }', "no decoder is named `cnov`", 7),
        ('decoder = { use = "wrapper", inner = 3 }', "must be a decoder; got the integer 3", 7),
        (
            '[models.a.decoder]\nuse = "wrapper"\n'
            '[models.a.decoder.inner]\nuse = "conv"\nwidht = 1',
            "unknown key `widht` in decoder tests/conv",
            11,
        ),
        (
            '[models.a.decoder]\nuse = "wrapper"\n[models.a.decoder.inner]\nwidths = [0]',
            "`models.a.decoder.inner.widths[0]` is out of range",
            10,
        ),
        ('decoder = "needy"', "lacks `inner` (must be given)", 7),
        ('decoder = { use = "needy", inner = { widths = [3] } }', "lacks `use`", 7),
        ('decoder = "lost_inside"', "the decoder `lost` is not available", 7),
        (
            "regularizers.pair = { parts = [{ use = 'mmd', weight = 2.0 }] }",
            "`weight` has no effect on a regularizer that another part holds",
            7,
        ),
        ("regularizers.pair = { parts = 'mmd' }", "must be an array of regularizers", 7),
        ('decoder = "unmarked"', "is declared with vaereg.slot", 7),
        ('encoder = { use = "deep", network = { body = "conf" } }', "named `conf`", 7),
    ],
)
def test_a_mistake_in_a_held_part_has_its_place(text: str, message: str, line: int):
    found = problems(text)

    assert message in found
    assert f"registry.toml:{line}:" in found


def test_a_part_of_another_form_of_data_is_refused_where_it_is_held():
    text = TOP.replace('use = "clothes"', 'use = "table"').replace("clothes", "rows")

    with pytest.raises(DeclarationError) as raised:
        resolve(
            parse_document(
                text + '[models.a.encoder]\nuse = "deep"\n[models.a.encoder.network]\nbody = "conv"'
            ),
            holding_source(),
        )

    assert "encoder tests/conv accepts images; dataset tests/table provides vectors" in str(
        raised.value
    )
    assert "registry.toml:10:" in str(raised.value)


def test_components_that_hold_each_other_by_default_are_refused():
    found = problems('decoder = "snake"')

    assert "hold each other by default, without end" in found
    assert "decoder tests/snake -> decoder tests/eats_tail -> decoder tests/snake" in found
    assert "registry.toml:7:" in found


def test_a_cycle_of_defaults_ends_where_a_part_is_given():
    twice = '{ use = "eats_tail", inner = { use = "eats_tail", inner = "conv" } }'

    slot = declared(f"decoder = {twice}")

    assert inner_of(inner_of(slot.decoder)).offer.name == "conv"


def test_parts_are_held_as_deep_as_is_allowed_and_no_deeper():
    def nested(depth: int) -> str:
        value = '"conv"'
        for _ in range(depth):
            value = f'{{ use = "wrapper", inner = {value} }}'
        return f"decoder = {value}"

    assert len(list(held_slots(declared(nested(DEEPEST)).decoder))) == DEEPEST
    found = problems(nested(DEEPEST + 1))
    assert f"{DEEPEST} are allowed" in found
    assert "registry.toml:7:" in found


def test_a_model_that_extends_another_changes_a_held_part():
    parent = (
        'decoder = { use = "wrapper", power = 3.0, '
        'inner = { widths = [8], activation = "silu" } }\n'
    )
    child = '[models.b]\nextends = "a"\n'

    def of(decoder: str) -> vaereg.Slot:
        return declared(f"{parent}{child}decoder = {decoder}", model="b").decoder

    changed = inner_of(of("{ inner = { widths = [4] } }"))
    named = inner_of(of('{ inner = { use = "conv", widths = [4] } }'))
    other = of('{ inner = "dense" }')
    assert (changed.params.widths, changed.params.activation) == ((4,), "silu")
    assert named == changed
    assert (inner_of(other).offer.name, other.params.power) == ("dense", 3.0)


def test_a_held_part_that_the_parent_names_by_a_string_can_be_changed():
    text = (
        'decoder = { use = "wrapper", inner = "wrapper" }\n'
        '[models.b]\nextends = "a"\ndecoder = { inner = { power = 5.0 } }'
    )

    inner = inner_of(declared(text, model="b").decoder)

    assert (inner.offer.name, inner.params.power) == ("wrapper", 5.0)


@pytest.mark.parametrize(
    "decoder",
    ['"wrapper"', '{ use = "wrapper", inner = "conv" }', '{ use = "wrapper", inner = {} }'],
)
def test_an_override_sets_a_parameter_of_a_held_part(decoder: str):
    slot = declared(f"decoder = {decoder}", "models.a.decoder.inner.widths=[2]").decoder

    assert inner_of(slot).params.widths == (2,)


def test_overrides_reach_any_depth_and_replace_held_parts():
    slot = declared(
        'decoder = { use = "wrapper", inner = "wrapper" }',
        "models.a.decoder.inner.inner=dense",
        "models.a.decoder.inner.power=7",
    ).decoder

    assert inner_of(slot).params.power == 7.0
    assert inner_of(inner_of(slot)).offer.name == "dense"


def test_what_is_written_is_read_back_as_an_equal_declaration():
    told = declared(
        'encoder = { use = "deep", network = { body = { use = "conv", widths = [3] } } }\n'
        'decoder = { use = "wrapper", inner = { use = "wrapper", inner = "dense" } }\n'
        "regularizers.pair = { weight = 2.0 }\n"
        'regularizers.seeing = { use = "pair", eyes = "shallow", parts = [] }'
    )

    again = resolve(parse_document(declaration_toml(told)), holding_source())

    assert again == attrs.evolve(told, folder=again.folder)


def test_every_slot_has_its_address():
    told = declared(
        'decoder = { use = "wrapper", inner = "wrapper" }\nregularizers.two = { use = "pair" }'
    )

    addresses = [address for address, _ in told.every_slot()]
    assert "decoder.inner.inner" in addresses
    assert addresses[-3:] == [
        "regularizers.two",
        "regularizers.two.parts.0",
        "regularizers.two.parts.1",
    ]


def test_a_deprecated_part_that_is_held_is_told():
    (warning,) = declared('decoder = { use = "wrapper", inner = "old" }').warnings

    assert "decoder tests/old is deprecated" in warning


def test_parameters_made_in_python_name_their_parts():
    made = WrapperParams(inner={"use": "conv", "widths": [9]})

    found = with_slots_found(made, holding_source())

    assert isinstance(found, WrapperParams)
    assert found.inner.params.widths == (9,)
    assert with_slots_found(found, holding_source()) is found
    assert with_slots_found(DeepParams(), holding_source()).network.body.offer.name == "conv"
    assert (
        with_slots_found(PairParams(eyes="shallow"), holding_source()).eyes.offer.name == "shallow"
    )


def test_default_parameters_have_their_parts():
    offer = holding_source().find("decoder", "wrapper")

    assert default_params(offer, holding_source()).inner.params.widths == (32, 64)


def test_a_default_that_is_no_name_is_refused():
    with pytest.raises(ValueError, match=r"one of encoder, .*; got 'decder'"):
        vaereg.slot("decder", default="conv", meaning="")
    with pytest.raises(ValueError, match="is the name of a component"):
        vaereg.slot("decoder", default={"use": "conv"}, meaning="")
    with pytest.raises(ValueError, match="must be a decoder"):
        WrapperParams(inner=3)
    with pytest.raises(ValueError, match="got a slot of kind regularizer"):
        WrapperParams(inner=PairParams().parts[0])
