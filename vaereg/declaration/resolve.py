"""A document and the available components -> Declaration."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast

import attrs

from vaereg.component import NAME, ParamInfo
from vaereg.contracts.catalog import ComponentSource
from vaereg.contracts.latent_shapes import LatentShapes
from vaereg.declaration.augmentations import read_latent_augment
from vaereg.declaration.declaration import AUTO, Declaration, KLControl, Slot, TrainSettings
from vaereg.declaration.extends import merged_settings, with_parents
from vaereg.declaration.fitting import check_fit, check_optimizers
from vaereg.declaration.optimizers.read_optimizers import with_optimizers
from vaereg.declaration.policy import read_policy
from vaereg.declaration.read_params import held_shapes
from vaereg.declaration.shapes.compound import Array, Mapped, Union
from vaereg.declaration.shapes.plain import Integer, Text, wrong_type
from vaereg.declaration.shapes.slot_shape import SlotShape
from vaereg.declaration.shapes.structure import table_of
from vaereg.declaration.shapes.tables import unknown_key, within_bounds
from vaereg.declaration.slots import default_slot, read_slot
from vaereg.declaration.text.document import Document
from vaereg.declaration.text.findings import FAULT, Fault, Findings
from vaereg.declaration.text.tree import Node, grown, in_words, toml_key
from vaereg.kinds import KINDS
from vaereg.wording import did_you_mean, lines, listed

TOP_KEYS = ("data", "default", "folder", "models", "plugins", "train")
SLOTS = {kind.key: kind.name for kind in KINDS.values() if kind.key and not kind.many}
MANY = {kind.key: kind.name for kind in KINDS.values() if kind.key and kind.many}
MODEL_KEYS = ("data", "extends", "kl", "latent", "latent_augment", "train", *SLOTS, *MANY)

GROUP: Union[int | Sequence[int]] = Union((Integer(), Array(Integer(), least=1)))
LATENT: Union[int | Sequence[int] | dict[str, object]] = Union((*GROUP.options, Mapped(GROUP)))
GROUPS_EXAMPLE = "{ top = 8, bottom = [4, 4, 2] }"
LATENT_INFO = ParamInfo(
    meaning="the number of latent dimensions, the shape of a latent, or a table of groups", ge=1
)

T = TypeVar("T")


def _shape(latent: int | Sequence[int]) -> tuple[int, ...]:
    return (latent,) if isinstance(latent, int) else tuple(latent)


_FOLDER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


def resolve(document: Document, source: ComponentSource, model: str | None = None) -> Declaration:
    """The declaration of one model, with defaults filled in and `extends` merged.

    Args:
        document: from `read_document`, perhaps changed by `override`.
        source: the available components.
        model: the model's name; None for `default`, or for the only model.

    Raises:
        DeclarationError: with every problem of the model and of the settings that all models share.
            Problems of other models are not reported.
    """
    reader = _Reader(document, source)
    reader.check_shared()
    name = reader.chosen(model)
    declaration = FAULT if name is FAULT else reader.declaration(name)
    reader.findings.raise_any()
    return cast("Declaration", declaration)  # not FAULT: raise_any would have raised


def resolve_all(document: Document, source: ComponentSource) -> dict[str, Declaration]:
    """Every model of a document, by name, in the order of the document.

    Raises:
        DeclarationError: with every problem of the document, each reported once.
    """
    reader = _Reader(document, source)
    reader.check_shared()
    for name in reader.data:
        reader.dataset(name)
    declarations = {name: reader.declaration(name) for name in reader.models}
    reader.findings.raise_any()
    return cast("dict[str, Declaration]", declarations)  # as above


class _Reader:
    def __init__(self, document: Document, source: ComponentSource) -> None:
        self.document = document
        self.source = source
        self.findings = Findings(document)
        self.root = grown(document.values)
        self.models = self._tables("models")
        self.data = self._tables("data")

    def check_shared(self) -> None:
        """Records the problems that do not depend on the requested model."""
        for key, node in self.root.table().items():
            if key not in TOP_KEYS:
                self._unknown_top_key(key, node)
        for table in (self.models, self.data):
            for name, node in table.items():
                if not _FOLDER_NAME.fullmatch(name):
                    message = f'"{name}" is not a valid name, since folders are named after it'
                    hint = "use letters, digits, _ - and ., and begin with a letter or digit"
                    self.findings.add("bad-name", message, node, hint, of="key")
        read_policy(self.root, self.findings)
        self.folder()
        self.default()
        base = self.root.table().get("train")
        if base is not None:
            self._settings(TrainSettings, base)

    def folder(self) -> Path:
        """The folder from which relative paths start."""
        node = self.root.table().get("folder")
        if node is None:
            return self.document.folder
        text = Text().read(node, self.findings)
        return self.document.folder if text is FAULT else self.document.folder / text

    def default(self) -> str | Fault | None:
        """The model that `default` names: FAULT if it does not exist, None without `default`."""
        node = self.root.table().get("default")
        if node is None:
            return None
        if not isinstance(node.value, str):
            return wrong_type(Text(), node, self.findings)
        if node.value not in self.models:
            return self._unknown_model(node.value, node) if self.models else FAULT
        return node.value

    def chosen(self, model: str | None) -> str | Fault:
        """The name of the requested model, or FAULT."""
        if model is not None:
            return model if model in self.models else self._unknown_model(model, None)
        default = self.default()
        if default is not None:
            return default
        if len(self.models) == 1:
            return next(iter(self.models))
        if not self.models:
            return FAULT  # already reported
        hint = f'write default = "{next(iter(self.models))}"\nmodels: {listed(self.models)}'
        message = "no model is requested, and the file has no `default`"
        return self.findings.add("missing-key", message, self.root, hint)

    def declaration(self, name: str) -> Declaration | Fault:
        """The declaration of a model, or FAULT if it has problems."""
        model = with_parents(name, self.models, self.findings, self._held)
        if model is FAULT:
            return FAULT
        before = len(self.findings)
        for key, node in model.table().items():
            if key not in MODEL_KEYS:
                unknown_key(key, node, self.findings, MODEL_KEYS, "a model")
        data_name, data = self._data_of(model)
        latent = self._latent(model)
        augment = model.table().get("latent_augment")
        latent_augment = read_latent_augment(augment, self.source, self.findings)
        slots = {key: self._slot(kind, key, model) for key, kind in SLOTS.items()}
        many = {key: self._named_slots(kind, key, model) for key, kind in MANY.items()}
        kl = self._settings(KLControl, model.table().get("kl"))
        train = self._train(model, many)
        check_fit(data, slots, many, kl, model, self.source, self.findings)
        if data is FAULT or latent is FAULT or kl is FAULT or train is FAULT:
            return FAULT
        if latent_augment is FAULT:
            return FAULT
        if len(self.findings) > before or any(each is FAULT for each in slots.values()):
            return FAULT
        filled: dict[str, Any] = {**slots, **many}  # by the kind's key, as in Declaration
        declaration = Declaration(
            model=name,
            data_name=data_name,
            data_slot=data,
            latent=latent,
            latent_augment=latent_augment,
            kl=kl,
            train=train,
            source=self.document.source,
            folder=self.folder(),
            **filled,
        )
        return attrs.evolve(declaration, warnings=_deprecations(declaration))

    def _held(self, kind: str, name: str) -> Mapping[str, SlotShape]:
        return held_shapes(kind, name, self.source)

    def dataset(self, name: str) -> Slot | Fault:
        """A dataset by its key under [data]."""
        node = self.data[name]
        if isinstance(node.value, dict):
            return read_slot("dataset", name, node, self.source, self.findings)
        message = f"`{node.name}` must be a table; got {in_words(node.value)}"
        hint = f'write [data.{toml_key(name)}], and use = "..." below it'
        return self.findings.add("wrong-type", message, node, hint)

    def _tables(self, key: str) -> dict[str, Node]:
        node = self.root.table().get(key)
        if node is None or (node.is_table and not node.value):
            what = "model" if key == "models" else "dataset"
            message = f"no {what} is declared; add [{key}.NAME]"
            hint = "run `vaereg init` in an empty folder to see one"
            self.findings.add("missing-key", message, node or self.root, hint)
            return {}
        if not node.is_table:
            message = f"`{key}` must be a table; got {in_words(node.value)}"
            self.findings.add("wrong-type", message, node, f"write [{key}.NAME]")
        return node.table()

    def _unknown_top_key(self, key: str, node: Node) -> None:
        if key in MODEL_KEYS:
            hint = f"`{key}` belongs in a model: [models.NAME]"
            message = f"unknown key `{key}` at the top of the file"
            self.findings.add("unknown-key", message, node, hint, of="key")
        else:
            unknown_key(key, node, self.findings, TOP_KEYS, "a registry")

    def _unknown_model(self, name: str, node: Node | None) -> Fault:
        hint = lines(did_you_mean(name, self.models), f"models: {listed(self.models)}")
        message = f'there is no model "{name}"'
        if node is None:
            message += f" in {self.document.source}"
        return self.findings.add("unknown-model", message, node or self.root, hint)

    def _data_of(self, model: Node) -> tuple[str, Slot | Fault]:
        node = model.table().get("data")
        if node is None:
            if len(self.data) == 1:
                name = next(iter(self.data))
                return name, self.dataset(name)
            if self.data:
                hint = f'write data = "{next(iter(self.data))}"\ndata: {listed(self.data)}'
                message = f"`{model.name}` lacks `data`"
                self.findings.add("missing-key", message, model, hint, of="key")
            return "", FAULT
        if not isinstance(node.value, str):
            message = f"`{node.name}` must be the NAME of a [data.NAME]; got {in_words(node.value)}"
            hint = "declare the dataset under [data.NAME] and write its NAME here"
            return "", self.findings.add("wrong-type", message, node, hint)
        if node.value not in self.data:
            hint = lines(did_you_mean(node.value, self.data), f"data: {listed(self.data)}")
            message = f"there is no [data.{toml_key(node.value)}]"
            return "", self.findings.add("unknown-data", message, node, hint)
        return node.value, self.dataset(node.value)

    def _latent(self, model: Node) -> LatentShapes | Fault:
        node = model.table().get("latent")
        if node is None:
            message = f"`{model.name}` lacks `latent` ({LATENT_INFO.meaning})"
            hint = f"write latent = 16, a shape such as [7, 7, 8], or groups: {GROUPS_EXAMPLE}"
            return self.findings.add("missing-key", message, model, hint, of="key")
        latent = LATENT.read(node, self.findings)
        if latent is FAULT:
            return FAULT
        if not isinstance(latent, dict):
            inside = within_bounds(LATENT_INFO, node, latent, self.findings)
            return LatentShapes.one(_shape(latent)) if inside else FAULT
        return self._groups(node, latent)

    def _groups(self, node: Node, latent: dict[str, object]) -> LatentShapes | Fault:
        """The declared groups, or FAULT if a name or a shape is not allowed."""
        if not latent:
            message = f"`{node.name}` has no group"
            return self.findings.add("missing-key", message, node, f"write {GROUPS_EXAMPLE}")
        whole = True
        for name, each in node.table().items():
            if not NAME.fullmatch(name):
                message = f"`{name}` is no name for a group of a latent"
                hint = "use lowercase letters, digits and underscores, a letter first"
                self.findings.add("bad-name", message, each, hint, of="key")
                whole = False
            whole &= within_bounds(LATENT_INFO, each, latent[name], self.findings)
        if not whole:
            return FAULT
        return LatentShapes(
            tuple((name, _shape(cast("int | Sequence[int]", x))) for name, x in latent.items())
        )

    def _slot(self, kind: str, key: str, model: Node) -> Slot | Fault:
        node = model.table().get(key)
        if node is None:
            return default_slot(kind, model, self.source, self.findings)
        return read_slot(kind, key, node, self.source, self.findings)

    def _named_slots(self, kind: str, key: str, model: Node) -> tuple[Slot, ...]:
        node = model.table().get(key)
        if node is None:
            return ()
        if not node.is_table:
            message = f"`{node.name}` must be a table; got {in_words(node.value)}"
            hint = f"write {key}.NAME = {{ weight = 1.0 }}, where NAME is the name of a {kind}"
            self.findings.add("wrong-type", message, node, hint)
        slots = [
            read_slot(kind, name, each, self.source, self.findings)
            for name, each in node.table().items()
            if each.value is not False  # `false` removes an inherited entry
        ]
        return tuple(slot for slot in slots if slot is not FAULT)

    def _settings(self, cls: type[T], node: Node | None) -> T | Fault:
        if node is None:
            return cls()
        return with_optimizers(table_of(cls), self.source).read(node, self.findings)

    def _train(self, model: Node, many: Mapping[str, tuple[Slot, ...]]) -> TrainSettings | Fault:
        base, own = self.root.table().get("train"), model.table().get("train")
        both = merged_settings(base, own) if base is not None and own is not None else own or base
        train = self._settings(TrainSettings, both)
        optimizers = both.table().get("optimizers") if both is not None else None
        if optimizers is not None and optimizers.is_table:
            check_optimizers(optimizers.table(), many, self.findings)
        if train is FAULT or train.evaluate is None or both is None:
            return train
        features = both.table()["evaluate"].table().get("features")
        if features is not None and features.value != AUTO:
            slot = read_slot("feature_extractor", "features", features, self.source, self.findings)
            return FAULT if slot is FAULT else train
        return train


def _deprecations(declaration: Declaration) -> tuple[str, ...]:
    warnings = []
    for _, slot in declaration.every_slot():
        component = slot.offer.component
        if component.deprecated or component.replaced_by:
            reason = f": {component.deprecated}" if component.deprecated else ""
            instead = f"; use `{component.replaced_by}`" if component.replaced_by else ""
            text = f"{slot.kind} {slot.offer.full_name} is deprecated{reason}{instead}"
            warnings.append(f"{slot.place}: {text}")
    return tuple(dict.fromkeys(warnings))
