"""The content of [plugins] in registry.toml, which discovery follows."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from vaereg.frozen import frozen


@frozen(kw_only=True)
class PluginPolicy:
    """Which plugins may be loaded, and which distribution a short name refers to.

    Args:
        allow: the only distributions to load; None for all.
        block: distributions not to load.
        require: what must be installed, such as "vaereg-plugin-adversarial>=0.1" (PEP 508).
        prefer: "kind.name" -> the distribution to which the short name refers.
    """

    allow: tuple[str, ...] | None = None
    block: tuple[str, ...] = ()
    require: tuple[str, ...] = ()
    prefer: Mapping[str, str] = attrs.field(factory=dict)
