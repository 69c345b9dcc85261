"""The encoder `conditional`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

import vaereg
from vaereg.basics.layers.labelled import Labelled, classes_of

if TYPE_CHECKING:
    from vaereg.basics.encoders.declared import ConditionalEncoderParams


def conditional(params: ConditionalEncoderParams, context: vaereg.BuildContext) -> Labelled:
    """x (B, *data) with the label as further channels -> features of the inner encoder."""
    classes, data = classes_of(context), context.data_spec
    wider = attrs.evolve(data, shape=(*data.shape[:-1], data.channels + classes))
    inner = context.build(params.inner, "inner", data_spec=wider)
    return Labelled(inner, classes, name=context.name)
