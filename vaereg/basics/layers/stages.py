"""The stages of an image network."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vaereg.basics.layers.network_params import ImageNetworkParams


def require_stages(params: ImageNetworkParams) -> int:
    """How many stages params.widths asks for.

    Raises:
        ValueError: if none.
    """
    if not params.widths:
        raise ValueError("widths is empty; give one width for each stage, such as [32, 64]")
    return len(params.widths)
