"""Declaration and data -> a model of a given class, whose parts are built by the declared seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import attrs
import keras

from vaereg.assembly.assemble import assemble
from vaereg.assembly.given_parts import with_given_parts
from vaereg.assembly.parts import Parts
from vaereg.assembly.seeded import seed_of, seeded
from vaereg.contracts.data import DataSpec
from vaereg.declaration.declaration import Declaration

Model = TypeVar("Model")


def made_from(
    make: Callable[[Parts, Declaration, int], Model],
    declaration: Declaration,
    spec: DataSpec,
    examples: int,
    parts: Mapping[str, object] | None = None,
) -> Model:
    """Builds and compiles the declared model; the seed determines its weights.

    Args:
        make: the class of the model.
        declaration: the model.
        spec: of the data.
        examples: how many training examples there are.
        parts: parts by slot, used instead of the declared components; see `vaereg.build`.
    """
    spec = attrs.evolve(spec, size=examples)
    if parts:
        declaration = with_given_parts(declaration, parts)
    callers = keras.config.dtype_policy()
    keras.config.set_dtype_policy(declaration.train.precision)
    try:
        built = assemble(declaration, spec, parts)
        with seeded(seed_of(declaration.train.seed, "vae")):
            return make(built, declaration, examples)
    finally:
        keras.config.set_dtype_policy(callers)
