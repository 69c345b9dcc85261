"""`Declaration` + `Data` -> a compiled `VAE`."""

from __future__ import annotations

from collections.abc import Mapping

import attrs
import keras

from vaereg.assembly.assemble import assemble
from vaereg.assembly.given_parts import with_given_parts
from vaereg.assembly.seeded import seed_of, seeded
from vaereg.contracts.data import Data
from vaereg.declaration.declaration import Declaration
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
    spec = attrs.evolve(data.spec, size=len(data.train))
    if parts:
        declaration = with_given_parts(declaration, parts)
    callers = keras.config.dtype_policy()
    keras.config.set_dtype_policy(declaration.train.precision)
    try:
        built = assemble(declaration, spec, parts)
        with seeded(seed_of(declaration.train.seed, "vae")):
            return VAE(built, declaration, len(data.train))
    finally:
        keras.config.set_dtype_policy(callers)
