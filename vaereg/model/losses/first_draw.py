"""The latent of the first draw of each example, which is the one that a step sees."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from vaereg.contracts.latent import Latent
from vaereg.contracts.tensor import Tensor


def first_draw(latent: Latent, samples: int) -> Latent:
    """The first of K draws: (K·B, ...) becomes (B, ...) everywhere; terms and logs are averaged.

    Args:
        latent: K draws for each example, K-major.
        samples: K.
    """
    if samples == 1:
        return latent
    rows = tuple(latent.z.shape)[:1]

    def of_draws(value: Tensor) -> Tensor:  # (K·B, ...) -> (K, B, ...)
        return ops.reshape(value, (samples, -1, *value.shape[1:]))

    def first(value: Tensor | None) -> Tensor | None:
        """The first draw of an array; what is not of the draws stays as it is."""
        shape: tuple[int | None, ...] = tuple(getattr(value, "shape", ()))
        return of_draws(value)[0] if shape and shape[:1] == rows else value

    def cut(tree: Any) -> Any:  # a tree of arrays of the posterior's own
        return keras.tree.map_structure(first, tree)

    def means(values: dict[str, Tensor]) -> dict[str, Tensor]:
        return {name: ops.mean(of_draws(value), axis=0) for name, value in values.items()}

    extras: dict[str, Any] = {  # as in Latent
        name: cut(each) for name, each in dict(latent.extras).items() if name != "terms"
    }
    if latent.terms:
        extras["terms"] = means(latent.terms)
    return Latent(
        z=first(latent.z),
        mode=first(latent.mode),
        log_var=first(latent.log_var),
        log_q=first(latent.log_q),
        params=cut(latent.params),
        logs=means(dict(latent.logs)),
        extras=extras,
    )
