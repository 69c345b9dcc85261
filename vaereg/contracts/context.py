"""What a factory receives with its parameters when it builds its part."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import attrs

from vaereg.contracts.data import DataSpec
from vaereg.contracts.latent import Latent
from vaereg.contracts.likelihood import Likelihood
from vaereg.contracts.prior import Prior
from vaereg.contracts.tensor import Tensor


@attrs.frozen(kw_only=True)
class BuildContext:
    """What a part may need to build itself; a field that is not known yet is None.

    Parts are built in the order likelihood, encoder, posterior, decoder, prior, objective,
    regularizers, discriminators, samplers; a later part sees those built before it.

    Args:
        name: the name for the layer, unique in the model; pass it to `keras.layers.Layer`.
        seed: an integer derived from the run's seed and the part's name.
        data_spec: what the data looks like (empty for a dataset, which makes it).
        latent_shape: the shape of one latent, without the batch axis.
        channels: for the decoder, the length of its output's last axis, as the likelihood needs it.
        folder: where relative paths start (the folder of registry.toml).
        cache: a folder for files that can be made again.
        encode: x -> Latent with the mode as z, for parts built after the encoder.
        decode: z -> decoder outputs, for parts built after the decoder. A sampler, which works
            after training, is given both for numpy arrays, (n, *data) and (n, *latent), of any n,
            with the averaged weights where there are any, and decode then gives the likelihood's
            mean.
        prior, likelihood: those parts themselves, once built.
    """

    name: str
    seed: int = 0
    data_spec: DataSpec = DataSpec()
    latent_shape: tuple[int, ...] = ()
    channels: int | None = None
    folder: Path = Path()
    cache: Path = Path()
    encode: Callable[[Tensor], Latent] | None = None
    decode: Callable[[Tensor], Tensor] | None = None
    prior: Prior | None = None
    likelihood: Likelihood | None = None
