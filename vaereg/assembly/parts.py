"""The built parts of a model."""

from __future__ import annotations

from typing import Any

import attrs

from vaereg.contracts.data import DataSpec


@attrs.frozen(kw_only=True, eq=False)
class Parts:
    """One object per slot, each keeping the contract of its kind.

    Args:
        data_spec: what the data looks like.
        latent_shape: the shape of one latent.
        regularizers, discriminators: by the key they are declared under.
    """

    data_spec: DataSpec
    latent_shape: tuple[int, ...]
    encoder: Any
    posterior: Any
    prior: Any
    decoder: Any
    likelihood: Any
    objective: Any
    regularizers: dict[str, Any]
    discriminators: dict[str, Any]
