"""What [plugins] of registry.toml says: read in one stage, followed in the next."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from vaereg.frozen import frozen


@frozen(kw_only=True)
class PluginPolicy:
    """Which plugins may be loaded, and whose a short name is.

    Args:
        allow: the only distributions to load; None for any.
        block: distributions not to load.
        require: what must be installed, such as "vaereg-plugin-adversarial>=0.1" (PEP 508).
        prefer: "kind.name" -> the distribution that the short name means.
    """

    allow: tuple[str, ...] | None = None
    block: tuple[str, ...] = ()
    require: tuple[str, ...] = ()
    prefer: Mapping[str, str] = attrs.field(factory=dict)
