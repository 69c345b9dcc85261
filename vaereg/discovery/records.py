"""The status of each installed plugin."""

from __future__ import annotations

from vaereg.component import Offer
from vaereg.contracts.plain_values import JsonObject
from vaereg.frozen import frozen

STATUSES = ("ok", "blocked", "broken", "incompatible", "empty")


@frozen(kw_only=True)
class PluginRecord:
    """One entry point and its status.

    Args:
        distribution, version, entry, value, origin: as installed; see `InstalledEntry`.
        status: one of
            "ok": its components can be used;
            "blocked": not imported, since the user blocked it;
            "broken": its import or its hook failed, or did not return a list of components;
            "incompatible": it requires a newer vaereg;
            "empty": it offers nothing.
        reason: why it is not "ok" and what to do, in one line.
        where: "file:line" of the cause, or an empty string.
        traceback: for `-v`.
        import_ms: how long its import and its hook took, in milliseconds.
        offers: the components it declares, usable only if the status is "ok".
        notes: remarks for its author or user, even if the status is "ok".
    """

    distribution: str
    version: str
    entry: str
    value: str
    status: str
    reason: str = ""
    where: str = ""
    traceback: str = ""
    import_ms: float = 0.0
    offers: tuple[Offer, ...] = ()
    notes: tuple[str, ...] = ()
    origin: str = ""

    @property
    def label(self) -> str:
        """`distribution version`, as messages name it."""
        return f"{self.distribution} {self.version}".strip()

    @property
    def explanation(self) -> str:
        """Status, reason and place in one line, such as `broken: ImportError: … at x.py:3`."""
        place = f" at {self.where}" if self.where else ""
        return f"{self.status}: {self.reason}{place}" if self.reason else self.status

    def as_dict(self) -> JsonObject:
        """The record for `--json`."""
        return {
            "distribution": self.distribution,
            "version": self.version,
            "entry": self.entry,
            "value": self.value,
            "origin": self.origin,
            "status": self.status,
            "reason": self.reason,
            "where": self.where,
            "import_ms": round(self.import_ms, 3),
            "components": [{"kind": each.kind, "name": each.name} for each in self.offers],
            "notes": list(self.notes),
        }
