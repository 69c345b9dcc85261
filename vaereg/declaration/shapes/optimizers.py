"""Keras optimizers and learning-rate schedules, as declared in registry.toml."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import attrs

from vaereg.component import ParamInfo
from vaereg.contracts.plain_values import JsonObject
from vaereg.contracts.slot import LearningRateSchedule
from vaereg.declaration.declaration import NamedChoice
from vaereg.declaration.shapes import keras_names
from vaereg.declaration.shapes.compound import Array, Union
from vaereg.declaration.shapes.plain import Boolean, Integer, Number, Shape, Text, wrong_type
from vaereg.declaration.shapes.tables import Field, Table
from vaereg.declaration.text.findings import FAULT, Fault, Findings
from vaereg.declaration.text.tree import Node, in_words
from vaereg.frozen import frozen
from vaereg.wording import did_you_mean, lines

_SHAPES: dict[str, Shape[object]] = {
    "number": Number(),
    "integer": Integer(),
    "boolean": Boolean(),
    "strings": Array(Text()),
    "numbers": Array(Number(), make=list, least=1),
    "integers": Array(Integer(), make=list, least=1),
}

_NO_KERAS_EMA = "vaereg averages the weights itself: write `ema = 0.999` in [train]"


@frozen(eq=False)
class NamedChoiceShape:
    """A Keras name, alone or as `use` in a table of parameters; read as a `NamedChoice`.

    Args:
        what: what the name stands for, with an article: "an optimizer".
        known: the names with their parameters.
        check: records conflicts between parameters, defaults among them, that are each valid.
        own: vaereg's own keys, besides the parameters of Keras.
        make: the class of the result.
        of_component: reads a choice that names a component of a plugin: given the node, the name
            and the findings; None where only Keras's names are known.
    """

    what: str
    known: Mapping[str, keras_names.Parameters]
    example: str
    check: Callable[[Node, Mapping[str, object], Findings], None]
    own: Mapping[str, Field] = attrs.field(factory=dict)
    make: type[NamedChoice] = NamedChoice
    of_component: Callable[[Node, str, Findings], NamedChoice | Fault | None] | None = None

    @property
    def words(self) -> str:
        return self.what

    @property
    def plural(self) -> str:
        return self.what.split(maxsplit=1)[1] + "s"

    def takes(self, value: object) -> bool:
        return isinstance(value, (str, Mapping))

    def read(self, node: Node, findings: Findings) -> NamedChoice | Fault:
        """The choice with the given parameters, or FAULT if it has problems."""
        if not self.takes(node.value):
            return wrong_type(self, node, findings)
        use = node.table().get("use") if node.is_table else node
        if use is None:
            hint = f"such as {self.example}"
            message = f"`{node.name}` lacks `use`, the name of {self.what}"
            return findings.add("missing-key", message, node, hint, of="key")
        if not isinstance(use.value, str):
            return wrong_type(Text(), use, findings)
        if use.value not in self.known:
            if self.of_component is not None:
                found = self.of_component(node, use.value, findings)
                if found is not None:
                    return found
            hint = lines(did_you_mean(use.value, self.known), "known: " + ", ".join(self.known))
            message = f"{in_words(use.value).removeprefix('the string ')} is not {self.what}"
            return findings.add("unknown-name", message, use, hint)
        given = Node(node.path, {k: v for k, v in node.table().items() if k != "use"})
        params = self._table(use.value).read(given, findings)
        if params is FAULT:
            return FAULT
        before = len(findings)
        typed = self.known[use.value]
        defaults = {key: each for key, (_, each) in typed.items() if each is not None}
        self.check(given, {**defaults, **params}, findings)
        if len(findings) > before:
            return FAULT
        return self.make(use=use.value, params=params, place=findings.place(node))

    @cache  # noqa: B019  # of few instances, which live as long as this module
    def schema(self) -> JsonObject:
        """As JSON Schema: a name, or a table for each name. It is cached, so do not change it."""
        tables = []
        for name in self.known:
            table = self._table(name).schema()
            table["properties"] = {"use": {"enum": [name]}} | table["properties"]
            table["required"] = ["use", *table.get("required", ())]
            tables.append(table)
        return {"anyOf": [{"enum": list(self.known)}, *tables]}

    def _table(self, name: str) -> Table[dict[str, object]]:
        fields = {key: _field(key, *typed) for key, typed in self.known[name].items()}
        fields |= self.own
        noun = self.what.split(maxsplit=1)[1]
        return Table(
            fields=fields, make=dict, owner=f"{noun} {name}", other_keys=("use",), title=name
        )


def _field(key: str, kind: str, default: keras_names.Default) -> Field:
    shape = _SHAPES[kind.removesuffix("?")]
    if key == "learning_rate":
        shape = Union((shape, LEARNING_RATE_SCHEDULE))
    return Field(
        shape=shape,
        required=default is keras_names.REQUIRED,
        default=None if default is keras_names.REQUIRED else default,
        info=ParamInfo(meaning="", **keras_names.BOUNDS.get(key, {})),
        refused=_NO_KERAS_EMA if key in keras_names.EMA_PARAMETERS else "",
    )


def check_exclude(
    node: Node, params: Mapping[str, object], exclude: object, findings: Findings
) -> None:
    """Records an `exclude` without a weight decay that it could leave weights out of."""
    if exclude and not params.get("weight_decay"):
        entry = node.table()["exclude"]
        message = f"`{entry.name}` leaves weights out of weight decay, but there is none"
        hint = "set `weight_decay` too"
        findings.add("does-not-fit", message, entry, hint, of="key")


def _check_optimizer(node: Node, params: Mapping[str, object], findings: Findings) -> None:
    clipping = [key for key in keras_names.CLIPPING if key in params]
    if len(clipping) > 1:
        both = " and ".join(f"`{key}`" for key in clipping)
        entry = node.table()[clipping[1]]
        message = f"{both} are given, but Keras clips gradients in only one way"
        findings.add("too-many-keys", message, entry, "keep one of them", of="key")
    check_exclude(node, params, params.get("exclude"), findings)


def _check_schedule(node: Node, params: Mapping[str, object], findings: Findings) -> None:
    boundaries, values = params.get("boundaries"), params.get("values")
    if not isinstance(boundaries, list) or not isinstance(values, list):  # one is missing
        return
    entries = node.table()
    if len(values) != len(boundaries) + 1:
        message = (
            f"`{entries['values'].name}` must have {len(boundaries) + 1} values, one more than "
            f"the {len(boundaries)} boundaries; got {len(values)}"
        )
        findings.add("wrong-length", message, entries["values"])
    if sorted(set(boundaries)) != boundaries:
        message = f"`{entries['boundaries'].name}` must increase"
        findings.add("not-increasing", message, entries["boundaries"])


LEARNING_RATE_SCHEDULE = NamedChoiceShape(
    what="a learning-rate schedule",
    known=keras_names.LEARNING_RATE_SCHEDULES,
    example='{ use = "cosine_decay", initial_learning_rate = 1e-3, decay_steps = 10000 }',
    check=_check_schedule,
)

SCHEDULE_PARAMETER = attrs.evolve(LEARNING_RATE_SCHEDULE, make=LearningRateSchedule)
"""A schedule among the parameters of a component."""

EXCLUDE = Field(
    shape=Array(Text()),
    info=ParamInfo(meaning='weights without decay, by words of their paths: ["bias", "norm"]'),
)

OPTIMIZER = NamedChoiceShape(
    what="an optimizer",
    known=keras_names.OPTIMIZERS,
    example='{ use = "adam", learning_rate = 1e-3 }',
    check=_check_optimizer,
    own={"exclude": EXCLUDE},
)
