"""The built-in priors: their parameters and declarations. Never imports keras."""

from __future__ import annotations

from vaereg.component import Component

COMPONENTS: list[Component] = []
