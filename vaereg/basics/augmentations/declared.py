"""The built-in augmentations: their parameters and declarations. Never imports keras."""

from __future__ import annotations

from vaereg.component import Component, param
from vaereg.frozen import frozen


@frozen(kw_only=True)
class FlipParams:
    """Parameters of the augmentation `flip`."""

    probability: float = param(0.5, "the probability that an image is flipped", gt=0, le=1)
    direction: str = param(
        "horizontal",
        "horizontal: left to right; vertical: upside down",
        choices=("horizontal", "vertical"),
    )


@frozen(kw_only=True)
class CropParams:
    """Parameters of the augmentation `crop`."""

    least: float = param(
        0.8, "the smallest share of height and width that a window may have", gt=0, le=1
    )


@frozen(kw_only=True)
class TranslateParams:
    """Parameters of the augmentation `translate`."""

    most: float = param(
        0.125, "the furthest an image is moved, as a share of height and width", gt=0, le=0.5
    )


@frozen(kw_only=True)
class BrightnessParams:
    """Parameters of the augmentation `brightness`."""

    most: float = param(0.25, "the largest change, as a share of the range of the data", gt=0, le=1)


@frozen(kw_only=True)
class CutoutParams:
    """Parameters of the augmentation `cutout`."""

    share: float = param(
        0.25, "height and width of the hole, as a share of those of the image", gt=0, le=1
    )


@frozen(kw_only=True)
class GaussianNoiseParams:
    """Parameters of the augmentation `gaussian_noise`."""

    most: float = param(0.2, "the largest standard deviation of the noise", gt=0)


@frozen(kw_only=True)
class InterpolateNoiseParams:
    """Parameters of the augmentation `interpolate_noise`."""

    most: float = param(1.0, "the largest share of a latent that is replaced", gt=0, le=1)
    scale: float = param(3.0, "the standard deviation of the noise", gt=0)


IMAGES = frozenset({"image"})
LATENTS = frozenset({"latent"})

COMPONENTS: list[Component] = [
    Component(
        kind="augmentation",
        name="flip",
        params=FlipParams,
        factory="vaereg.basics.augmentations.flip:Flip",
        summary="Flips some of the images, left to right or upside down.",
        for_data=IMAGES,
    ),
    Component(
        kind="augmentation",
        name="crop",
        params=CropParams,
        factory="vaereg.basics.augmentations.crop:Crop",
        summary="Enlarges a window of each image to the size of the image.",
        for_data=IMAGES,
    ),
    Component(
        kind="augmentation",
        name="translate",
        params=TranslateParams,
        factory="vaereg.basics.augmentations.translate:Translate",
        summary="Moves each image by whole pixels in both directions.",
        reference="arXiv:2006.10738",
        for_data=IMAGES,
    ),
    Component(
        kind="augmentation",
        name="brightness",
        params=BrightnessParams,
        factory="vaereg.basics.augmentations.brightness:Brightness",
        summary="Makes each image brighter or darker, within the range of the data.",
        reference="arXiv:2006.10738",
        for_data=IMAGES,
    ),
    Component(
        kind="augmentation",
        name="cutout",
        params=CutoutParams,
        factory="vaereg.basics.augmentations.cutout:Cutout",
        summary="Fills a rectangle of each image with the middle of the range.",
        reference="arXiv:1708.04552",
        for_data=IMAGES,
    ),
    Component(
        kind="augmentation",
        name="gaussian_noise",
        params=GaussianNoiseParams,
        factory="vaereg.basics.augmentations.gaussian_noise:GaussianNoise",
        summary="Adds noise of a random strength to each latent.",
        reference="arXiv:2510.11690",
        for_data=LATENTS,
    ),
    Component(
        kind="augmentation",
        name="interpolate_noise",
        params=InterpolateNoiseParams,
        factory="vaereg.basics.augmentations.interpolate_noise:InterpolateNoise",
        summary="Replaces a random share of each latent by noise.",
        reference="arXiv:2507.15856",
        for_data=LATENTS,
    ),
]
