"""The regularizer of this plugin: its parameters and its declaration."""

from __future__ import annotations

import attrs

import vaereg


@attrs.frozen(kw_only=True)
class PerceptualParams:
    """Parameters of the regularizer `perceptual`."""

    extractor: vaereg.Slot = vaereg.slot(
        "feature_extractor",
        default="efficientnet_lite0",
        meaning="the extractor in whose maps images are compared; it must have a network",
    )
    layers: tuple[int, ...] = vaereg.param(
        (), "which maps are compared, 0 for the finest; empty for all", ge=0
    )
    weights: tuple[float, ...] = vaereg.param(
        (), "the weight of each of these maps; empty for equal weights that sum to 1", ge=0
    )
    pooled: float = vaereg.param(
        0.0, "the weight of the mean squared distance of the features themselves", ge=0
    )

    def __attrs_post_init__(self) -> None:
        if len(set(self.layers)) < len(self.layers):
            raise ValueError(f"layers names a map twice: {list(self.layers)}")
        if self.weights and self.layers and len(self.weights) != len(self.layers):
            raise ValueError(
                f"weights has {len(self.weights)} numbers for {len(self.layers)} layers; "
                "give one for each, or none"
            )


@vaereg.hookimpl
def vaereg_components() -> list[vaereg.Component]:
    """Returns the regularizer."""
    return [
        vaereg.Component(
            kind="regularizer",
            name="perceptual",
            params=PerceptualParams,
            factory="vaereg_plugin_perceptual.perceptual:Perceptual",
            summary="The distance between images and reconstructions in a network's feature maps.",
            reference="arXiv:1801.03924, eq. 1, with equal weights; arXiv:1603.08155",
            for_data={"image"},
            tags=frozenset({"remedy:decoder"}),
        )
    ]
