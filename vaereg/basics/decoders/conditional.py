"""The decoder `conditional`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

import vaereg
from vaereg.basics.decoders.dense import Dense
from vaereg.basics.layers.labelled import Labelled, classes_of

if TYPE_CHECKING:
    from vaereg.basics.decoders.declared import DenseDecoderParams


def conditional(params: DenseDecoderParams, context: vaereg.BuildContext) -> Labelled:
    """z (B, *latent) with the label as further values -> outputs (B, *data[:-1], channels)."""
    classes, latent = classes_of(context), context.latent_shape
    wider = (*latent[:-1], latent[-1] + classes)
    network = Dense(params, attrs.evolve(context, name="network", latent_shape=wider))
    return Labelled(network, classes, name=context.name)
