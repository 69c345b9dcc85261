"""Components that hold parts, for tests; they need no installed plugin, and hold each other."""

from __future__ import annotations

import attrs

import vaereg
from tests.helpers.declared_components import Source
from vaereg.component import Component, NoParams, param


@attrs.frozen(kw_only=True)
class WrapperParams:
    inner: vaereg.Slot = vaereg.slot("decoder", default="conv", meaning="what it wraps")
    power: float = param(2.0, "a power", gt=0)


@attrs.frozen(kw_only=True)
class PairParams:
    parts: tuple[vaereg.Slot, ...] = vaereg.slot(
        "regularizer", default=("mmd", "focal_frequency"), meaning="penalties to add"
    )
    eyes: vaereg.Slot | None = vaereg.slot("feature_extractor", default=None, meaning="what sees")


@attrs.frozen(kw_only=True)
class Network:
    body: vaereg.Slot = vaereg.slot("encoder", default="conv", meaning="the body")


@attrs.frozen(kw_only=True)
class DeepParams:
    network: Network = param(Network(), "a table with a slot in it")


@attrs.frozen(kw_only=True)
class NeedyParams:
    inner: vaereg.Slot = vaereg.slot("decoder", meaning="must be given")


@attrs.frozen(kw_only=True)
class SnakeParams:
    left: vaereg.Slot = vaereg.slot("decoder", default="eats_tail", meaning="the other snake")
    right: vaereg.Slot = vaereg.slot("decoder", default="eats_tail", meaning="the other snake")


@attrs.frozen(kw_only=True)
class TailParams:
    inner: vaereg.Slot = vaereg.slot("decoder", default="snake", meaning="the first snake")


@attrs.frozen(kw_only=True)
class LostParams:
    inner: vaereg.Slot = vaereg.slot("decoder", default="lost", meaning="of a broken plugin")


@attrs.frozen(kw_only=True)
class UnmarkedParams:
    inner: vaereg.Slot


@attrs.frozen(kw_only=True)
class RepeatedParams:
    inner: vaereg.Slot = vaereg.slot("regularizer", default="mmd", meaning="what is repeated")


def _declared(kind: str, name: str, params: type, **more: object) -> Component:
    return Component(
        kind=kind, name=name, factory="nowhere:Nothing", params=params, summary=name, **more
    )


HOLDING = (
    _declared("decoder", "wrapper", WrapperParams),
    _declared("regularizer", "pair", PairParams),
    _declared("encoder", "deep", DeepParams),
    _declared("decoder", "needy", NeedyParams),
    _declared("decoder", "snake", SnakeParams),
    _declared("decoder", "eats_tail", TailParams),
    _declared("decoder", "lost_inside", LostParams),
    _declared("decoder", "unmarked", UnmarkedParams),
    _declared("regularizer", "repeated", RepeatedParams),
    _declared("regularizer", "reconstructed", NoParams, replaces={"reconstruction"}),
    _declared("decoder", "old", WrapperParams, deprecated="it is slow", replaced_by="wrapper"),
)


def holding_source() -> Source:
    """The components of `declared_components`, and those that hold parts."""
    return Source(beside=HOLDING)
