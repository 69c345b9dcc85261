"""Finds the component that `KIND/NAME`, `NAME` or `DISTRIBUTION/NAME` stands for."""

from __future__ import annotations

from typing import NoReturn

from vaereg.component import Offer
from vaereg.contracts.catalog import UnknownName
from vaereg.discovery.catalog import Catalog
from vaereg.discovery.entry_points import normalized
from vaereg.errors import PluginError, UsageError, VaeregError
from vaereg.kinds import KINDS
from vaereg.renamed import renamed_kind
from vaereg.wording import did_you_mean, lines, listed


def named_component(asked: str, catalog: Catalog) -> Offer:
    """The component that a name stands for.

    Args:
        asked: `KIND/NAME`, `DISTRIBUTION/NAME`, `KIND/DISTRIBUTION/NAME`, or `NAME` alone if only
            one kind has it.
        catalog: the available components.

    Raises:
        UsageError: if no component has that name, or more than one.
        PluginError: if a plugin that cannot be used is the cause.
    """
    head, _, rest = asked.partition("/")
    try:
        if head in KINDS and rest:
            return catalog.find(head, rest)
        name = asked if rest else head
        meant = []
        for kind in KINDS:
            try:
                meant.append(catalog.find(kind, name))
            except UnknownName as unknown:
                if "offered by" in unknown.message:
                    raise
        if len(meant) == 1:
            return meant[0]
    except UnknownName as unknown:
        raise as_error(unknown) from None
    if meant:
        ways = ", ".join(f"{offer.kind}/{name}" for offer in meant)
        raise UsageError(f"{len(meant)} kinds have a component `{name}`; write one of: {ways}")
    return _refuse_unknown(name, catalog)


def _refuse_unknown(name: str, catalog: Catalog) -> NoReturn:
    distribution, slash, _ = name.partition("/")
    if slash and renamed_kind(distribution):
        raise as_error(UnknownName(f"no component is named `{name}`", renamed_kind(distribution)))
    if slash:
        distribution = normalized(distribution)
        try:
            catalog.check_usable(distribution, f"the component `{name}` cannot be used")
        except UnknownName as unknown:
            raise as_error(unknown) from None
        offered = [each.name for each in catalog.offers() if each.distribution == distribution]
        notes = [f"`{distribution}` offers: {listed(offered)}"]
    else:
        offered = sorted({each.name for each in catalog.offers()})
        notes = [
            f"it may be in {each.label}, which is {each.explanation}"
            for each in catalog.records
            if each.status not in {"ok", "empty"}
        ]
    hint = lines(did_you_mean(name.rpartition("/")[2], offered), *notes)
    raise as_error(
        UnknownName(
            f"no component is named `{name}`", hint or "`vaereg components` lists all of them"
        )
    )


def as_error(unknown: UnknownName) -> VaeregError:
    """The error that ends a command because of an unknown name."""
    text = unknown.message + "".join(f"\n   = {line}" for line in unknown.hint.splitlines())
    return PluginError(text) if unknown.broken else UsageError(text)
