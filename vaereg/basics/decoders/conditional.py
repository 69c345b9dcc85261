"""The decoder `conditional`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import vaereg
from vaereg.basics.layers.labelled import Labelled, classes_of

if TYPE_CHECKING:
    from vaereg.basics.decoders.declared import ConditionalDecoderParams


def conditional(params: ConditionalDecoderParams, context: vaereg.BuildContext) -> Labelled:
    """z (B, *latent) with the label as further values -> outputs of the inner decoder."""
    classes, latent = classes_of(context), context.latent_shape
    wider = (*latent[:-1], latent[-1] + classes)
    inner = context.build(params.inner, "inner", latent_shape=wider)
    return Labelled(inner, classes, name=context.name)
