"""The JSON Schema of registry.toml with all installed components, for editors."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache

from vaereg.component import NAME, Offer, ParamInfo
from vaereg.contracts.catalog import ComponentSource, UnknownName
from vaereg.contracts.plain_values import JsonObject, JsonValue
from vaereg.declaration.declaration import AUTO, KLControl, TrainSettings
from vaereg.declaration.names_in_slots import IN_PLACE_OF_SAMPLERS
from vaereg.declaration.policy import policy_schema
from vaereg.declaration.resolve import GROUP, LATENT, LATENT_INFO
from vaereg.declaration.shapes.keras_names import OPTIMIZERS
from vaereg.declaration.shapes.optimizers import LEARNING_RATE_SCHEDULE, OPTIMIZER
from vaereg.declaration.shapes.plain import Shape
from vaereg.declaration.shapes.schedules import ScheduleShape, TermWeightShape
from vaereg.declaration.shapes.slot_shape import held_definition, held_kinds
from vaereg.declaration.shapes.structure import UnsupportedTypeError, table_of
from vaereg.declaration.shapes.tables import Field, field_schema
from vaereg.declaration.slot_keys import (
    LATENT_AUGMENT,
    RESERVED,
    VAEREG_FIELDS,
    keys_of_vaereg,
    params_table,
)
from vaereg.kinds import KINDS, Kind

KERAS_OPTIMIZER = "keras_optimizer"
"""The definition of Keras's optimizers; where one stands, a component of the kind may too."""

_SHARED: dict[str, Shape[object]] = {
    "term_weight": TermWeightShape(),
    "schedule": ScheduleShape(),
    "learning_rate_schedule": LEARNING_RATE_SCHEDULE,
    KERAS_OPTIMIZER: OPTIMIZER,
}
"""Shapes that occur in many places: each is written once, and referenced elsewhere."""


def schema(source: ComponentSource) -> JsonObject:
    """The JSON Schema (draft 7) of registry.toml with the components that `source` offers.

    A schema checks each value by itself; `vaereg check` also finds unknown parents, cycles and
    parts that do not fit together.
    """
    definitions: JsonObject = {name: shape.schema() for name, shape in _SHARED.items()}
    definitions["kl"] = table_of(KLControl).schema()
    definitions["train"] = _train(source)
    for kind in KINDS.values():
        for offer in source.offers(kind.name):
            definitions[_definition_name(offer)] = _component(offer, source)
    for offer in source.offers("prior"):  # may stand in the sampler's slot
        definitions[_definition_name(offer, "sampler")] = _component(offer, source, "sampler")
    for kind in KINDS.values():
        definitions[kind.name] = _slot(kind, source)
    definitions["optimizer"] = _optimizer(source)
    definitions["model"] = _model(source)
    for name in sorted(_held_kinds(source)):
        definitions[held_definition(name)] = _held(KINDS[name], source)
    root = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "registry.toml of vaereg",
        "type": "object",
        "properties": {
            "default": {"type": "string", "description": "the model that `vaereg train` trains"},
            "folder": {"type": "string", "description": "the folder where relative paths start"},
            "plugins": policy_schema(),
            "data": _named_entries(_ref("dataset"), "datasets by name"),
            "models": _named_entries(_ref("model"), "models by name"),
            "train": _ref("train"),
        },
        "required": ["data", "models"],
        "additionalProperties": False,
    }
    shared = {name: definitions[name] for name in _SHARED}
    referenced = {name: _with_references(each, shared, name) for name, each in definitions.items()}
    return root | {"definitions": referenced}


def _ref(name: str) -> JsonObject:
    return {"$ref": f"#/definitions/{name.replace('/', '~1')}"}


def _definition_name(offer: Offer, kind: str = "") -> str:
    """The name of a component's definition; `kind` is that of the slot, if it is another one."""
    return f"{kind}:{offer.kind}:{offer.full_name}" if kind else f"{offer.kind}:{offer.full_name}"


def _named_entries(item: JsonObject, description: str) -> JsonObject:
    return {
        "type": "object",
        "description": description,
        "minProperties": 1,
        "propertyNames": {"pattern": "^[A-Za-z0-9][A-Za-z0-9_.-]*$"},
        "additionalProperties": item,
    }


def _names_of(offer: Offer, source: ComponentSource) -> list[str]:
    """The component's full name, and its short name if that means this component."""
    try:
        short = source.find(offer.kind, offer.name)
    except UnknownName:
        return [offer.full_name]
    return [offer.name, offer.full_name] if short == offer else [offer.full_name]


def _description(offer: Offer) -> str:
    component = offer.component
    warning = f"Deprecated: {component.deprecated} " if component.deprecated else ""
    reference = f" [{component.reference}]" if component.reference else ""
    return f"{warning}{component.summary}{reference} ({offer.distribution} {offer.version})"


@cache  # called for each component of a kind; callers never change the value
def _vaereg_properties(kind: str) -> JsonObject:
    return {key: field_schema(field) for key, field in VAEREG_FIELDS.get(kind, {}).items()}


def _names_in_place_of_samplers(offer: Offer, source: ComponentSource) -> list[str]:
    """The names of a prior in the sampler's slot."""
    known = _names_of(offer, source)
    free = []
    for name in known:
        try:
            source.find("sampler", name)
        except UnknownName:
            free.append(name)
    return [*free, *(f"{IN_PLACE_OF_SAMPLERS}{name}" for name in known)]


def _component(offer: Offer, source: ComponentSource, kind: str = "") -> JsonObject:
    """A slot's table with this component's parameters; the caller adds that `use` is required.

    `kind` is that of the slot, if it is another one than the component's.
    """
    found = _names_in_place_of_samplers(offer, source) if kind else _names_of(offer, source)
    names = {"enum": found, "description": f"which {kind or offer.kind}"}
    try:
        table = params_table(offer, kind).schema()
        json.dumps(table)
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001  # a default of a plugin's own class may raise anything
        # The component cannot be declared; `check` reports why, and the schema accepts any table.
        table = {"type": "object", "properties": {}}
    table["title"] = f"{offer.kind} {offer.full_name}"
    table["description"] = _description(offer)
    own = _vaereg_properties(kind or offer.kind)
    table["properties"] = {"use": names} | table["properties"] | own
    return table


def _slot(kind: Kind, source: ComponentSource) -> JsonObject:
    """A name, a table with `use`, or a table without `use` that keeps the inherited component."""
    offers = source.offers(kind.name)
    names = [name for offer in offers for name in _names_of(offer, source)]
    defined = [_definition_name(offer) for offer in offers]
    if kind.name == "sampler":
        priors = source.offers("prior")
        defined += [_definition_name(offer, "sampler") for offer in priors]
        names += [n for offer in priors for n in _names_in_place_of_samplers(offer, source)]
        offers = [*offers, *priors]
    named = [{"allOf": [_ref(name), {"required": ["use"]}]} for name in defined]
    options: list[JsonObject] = [{"enum": names}] if names and kind.key else []
    options += named
    if kind.many:
        options.append({"enum": [False], "description": "removes the inherited entry"})
    if kind.key:
        options.append(_inherited(kind, offers))
    return {"title": kind.name, "description": kind.summary, "anyOf": options or [{}]}


def _optimizer(source: ComponentSource) -> JsonObject:
    """An optimizer of Keras, or a component: its name, or a table with `use`."""
    kind, offers = KINDS["optimizer"], source.offers("optimizer")
    names = [name for each in offers for name in _names_of(each, source)]
    options = [_ref(KERAS_OPTIMIZER)]
    options += [{"enum": [name for name in names if name not in OPTIMIZERS]}] if names else []
    options += [{"allOf": [_ref(_definition_name(each)), {"required": ["use"]}]} for each in offers]
    return {"title": kind.name, "description": kind.summary, "anyOf": options}


def _held_kinds(source: ComponentSource) -> set[str]:
    """The kinds of the slots that components hold, and of those in arrays of a declaration."""
    found = {"augmentation"}
    for offer in source.offers():
        try:
            found |= held_kinds(params_table(offer))
        except UnsupportedTypeError:
            continue
    return found


def _held(kind: Kind, source: ComponentSource) -> JsonObject:
    """What may stand in a slot that another component holds: a name, or a table of parameters."""
    offers = source.offers(kind.name)
    names = [name for offer in offers for name in _names_of(offer, source)]
    options: list[JsonObject] = [{"enum": names}] if names else []
    for offer in offers:
        named = {"allOf": [_ref(_definition_name(offer)), {"required": ["use"]}]}
        own: JsonObject = dict.fromkeys(VAEREG_FIELDS.get(kind.name, {}), False)
        options.append(named | {"properties": own} if own else named)
    options.append(_inherited(kind, offers, beside=False))
    summary = f"{kind.summary} Part of another component."
    return {"title": kind.name, "description": summary, "anyOf": options}


def _inherited(kind: Kind, offers: Sequence[Offer], *, beside: bool = True) -> JsonObject:
    meanings: dict[str, list[JsonObject]] = {}
    for offer in offers:
        try:
            fields = params_table(offer, kind.name).fields
        except UnsupportedTypeError:
            continue
        for key, field in fields.items():
            meaning = field_schema(field)
            meaning.pop("default", None)
            if meaning not in meanings.setdefault(key, []):
                meanings[key].append(meaning)
    properties = {
        key: each[0] if len(each) == 1 else {"anyOf": each} for key, each in meanings.items()
    }
    return {
        "type": "object",
        "description": f"parameters that override those of the inherited {kind.name}",
        "properties": properties | (_vaereg_properties(kind.name) if beside else {}),
        "additionalProperties": False,
    }


def _train(source: ComponentSource) -> JsonObject:
    """[train]; its table `evaluate` may name a feature extractor."""
    described = table_of(TrainSettings).schema()
    kind, offers = KINDS["feature_extractor"], source.offers("feature_extractor")
    names = [name for offer in offers for name in _names_of(offer, source)]
    for option in described["properties"]["evaluate"]["anyOf"]:
        if "properties" in option:
            option["properties"]["features"]["anyOf"] = [
                {"enum": [AUTO, *names]},
                _ref(kind.name),
                _inherited(kind, offers),
            ]
    return described


def _named_slots(kind: Kind, source: ComponentSource) -> JsonObject:
    """Entries by name; without `use`, an entry named after a component is that component."""
    entries = {}
    for offer in source.offers(kind.name):
        if offer.name in _names_of(offer, source):
            entries[offer.name] = {"anyOf": [_ref(_definition_name(offer)), _ref(kind.name)]}
    return {
        "type": "object",
        "description": kind.summary,
        "propertyNames": {
            "pattern": "^[a-z][a-z0-9_]*$",
            "not": {"enum": [*RESERVED, *keys_of_vaereg(kind.name)]},
        },
        "properties": entries,
        "additionalProperties": _ref(kind.name),
    }


def _model(source: ComponentSource) -> JsonObject:
    properties: JsonObject = {
        "extends": {
            "type": "string",
            "description": "the model whose declaration this one changes",
        },
        "data": {"type": "string", "description": "the name of a [data.NAME]"},
        "latent": _latent(),
        "latent_augment": field_schema(LATENT_AUGMENT),
        "kl": _ref("kl"),
        "train": _ref("train"),
    }
    for kind in KINDS.values():
        if kind.key:
            properties[kind.key] = _named_slots(kind, source) if kind.many else _ref(kind.name)
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _latent() -> JsonObject:
    """A size, a shape, or a table of groups with one of them each."""
    schema = field_schema(Field(shape=LATENT, info=LATENT_INFO))
    group = field_schema(Field(shape=GROUP, info=ParamInfo(meaning="", ge=LATENT_INFO.ge)))
    groups: JsonObject = {
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"pattern": f"^{NAME.pattern}$"},
        "additionalProperties": group,
    }
    alone = [each for each in schema["anyOf"] if each.get("type") != "object"]
    return schema | {"anyOf": [*alone, groups]}


def _with_references(node: JsonValue, shared: JsonObject, definition: str) -> JsonValue:
    """The node with references in place of shared shapes."""
    if isinstance(node, list):
        return [_with_references(x, shared, definition) if type(x) in _TREES else x for x in node]
    if not isinstance(node, dict):
        return node
    for name, shape in shared.items() if "anyOf" in node else ():
        if name != definition and node["anyOf"] == shape["anyOf"]:
            rest = {key: each for key, each in node.items() if key != "anyOf"}
            found = _ref("optimizer" if name == KERAS_OPTIMIZER else name)
            return {"allOf": [found]} | rest if rest else found
    return {
        key: _with_references(each, shared, definition) if type(each) in _TREES else each
        for key, each in node.items()
    }


_TREES = frozenset({dict, list})
"""Most of the thousands of values in a schema are leaves, which need no call."""
