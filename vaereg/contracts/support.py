"""Where latents lie: the support of a posterior or a prior."""

from __future__ import annotations

REALS = "reals"
"""The support of a distribution that does not state one."""

SPHERE = "sphere"
"""Unit vectors along the last axis."""


def support_of(distribution: object) -> str:
    """What a posterior or a prior states as `support`; "reals" if it states nothing."""
    return str(getattr(distribution, "support", REALS))
