"""The context that a factory receives with the parameters, and from which it builds its part."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn, Protocol

import attrs

from vaereg.contracts.data import DataSpec
from vaereg.contracts.latent import Latent
from vaereg.contracts.latent_groups import LatentGroups
from vaereg.contracts.likelihood import Likelihood
from vaereg.contracts.prior import Prior
from vaereg.contracts.slot import Slot
from vaereg.contracts.tensor import Tensor
from vaereg.errors import UsageError


class Build(Protocol):
    """Builds a part that a component holds.

    Args:
        slot: a parameter of the component, declared with `vaereg.slot`.
        name: lowercase, different from those of other parts that the component holds. The part's
            name and seed are made from it and from those of the component.
        latent_shape, channels, data_spec: for the part's context, if they differ from the
            component's.

    Raises:
        DeclarationError: if the part's parameters do not fit, placed where the part is declared.
        PluginError: if its factory is missing or fails.
    """

    def __call__(
        self,
        slot: Slot,
        name: str,
        *,
        latent_shape: tuple[int, ...] | None = None,
        channels: int | None = None,
        data_spec: DataSpec | None = None,
    ) -> Any: ...  # a part of the kind of the slot


def _builds_nothing(
    slot: Slot,
    name: str,
    *,
    latent_shape: tuple[int, ...] | None = None,
    channels: int | None = None,
    data_spec: DataSpec | None = None,
) -> NoReturn:
    del slot, latent_shape, channels, data_spec
    raise UsageError(
        f"the part {name!r} cannot be built, since this context was made by hand; give it "
        "`build`, a function that returns the part: BuildContext(..., build=lambda slot, name: ...)"
    )


def _unheard(share: float) -> None:
    """Takes a share that nobody shows."""


@attrs.frozen(kw_only=True)
class BuildContext:
    """Everything that a factory may need to build a part; fields not known yet are None.

    Parts are built in the order likelihood, encoder, posterior, decoder, prior, objective,
    regularizers, discriminators, samplers; a later part sees those built before it. Augmentations
    of the data come first, and have no latent in their context; those of latents follow the
    posterior.

    Args:
        name: the layer's name, unique in the model; pass it to `keras.layers.Layer`.
        seed: an integer derived from the run's seed and the part's name.
        data_spec: the specification of the data (empty for a dataset, which creates it).
        latent_shape: the shape of one latent, without the batch axis.
        latent: its groups: `split` takes z apart, `join` puts it together.
        channels: for the decoder, the length of its output's last axis, as the likelihood needs it.
        folder: the folder of registry.toml, to which relative paths refer.
        cache: a folder for files that can be recreated.
        encode: x -> Latent with the mode as z, for parts built after the encoder. If the encoder
            or the posterior asks for conditions, pass them: `encode(x, given=...)`.
        decode: z -> decoder outputs, for parts built after the decoder; `decode(z, given=...)` if
            the decoder asks for conditions. A sampler works after
            training: its `encode` and `decode` take numpy arrays, (n, *data) and (n, *latent) with
            any n, and use averaged weights if there are any; `decode` returns the likelihood's
            mean.
        prior, likelihood: these parts, once they are built.
        build: `context.build(params.inner, "inner")` builds a part that the component holds.
        parts: the parts built so far by name: "encoder", "decoder" ..., regularizers and
            discriminators by their keys. A sampler sees all of them.
        share: for a dataset, to be called with the share of the data that is read, from 0 to 1,
            so that the user sees how far it is.
        earlier_splits: for a dataset that divides its examples at random, whether a run made
            before 2026-11-30 needs them. Datasets of plugins may ignore it.
    """

    name: str
    seed: int = 0
    data_spec: DataSpec = DataSpec()
    latent_shape: tuple[int, ...] = ()
    latent: LatentGroups | None = None
    channels: int | None = None
    folder: Path = Path()
    cache: Path = Path()
    encode: Callable[..., Latent] | None = None
    decode: Callable[..., Tensor] | None = None
    prior: Prior | None = None
    likelihood: Likelihood | None = None
    build: Build = _builds_nothing
    parts: Mapping[str, object] = attrs.field(factory=dict)
    share: Callable[[float], None] = _unheard
    earlier_splits: bool = False
