"""The parts of a model that a loss or an optimizer may be addressed to."""

from __future__ import annotations

SIDES: dict[str, tuple[str, ...]] = {
    "inference": ("encoder", "posterior"),
    "generation": ("decoder", "prior", "likelihood"),
}
"""The two sides of a VAE and their parts."""

PARTS = tuple(part for parts in SIDES.values() for part in parts)
"""The parts of a VAE that a loss may be addressed to."""

VAE = "vae"
"""The address of all parts of the VAE."""

SELF = "self"
"""The address of a term's own weights."""

ADDRESSES = (VAE, *SIDES, *PARTS, SELF)
"""The addresses of losses."""
