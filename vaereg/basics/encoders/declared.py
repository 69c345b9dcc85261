"""The built-in encoders: their parameters and declarations. Never imports keras."""

from __future__ import annotations

import vaereg
from vaereg.basics.layers.network_params import (
    DENSE_NORMALIZATIONS,
    activation,
    dropout,
    kernel_size,
    normalization,
)
from vaereg.component import Component, param
from vaereg.frozen import frozen

STAGES = "channels of each stage; each halves height and width"


@frozen(kw_only=True)
class DenseEncoderParams:
    """Parameters of the encoder `dense`."""

    widths: tuple[int, ...] = param((512, 256), "units of each hidden layer", ge=1)
    activation: str = activation("relu")
    normalization: str = normalization("none", DENSE_NORMALIZATIONS)
    dropout: float = dropout()


@frozen(kw_only=True)
class ConvEncoderParams:
    """Parameters of the encoder `conv`."""

    widths: tuple[int, ...] = param((32, 64), STAGES, ge=1)
    kernel_size: int = kernel_size(3)
    activation: str = activation("relu")
    normalization: str = normalization("none")
    depth: int = param(0, "additional convolutions in each stage", ge=0)


@frozen(kw_only=True)
class ResNetEncoderParams:
    """Parameters of the encoder `resnet`."""

    widths: tuple[int, ...] = param((32, 64), STAGES, ge=1)
    depth: int = param(2, "residual blocks in each stage", ge=0)
    activation: str = activation("silu")
    normalization: str = normalization("group")


@frozen(kw_only=True)
class ConditionalEncoderParams:
    """Parameters of the encoder `conditional`."""

    inner: vaereg.Slot = vaereg.slot(
        "encoder", default="dense", meaning="the encoder that sees the label"
    )


COMPONENTS: list[Component] = [
    Component(
        kind="encoder",
        name="dense",
        params=DenseEncoderParams,
        factory="vaereg.basics.encoders.dense:Dense",
        summary="Fully connected layers on the flattened data.",
        reference="arXiv:1312.6114, appendix C",
    ),
    Component(
        kind="encoder",
        name="conv",
        params=ConvEncoderParams,
        factory="vaereg.basics.encoders.conv:Conv",
        summary="Convolutions that halve height and width at each stage; gives a feature map.",
        for_data=frozenset({"image"}),
        tags=frozenset({"spatial"}),
    ),
    Component(
        kind="encoder",
        name="resnet",
        params=ResNetEncoderParams,
        factory="vaereg.basics.encoders.resnet:ResNet",
        summary="Residual blocks that halve height and width at each stage; gives a feature map.",
        reference="arXiv:1603.05027, figure 4e",
        for_data=frozenset({"image"}),
        tags=frozenset({"spatial"}),
    ),
    Component(
        kind="encoder",
        name="conditional",
        params=ConditionalEncoderParams,
        factory="vaereg.basics.encoders.conditional:conditional",
        summary="Another encoder that sees the label beside the data; needs labels.",
        reference="Sohn et al. 2015",
        given={"label"},
    ),
]
