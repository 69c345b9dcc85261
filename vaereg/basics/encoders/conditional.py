"""The encoder `conditional`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

import vaereg
from vaereg.basics.encoders.dense import Dense
from vaereg.basics.layers.labelled import Labelled, classes_of

if TYPE_CHECKING:
    from vaereg.basics.encoders.declared import DenseEncoderParams


def conditional(params: DenseEncoderParams, context: vaereg.BuildContext) -> Labelled:
    """x (B, *data) with the label as further channels -> features (B, widths[-1])."""
    classes, data = classes_of(context), context.data_spec
    wider = attrs.evolve(data, shape=(*data.shape[:-1], data.channels + classes))
    network = Dense(params, attrs.evolve(context, name="network", data_spec=wider))
    return Labelled(network, classes, name=context.name)
