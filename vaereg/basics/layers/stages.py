"""The stages of an image network."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vaereg.basics.layers.network_params import ImageNetworkParams


def require_stages(params: ImageNetworkParams) -> int:
    """The number of stages, one for each of `params.widths`.

    Raises:
        ValueError: if there is none.
    """
    if not params.widths:
        raise ValueError("widths is empty; give one width for each stage, such as [32, 64]")
    return len(params.widths)
