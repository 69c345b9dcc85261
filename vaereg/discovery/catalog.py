"""The available components, and which of them a name means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vaereg.component import Offer
from vaereg.contracts.catalog import UnknownName
from vaereg.discovery.entry_points import normalized
from vaereg.discovery.records import PluginRecord
from vaereg.discovery.requirement import why_unmet
from vaereg.errors import Place, PluginError
from vaereg.kinds import KINDS
from vaereg.renamed import renamed_kind
from vaereg.wording import did_you_mean, lines, listed, with_article

BUILTIN = "vaereg"
"""The distribution of the built-in components; they keep their short names unless `prefer` says
otherwise."""


class Catalog:
    """Every installed plugin with its status, and every usable component by name.

    Args:
        records: one for each entry point.
        prefer: "kind.name" -> the distribution that the short name means.
        require: the requirements of [plugins].
        warnings: for the user, about the discovery itself.
    """

    def __init__(
        self,
        records: Sequence[PluginRecord],
        *,
        prefer: Mapping[str, str] | None = None,
        require: Sequence[str] = (),
        warnings: Sequence[str] = (),
    ) -> None:
        self.records = tuple(records)
        self.required = tuple(require)
        self._prefer = {key: normalized(value) for key, value in (prefer or {}).items()}
        self._offers: dict[tuple[str, str], dict[str, Offer]] = {}
        for record in self.records:
            if record.status == "ok":
                for offer in record.offers:
                    owners = self._offers.setdefault((offer.kind, offer.name), {})
                    owners[offer.distribution] = offer
        self.warnings = (*warnings, *self._idle_preferences())

    def offers(self, kind: str | None = None) -> Sequence[Offer]:
        """The usable components of one kind or all, sorted by kind, name and distribution."""
        order = list(KINDS)
        usable = [
            offer
            for (offered_kind, _), owners in self._offers.items()
            if kind is None or offered_kind == kind
            for offer in owners.values()
        ]
        return tuple(
            sorted(usable, key=lambda each: (order.index(each.kind), each.name, each.distribution))
        )

    def find(self, kind: str, name: str) -> Offer:
        """The component with this short or full name.

        Raises:
            UnknownName: if there is none, or more than one distribution offers a short name.
        """
        if kind not in KINDS:
            hint = (
                renamed_kind(kind)
                or did_you_mean(kind, KINDS)
                or f"the kinds are {', '.join(KINDS)}"
            )
            raise UnknownName(f"there is no kind of component named `{kind}`", hint)
        if "/" in name:
            return self._find_full(kind, name)
        owners = self._offers.get((kind, name), {})
        preferred = self._prefer.get(f"{kind}.{name}")
        if preferred in owners:
            return owners[preferred]
        if BUILTIN in owners:
            return owners[BUILTIN]
        if len(owners) == 1:
            return next(iter(owners.values()))
        if not owners:
            raise self._unknown_name(kind, name)
        full = sorted(offer.full_name for offer in owners.values())
        first = full[0].split("/")[0]
        raise UnknownName(
            f"the {kind} `{name}` is offered by {len(full)} distributions: {', '.join(full)}",
            f"write one of the full names, or choose one in registry.toml:\n"
            f'[plugins]\nprefer = {{ "{kind}.{name}" = "{first}" }}',
        )

    def shadowed(self, offer: Offer) -> str:
        """Why the short name does not mean the component, or an empty string if it does."""
        try:
            winner = self.find(offer.kind, offer.name)
        except UnknownName:
            return f"`{offer.name}` is offered more than once; write `{offer.full_name}`"
        if winner.distribution == offer.distribution:
            return ""
        return f"`{offer.name}` means `{winner.full_name}`; write `{offer.full_name}`"

    def check_usable(self, distribution: str, message: str) -> None:
        """Checks that a distribution named by the user is installed and usable.

        Raises:
            UnknownName: with `message`, and with the reason as its hint.
        """
        records = [each for each in self.records if each.distribution == distribution]
        faulty = [each for each in records if each.status not in {"ok", "empty"}]
        hint = "\n".join(f"{each.label} is {each.explanation}" for each in faulty)
        if not records:
            installed = sorted({each.distribution for each in self.records})
            hint = lines(
                f"no plugin named `{distribution}` is installed",
                did_you_mean(distribution, installed),
                f"run `python -m pip install {distribution}` to install it",
                f"installed: {listed(installed)}",
            )
        if hint:
            raise UnknownName(message, hint, broken=True)

    def check_requirements(self, place: Place | None = None) -> None:
        """Checks `require` of [plugins], which stands at `place` of the registry.

        Raises:
            PluginError: naming every requirement that is not met, and how to meet it.
        """
        unmet = [(each, why_unmet(each, self.records)) for each in self.required]
        faults = [f"[plugins] requires {each}: {why}" for each, why in unmet if why]
        if faults:
            where = f"\n  --> {place}" if place else ""
            raise PluginError("\n".join(faults) + where)

    def _find_full(self, kind: str, name: str) -> Offer:
        distribution, _, short = name.partition("/")
        distribution = normalized(distribution)
        offer = self._offers.get((kind, short), {}).get(distribution)
        if offer is not None:
            return offer
        self.check_usable(distribution, f"the {kind} `{name}` is not available")
        offered = [each.name for each in self.offers(kind) if each.distribution == distribution]
        raise UnknownName(
            f"`{distribution}` offers no {kind} named `{short}`",
            did_you_mean(short, offered) or f"its components of this kind: {listed(offered)}",
        )

    def _unknown_name(self, kind: str, name: str) -> UnknownName:
        """The error for a short name: misspelt, of another kind, or in an unusable plugin."""
        names = sorted({offer.name for offer in self.offers(kind)})
        close = did_you_mean(name, names)
        hints = [close] if close else []
        others = [each for each in KINDS if (each, name) in self._offers]
        if others:
            hints.append(f"`{name}` is the name of {' and of '.join(map(with_article, others))}")
        unusable = [
            record
            for record in self.records
            if record.status not in {"ok", "empty"}
            and any((each.kind, each.name) == (kind, name) for each in record.offers)
        ]
        hints += [
            f"it is offered by {each.label}, which is {each.explanation}" for each in unusable
        ]
        unseen = [
            each
            for each in self.records
            if each.status in {"blocked", "broken"} and not each.offers
        ]
        if not unusable:
            hints += [f"it may be in {each.label}, which is {each.explanation}" for each in unseen]
        hints.append(f"installed: {listed(names)}" if names else f"no {kind} is installed")
        broken = bool(unusable) or bool(unseen and not close and not others)
        return UnknownName(f"no {kind} is named `{name}`", "\n".join(hints), broken=broken)

    def _idle_preferences(self) -> list[str]:
        """A warning for each preference whose distribution does not offer the component."""
        warnings = []
        for key, distribution in self._prefer.items():
            kind, _, name = key.partition(".")
            if distribution not in self._offers.get((kind, name), {}):
                owners = listed(sorted(self._offers.get((kind, name), {})))
                warnings.append(
                    f"[plugins] prefers `{distribution}` for `{key}`, which it does not offer "
                    f"(offered by: {owners})"
                )
        return warnings
