"""A model as a JSON object from which it is built again: the config within a .keras file.

It holds the declaration as TOML, what the data look like, and which components were used. It holds
no code: parts that were given to `vaereg.build` are described by Keras, as in any .keras file.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path

import attrs
import keras

import vaereg
from vaereg.contracts.data import DataSpec
from vaereg.declaration.declaration import Declaration
from vaereg.declaration.resolve import resolve
from vaereg.declaration.text.document import parse_document
from vaereg.declaration.write import declaration_toml
from vaereg.discovery.discover import discover
from vaereg.errors import RunError, UsageError
from vaereg.runs.atomic import Json, JsonObject
from vaereg.runs.lock_comparison import SAMPLE, check_plugins, differences
from vaereg.runs.run_lock import locked_components, locked_spec

FORM = 1
"""Increases when a key of the config changes its meaning."""

WHAT = "the saved model"


@attrs.frozen(eq=False)
class Origin:
    """What a model was built from.

    Args:
        declaration: the declaration before any part was given.
        given: the given parts by slot; see `vaereg.build`.
    """

    declaration: Declaration
    given: Mapping[str, object] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class SavedModel:
    """What a model is built from again.

    Args:
        declaration: the declaration before any part was given.
        spec: of its data.
        examples: how many training examples there were.
        given: the given parts by slot.
    """

    declaration: Declaration
    spec: DataSpec
    examples: int
    given: Mapping[str, object]


def saved_model(origin: Origin, spec: DataSpec, examples: int) -> JsonObject:
    """The config of a model.

    Args:
        origin: what it was built from.
        spec: of its data.
        examples: how many training examples there are.

    Raises:
        UsageError: if a given part is no Keras layer with a config.
    """
    declaration = attrs.evolve(origin.declaration, source=Path(origin.declaration.source).name)
    return {
        "form": FORM,
        "vaereg": vaereg.__version__,
        "model": declaration.model,
        "declaration": declaration_toml(declaration, folder="."),
        "dataset": {
            "name": declaration.data_name,
            "examples": examples,
            "spec": {name: _plain(value) for name, value in attrs.asdict(spec).items()},
        },
        "components": locked_components(declaration, discover().records),
        "given": {slot: _described(slot, part) for slot, part in origin.given.items()},
    }


def read_saved_model(config: Mapping[str, Json]) -> SavedModel:
    """Reads what `saved_model` returned; warns of components that have changed since.

    Raises:
        RunError: if it has another form.
        PluginError: if a plugin is missing, with the command that installs it.
        DeclarationError: if the declaration is wrong.
    """
    form = config.get("form")
    if not isinstance(form, int) or form > FORM:
        raise RunError(
            f"{WHAT} has the form {form!r}, which vaereg {vaereg.__version__} does not know; "
            "update vaereg."
        )
    catalog = discover()
    check_plugins(WHAT, config, catalog.records)
    document = parse_document(str(config["declaration"]), f"the declaration of {WHAT}")
    declaration = resolve(document, catalog)
    now = {"components": locked_components(declaration, catalog.records)}
    for each in differences(config, now, SAMPLE):
        warnings.warn(f"{WHAT} was made with other versions: {each}", stacklevel=2)
    spec, examples = locked_spec(config)
    given = {
        slot: keras.saving.deserialize_keras_object(part)
        for slot, part in config.get("given", {}).items()
    }
    return SavedModel(declaration=declaration, spec=spec, examples=examples, given=given)


def _described(slot: str, part: object) -> Json:
    refused = UsageError(
        f"a model with your own part {slot!r} ({type(part).__name__}) cannot be saved whole, "
        "because that part has no get_config; keep its weights with "
        'save_weights("NAME.weights.h5"), and load them into a model built with equal parts.'
    )
    if not isinstance(part, keras.layers.Layer):
        raise refused
    try:
        return keras.saving.serialize_keras_object(part)
    except NotImplementedError as error:  # of a layer without `get_config`
        raise refused from error


def _plain(value: Json) -> Json:
    return list(value) if isinstance(value, tuple) else value
