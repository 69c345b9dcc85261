"""Optimizers of plugins in a declaration."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.declared_components import Source
from tests.kit.faulty_optimizers import OptimizerParams
from tests.unit.declaration.test_resolve import GOOD
from vaereg.component import Component
from vaereg.contracts.slot import LearningRateSchedule, NamedChoice
from vaereg.declaration.declaration import Declaration
from vaereg.declaration.outlasting import outlasting
from vaereg.declaration.resolve import resolve
from vaereg.declaration.schema import schema
from vaereg.declaration.text.document import parse_document
from vaereg.declaration.write import declaration_toml
from vaereg.errors import DeclarationError


def offered(name: str) -> Component:
    return Component(
        kind="optimizer", name=name, factory="nowhere:Nothing", summary=name, params=OptimizerParams
    )


SOURCE = Source(beside=[offered("ball"), offered("adam")])
COSINE = '{ use = "cosine_decay", initial_learning_rate = 0.1, decay_steps = 10 }'


def declared(train: str, rest: str = "") -> Declaration:
    text = GOOD.replace('optimizer = "sgd"', 'optimizer = "tests/adam"') + train + "\n" + rest
    return resolve(parse_document(text), SOURCE)


def test_a_component_may_stand_wherever_an_optimizer_of_keras_may() -> None:
    found = declared(
        'optimizer = { use = "ball", momentum = 0.5, weight_decay = 0.1, exclude = ["bias"] }',
        f'[train.optimizers]\nencoder = {{ use = "tests/ball", learning_rate = {COSINE} }}\n'
        '[models.a.sampler]\nuse = "prior"\ntrain = { optimizer = "ball" }',
    )

    choice = found.train.optimizer
    assert (choice.use, choice.params["exclude"]) == ("tests/ball", ("bias",))
    assert choice.slot is not None
    assert choice.slot.params == OptimizerParams(momentum=0.5, weight_decay=0.1)
    inner = found.train.optimizers["encoder"].slot
    assert inner is not None and isinstance(inner.params, OptimizerParams)
    assert isinstance(inner.params.learning_rate, LearningRateSchedule)
    assert [address for address, slot in found.every_slot() if slot.kind == "optimizer"] == [
        "train.optimizer",
        "train.optimizers.encoder",
        "discriminators.patch.optimizer",
        "sampler.train.optimizer",
    ]
    assert resolve(parse_document(declaration_toml(found)), SOURCE).train == found.train
    assert any("falls for 10 steps" in each for each in outlasting(found, steps_per_epoch=2))


def test_a_name_of_keras_means_that_of_keras() -> None:
    choice = declared('optimizer = "adam"').train.optimizer

    assert choice == NamedChoice(use="adam")


@pytest.mark.parametrize(
    ("train", "code", "found"),
    [
        ('optimizer = "balls"', "unknown-name", '"balls" is not an optimizer'),
        ('optimizer = "tests/balls"', "unknown-component", "no optimizer is named"),
        ('optimizer = "lost"', "unavailable-component", "`lost` is not available"),
        ('optimizer = { use = "ball", speed = 1 }', "unknown-key", "unknown key `speed`"),
        (
            'optimizer = { use = "ball", momentum = 1 }',
            "out-of-range",
            "`train.optimizer.momentum`",
        ),
        ('optimizer = { use = "ball", learning_rate = 0 }', "out-of-range", "learning_rate"),
        ('optimizer = { use = "ball", exclude = ["bias"] }', "does-not-fit", "there is none"),
        ('optimizer = { use = "ball", exclude = 3 }', "wrong-type", "exclude"),
    ],
)
def test_a_wrong_one_is_an_error_at_its_place(train: str, code: str, found: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        declared(train)

    (problem,) = caught.value.problems
    assert problem.code == code
    assert found in problem.message
    assert problem.place.line == GOOD.count("\n") + 1


def test_the_schema_offers_components_beside_the_optimizers_of_keras() -> None:
    definitions: Any = schema(SOURCE)["definitions"]

    keras, names, *tables = definitions["optimizer"]["anyOf"]
    assert keras == {"$ref": "#/definitions/keras_optimizer"}
    assert names["enum"] == ["ball", "tests/ball", "tests/adam"]
    assert len(tables) == 2
    optimizer = definitions["train"]["properties"]["optimizer"]
    assert optimizer["allOf"] == [{"$ref": "#/definitions/optimizer"}]
    assert "exclude" in definitions["optimizer:tests/ball"]["properties"]
    assert "anyOf" in definitions["keras_optimizer"]
