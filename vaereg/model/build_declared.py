"""`Declaration` + `Data` -> a compiled `VAE`."""

from __future__ import annotations

from collections.abc import Mapping

from vaereg.contracts.data import Data
from vaereg.declaration.declaration import Declaration
from vaereg.model.made_from import made_from
from vaereg.model.saved_model import Origin
from vaereg.model.vae import VAE


def build_declared(
    declaration: Declaration, data: Data, parts: Mapping[str, object] | None = None
) -> VAE:
    """Builds and compiles the declared model; the seed determines its weights.

    Args:
        declaration: the model.
        data: the data that it is trained on; only its spec and its size are read.
        parts: parts by slot, used instead of the declared components; see `vaereg.build`.
    """
    vae = made_from(VAE, declaration, data.spec, len(data.train), parts)
    vae.origin = Origin(declaration, dict(parts or {}))
    return vae
