"""What a plugin declares: a `Component`, and its parameters with `param()`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from vaereg.frozen import frozen, has_fields

API = 1
"""The version of this vaereg's contracts; a component says for which version it was written."""

REQUIRED: Any = attrs.NOTHING  # it stands for a default of any type
"""The default of a parameter that the user must give, such as a path."""

NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")
FACTORY = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")
DATA_FORMS = frozenset({"image", "vector", "sequence"})
LATENT = "latent"
"""In `for_data` of an augmentation: latents, which are no form of data."""

COMPANIONS = ("encoder", "posterior", "prior", "decoder", "likelihood", "objective", "sampler")
"""The kinds of which a component may name others with which it works."""

NEVER_TOLD = ("dataset", "metric", "feature_extractor", "augmentation", "optimizer")
"""The kinds that are told no conditions."""

ANY = "*"
"""In `may_be_given`: every condition that the data gives."""


@frozen(kw_only=True)
class ParamInfo:
    """What `param()` records of a parameter besides its type and default.

    Bounds on a sequence hold for each of its elements.
    """

    meaning: str
    ge: float | None = None
    gt: float | None = None
    le: float | None = None
    lt: float | None = None
    choices: tuple[object, ...] | None = None
    unit: str = ""

    def allowed(self) -> str:
        """The allowed values in words, such as `0 < value <= 1`, or an empty string."""
        if self.choices is not None:
            return "one of " + ", ".join(repr(choice) for choice in self.choices)
        low = f"{self.ge:g} <= " if self.ge is not None else ""
        low = f"{self.gt:g} < " if self.gt is not None else low
        high = f" <= {self.le:g}" if self.le is not None else ""
        high = f" < {self.lt:g}" if self.lt is not None else high
        return f"{low}value{high}" if low or high else ""

    def accepts(self, value: Any) -> bool:  # a value of TOML, whose type is checked before
        """Whether `value` (each element, for a sequence; None always) is within the bounds."""
        if value is None:
            return True
        if isinstance(value, (list, tuple)):
            return all(self.accepts(element) for element in value)
        if self.choices is not None:
            return value in self.choices
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return True
        return (
            value == value  # NaN is in no range
            and (self.ge is None or value >= self.ge)
            and (self.gt is None or value > self.gt)
            and (self.le is None or value <= self.le)
            and (self.lt is None or value < self.lt)
        )


def param(
    default: object,
    meaning: str,
    *,
    ge: float | None = None,
    gt: float | None = None,
    le: float | None = None,
    lt: float | None = None,
    choices: Sequence[object] | None = None,
    unit: str = "",
) -> Any:  # a field, which attrs takes for its value
    """Declares one parameter of a component, in the body of an attrs class.

    Args:
        default: the value if registry.toml does not set the parameter; `vaereg.REQUIRED` for none.
            Must be immutable: a tuple instead of a list.
        meaning: what the parameter does, in a few words; shown by `vaereg describe`.
        ge, gt, le, lt: bounds (>=, >, <=, <); on a sequence they hold for each element.
        choices: the allowed values, if only some are allowed.
        unit: the unit of the value, such as "steps" or "pixels".

    Raises:
        ValueError: when an instance of the class is created with a value out of bounds.
    """
    info = ParamInfo(
        meaning=meaning,
        ge=ge,
        gt=gt,
        le=le,
        lt=lt,
        choices=tuple(choices) if choices is not None else None,
        unit=unit,
    )

    def within_bounds(instance: object, attribute: attrs.Attribute[object], value: object) -> None:
        if not info.accepts(value):
            raise ValueError(
                f"{type(instance).__name__}.{attribute.name} must be "
                f"{info.allowed() or 'a number'}; "
                f"got {value!r}"
            )

    return attrs.field(default=default, validator=within_bounds, metadata={"vaereg": info})


def _words(values: Iterable[str]) -> frozenset[str]:
    if isinstance(values, str):
        raise ValueError(f"give a set of words, such as {{{values!r}}}; got the text {values!r}")
    return frozenset(values)


def _params_class(given: type | None) -> type:
    return NoParams if given is None else given


class _WordsByKind(dict[str, frozenset[str]]):
    """Words by kind, which is hashable as a Component is; nothing changes it."""

    def __hash__(self) -> int:  # type: ignore[override]  # a dict has none
        return hash(frozenset(self.items()))


def _words_by_kind(names: Mapping[str, Iterable[str]]) -> _WordsByKind:
    return _WordsByKind({kind: _words(each) for kind, each in names.items()})


@frozen
class NoParams:
    """The params class of a component without parameters."""


@frozen(kw_only=True)
class Component:
    """One component as a plugin declares it; its code is imported when it is first used.

    Args:
        kind: one of `vaereg.KINDS`.
        name: its short name, `[a-z][a-z0-9_]*`, at most 100 characters.
        factory: `"package.module:attribute"`; called as `factory(params, context)`.
        params: the frozen attrs class of its parameters, declared with `vaereg.param`; None, or
            left out, if there are none.
        summary: what it does, in one sentence.
        reference: its source, such as `arXiv:1312.6114, eq. 10`.
        api: the contract version for which it was written.
        for_data: the forms of data it accepts (a dataset: provides): image, vector, sequence. An
            augmentation of latents accepts `latent`.
        tags: free words for searching; `importance`, `binary`, `discrete` and `remedy:<cause>`
            have a fixed meaning (plugins/README.md).
        replaces: terms of the objective that this regularizer or discriminator replaces, such as
            `reconstruction`: they are logged and no longer paid.
        goes_with: kind -> the names of the components of that kind with which it works, such as
            `{"encoder": {"bottom_up"}}`; `vaereg check` refuses others. Kinds that are not named
            may be anything.
        given: the conditions that it asks for, such as `label`: it gets them as the keyword
            `given`, and needs data that gives them.
        may_be_given: further conditions that it gets where the data gives them, and can do without;
            "*" for all.
        deprecated: why it should no longer be used, or an empty string.
        replaced_by: the name to use instead, or an empty string.

    Raises:
        ValueError: for a malformed name, factory, form of data or condition, or if a component of
            another kind replaces a term or asks for conditions.
    """

    kind: str
    name: str
    factory: str
    params: type = attrs.field(default=NoParams, converter=_params_class)
    summary: str = ""
    reference: str = ""
    api: int = API
    for_data: frozenset[str] = attrs.field(default=DATA_FORMS, converter=_words)
    tags: frozenset[str] = attrs.field(default=frozenset(), converter=_words)
    replaces: frozenset[str] = attrs.field(default=frozenset(), converter=_words)
    goes_with: Mapping[str, frozenset[str]] = attrs.field(factory=dict, converter=_words_by_kind)
    given: frozenset[str] = attrs.field(default=frozenset(), converter=_words)
    may_be_given: frozenset[str] = attrs.field(default=frozenset(), converter=_words)
    deprecated: str = ""
    replaced_by: str = ""

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.name, str) or not NAME.fullmatch(self.name):
            raise ValueError(
                f"a component's name must match [a-z][a-z0-9_]* and have at most "
                f"100 characters; got {self.name!r}"
            )
        if not isinstance(self.factory, str) or not FACTORY.fullmatch(self.factory):
            raise ValueError(
                f"component {self.name!r}: factory must be 'package.module:attribute'; "
                f"got {self.factory!r}"
            )
        if not (isinstance(self.params, type) and has_fields(self.params)):
            is_class = isinstance(self.params, type)
            remedy = (
                "decorate it with @attrs.frozen" if is_class else "give the class, not an instance"
            )
            raise ValueError(
                f"component {self.name!r}: params must be an attrs class; got {self.params!r}: "
                f"{remedy}"
            )
        if self.replaces and self.kind not in ("regularizer", "discriminator"):
            raise ValueError(
                f"component {self.name!r}: a {self.kind} replaces no term of the objective; only "
                "regularizers and discriminators do"
            )
        for kind in self.goes_with:
            if kind not in COMPANIONS or kind == self.kind:
                raise ValueError(
                    f"component {self.name!r}: goes_with names kinds of parts other than its own, "
                    f"{', '.join(COMPANIONS)}; got {kind!r}"
                )
        asked = self.given | self.may_be_given
        if asked and self.kind in NEVER_TOLD:
            raise ValueError(
                f"component {self.name!r}: a {self.kind} is told no conditions; got {sorted(asked)}"
            )
        for each in sorted(asked):
            if not NAME.fullmatch(each) and (each != ANY or ANY in self.given):
                raise ValueError(
                    f"component {self.name!r}: a condition's name must match [a-z][a-z0-9_]*; got "
                    f"{each!r}"
                )
        allowed = DATA_FORMS | ({LATENT} if self.kind == "augmentation" else set())
        unknown = self.for_data - allowed
        if unknown:
            raise ValueError(
                f"component {self.name!r}: for_data allows {sorted(allowed)}; got {sorted(unknown)}"
            )

    def told(self, conditions: Iterable[str]) -> tuple[str, ...]:
        """Which of the conditions that `[data.NAME] given` declares this component is told."""
        asked = self.given | self.may_be_given
        return tuple(each for each in conditions if each in asked or ANY in asked)


@frozen(kw_only=True)
class Offer:
    """A component together with the distribution that offers it."""

    component: Component
    distribution: str
    version: str
    entry: str = ""

    @property
    def kind(self) -> str:
        return self.component.kind

    @property
    def name(self) -> str:
        return self.component.name

    @property
    def full_name(self) -> str:
        """`distribution/name`, which is unique within a kind."""
        return f"{self.distribution}/{self.component.name}"

    @property
    def label(self) -> str:
        """The component as messages name it, such as `encoder "conv" (vaereg 0.1.0)`."""
        origin = f"{self.distribution} {self.version}".strip()
        return f'{self.kind} "{self.name}" ({origin})'
