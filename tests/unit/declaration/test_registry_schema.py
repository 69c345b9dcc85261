"""The JSON Schema accepts what `check` accepts, and rejects what is wrong at a single place."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.helpers.declared_components import Source
from tests.helpers.holding_components import holding_source
from tests.unit.declaration.test_resolve import BAD, GOOD
from tests.unit.declaration.test_write import EVERYTHING
from vaereg.declaration.resolve import resolve, resolve_all
from vaereg.declaration.schema import schema
from vaereg.declaration.text.document import parse_document, read_document
from vaereg.declaration.text.template import INIT_TEMPLATE
from vaereg.discovery.discover import discover
from vaereg.errors import DeclarationError

ROOT = Path(__file__).parents[3]

BEYOND = {
    "unknown-model", "unknown-data", "extends-cycle", "wrong-data-form", "does-not-fit",
    "missing-key", "one name twice", "regularizer name", "regularizer",
    "invalid-value", "broken-component", "optimizer of no part", "two optimizers",
}  # fmt: skip  # a list to read
"""What a schema cannot check: codes of problems between several places, and cases of BAD: names
that clash, and an entry without `use`, which may extend an inherited one."""


@pytest.fixture(scope="module")
def validator() -> Any:
    described = schema(Source())
    jsonschema.Draft7Validator.check_schema(described)
    return jsonschema.Draft7Validator(described)


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        EVERYTHING.replace("my clothes.1", "clothes.1"),
        GOOD + '[models.b]\nextends = "a"\nencoder.widths = [3]\nregularizers.mmd = false\n',
        GOOD + '[models.b]\nextends = "a"\nregularizers.sharp.alpha = 3\n',
        GOOD + '[plugins]\nprefer = { "prior.vamp" = "x" }\nrequire = ["y>=1"]\n',
    ],
)
def test_the_schema_accepts_what_check_accepts(validator: Any, text: str) -> None:
    resolve_all(parse_document(text), Source())
    validator.validate(tomllib.loads(text))


@pytest.mark.parametrize(
    "case",
    [case for case in BAD if case[2] not in BEYOND and case[0] not in BEYOND],
    ids=lambda case: case[0],
)
def test_the_schema_rejects_what_check_rejects(validator: Any, case: tuple[Any, ...]) -> None:
    assert not validator.is_valid(tomllib.loads(case[1])), case[0]


HELD = """
[data.clothes]
use = "clothes"

[models.a]
latent = 4
"""


@pytest.mark.parametrize(
    ("line", "valid"),
    [
        ('decoder = { use = "wrapper", inner = { use = "wrapper", inner = "dense" } }', True),
        ('decoder = { use = "wrapper", inner = { widths = [8] } }', True),
        ('encoder = { use = "deep", network = { body = { use = "conv", widths = [8] } } }', True),
        ('regularizers.pair = { parts = ["mmd"], eyes = "shallow" }', True),
        ('regularizers.pair = { parts = ["mmd"], eyes = false }', True),
        ('decoder = { use = "wrapper", inner = "mmd" }', False),
        ('decoder = { use = "wrapper", inner = 3 }', False),
        ('decoder = { use = "wrapper", inner = { use = "conv", widths = [0] } }', False),
        ('decoder = { use = "wrapper", inner = { use = "conv", widht = [8] } }', False),
        ('regularizers.pair = { parts = [{ use = "mmd", weight = 2.0 }] }', False),
    ],
)
def test_the_schema_follows_parts_that_hold_parts(line: str, valid: bool) -> None:
    described = jsonschema.Draft7Validator(schema(holding_source()))

    assert described.is_valid(tomllib.loads(HELD + line)) is valid
    if valid:
        resolve(parse_document(HELD + line), holding_source())
    else:
        with pytest.raises(DeclarationError):
            resolve(parse_document(HELD + line), holding_source())


def test_the_schema_is_plain_json_without_const() -> None:
    text = json.dumps(schema(Source()), allow_nan=False)
    assert '"const"' not in text
    assert "Infinity" not in text


def test_every_reference_has_a_definition(validator: Any) -> None:
    described = validator.schema
    names = set()

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if "$ref" in node:
                names.add(node["$ref"].removeprefix("#/definitions/").replace("~1", "/"))
            for each in node.values():
                walk(each)
        elif isinstance(node, list):
            for each in node:
                walk(each)

    walk(described)
    assert names <= set(described["definitions"])
    assert {"optimizer", "schedule"} <= names


def test_the_schema_contains_components_meanings_and_defaults(validator: Any) -> None:
    conv = validator.schema["definitions"]["encoder:tests/conv"]
    assert conv["properties"]["use"]["enum"] == ["conv", "tests/conv"]
    assert conv["properties"]["widths"]["default"] == [32, 64]
    assert conv["properties"]["widths"]["items"] == {"type": "integer", "minimum": 1}
    assert conv["properties"]["widths"]["description"] == "channels of each stage"


def test_the_registry_that_init_writes_is_valid_for_check_and_schema() -> None:
    catalog = discover()
    resolve_all(parse_document(INIT_TEMPLATE), catalog)
    jsonschema.Draft7Validator(schema(catalog)).validate(tomllib.loads(INIT_TEMPLATE))


def test_the_projects_own_registry_is_valid() -> None:
    document = read_document(ROOT / "registry.toml")
    catalog = discover()
    for name in document.values["models"]:
        try:
            resolve(document, catalog, name)
        except DeclarationError as fault:
            # Only the plugin that the registry requires by itself may be missing.
            assert name in ("sharp_critic", "vaegan"), fault
            paths = [each.path for each in fault.problems]
            assert paths == [f"models.{name}.discriminators.patch"]
