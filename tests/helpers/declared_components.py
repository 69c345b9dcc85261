"""A few components for tests, so that these tests need no installed plugin."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import attrs

from vaereg.component import REQUIRED, Component, Offer, param
from vaereg.contracts.catalog import UnknownName
from vaereg.contracts.schedule import Schedule


@attrs.frozen
class Inner:
    size: int = param(3, "the size", ge=1)
    note: str | None = None


@attrs.frozen(kw_only=True)
class ConvParams:
    widths: tuple[int, ...] = param((32, 64), "channels of each stage", ge=1)
    activation: str = param("relu", "by Keras's name", choices=("relu", "silu"))
    inner: Inner = param(Inner(), "nested")


@attrs.frozen(kw_only=True)
class EveryTypeParams:
    flag: bool = param(False, "a switch")
    count: int = param(1, "a count", ge=0)
    rate: float = param(0.5, "a rate", gt=0, le=1)
    word: str = param("a", "a word")
    mode: Literal["fast", "slow"] = "fast"
    either: int | tuple[int, int] = param(1, "a side or both")
    maybe: int | None = param(5, "may be left out")
    pair: tuple[int, float] = (1, 2.0)
    names: list[str] = attrs.field(factory=list)
    scales: dict[str, float] = attrs.field(factory=dict)
    inner: Inner | None = None
    changing: Schedule = param(Schedule.constant(0.5), "changes in time", ge=0)
    path: Path = Path("here")


@attrs.frozen(kw_only=True)
class FolderParams:
    path: str = param(REQUIRED, "the folder")
    limit: int = param(0, "how many", ge=0)


@attrs.frozen
class PatchParams:
    loss: str = param("hinge", "which loss", choices=("hinge", "logistic"))


@attrs.frozen
class PlainParams:
    """Parameters declared without vaereg."""

    alpha: float = 1.0

    def __attrs_post_init__(self) -> None:
        if self.alpha > 100:
            raise ValueError("alpha above 100 overflows")


@attrs.frozen
class ShallowParams:
    scale: float = param(1.0, "a factor", gt=0)


@attrs.frozen
class StrangeParams:
    value: complex = 1j


@attrs.frozen
class HiddenParams:
    weight: float = param(1.0, "hidden by the weight of the term")


def _declared(kind: str, name: str, params: Any = None, **more: Any) -> Component:
    more = more if params is None else {"params": params, **more}
    return Component(kind=kind, name=name, factory="nowhere:Nothing", summary=name, **more)


COMPONENTS = (
    _declared("dataset", "clothes", for_data={"image"}),
    _declared("dataset", "folder", FolderParams, for_data={"image"}),
    _declared("dataset", "table", for_data={"vector"}),
    _declared("encoder", "conv", ConvParams, for_data={"image"}),
    _declared("encoder", "dense"),
    _declared("decoder", "conv", ConvParams, for_data={"image"}),
    _declared("decoder", "dense"),
    _declared("posterior", "gaussian"),
    _declared("posterior", "ladder", goes_with={"encoder": {"dense"}, "prior": {"vamp"}}),
    _declared("prior", "standard_normal"),
    _declared("prior", "vamp", deprecated="it is slow", replaced_by="standard_normal"),
    _declared("likelihood", "bernoulli"),
    _declared("likelihood", "gaussian_optimal_variance"),
    _declared("objective", "elbo"),
    _declared("objective", "iwae", tags={"importance"}),
    _declared("sampler", "prior"),
    _declared("regularizer", "mmd"),
    _declared("regularizer", "focal_frequency", PlainParams),
    _declared("regularizer", "every_type", EveryTypeParams),
    _declared("regularizer", "rebuilt", replaces={"reconstruction"}),
    _declared("regularizer", "strange", StrangeParams),
    _declared("regularizer", "hidden", HiddenParams),
    _declared("discriminator", "patch", PatchParams),
    _declared("discriminator", "mmd"),
    _declared("feature_extractor", "shallow", ShallowParams),
)


class Source:
    """A table of components; `broken` holds the names from a plugin that does not load."""

    def __init__(self, broken: Sequence[str] = ("lost",), beside: Sequence[Component] = ()) -> None:
        self.broken = broken
        self._offers = tuple(
            Offer(component=each, distribution="tests", version="1.0")
            for each in (*COMPONENTS, *beside)
        )

    def find(self, kind: str, name: str) -> Offer:
        for offer in self._offers:
            if offer.kind == kind and name in {offer.name, offer.full_name}:
                return offer
        if name in self.broken:
            raise UnknownName(f"the {kind} `{name}` is not available", "its plugin", broken=True)
        raise UnknownName(f"no {kind} is named `{name}`", "see the list")

    def offers(self, kind: str | None = None) -> Sequence[Offer]:
        return tuple(each for each in self._offers if kind is None or each.kind == kind)
