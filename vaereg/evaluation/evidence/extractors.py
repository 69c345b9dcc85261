"""The feature extractors of an evaluation: chosen, fitted on the training data once, and cached."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import attrs
import numpy as np

from vaereg.assembly.blame import blaming
from vaereg.assembly.build_component import build_component, evaluation_context
from vaereg.contracts.catalog import ComponentSource, UnknownName
from vaereg.contracts.data import Data, DataSpec
from vaereg.contracts.feature_extractor import FeatureExtractor
from vaereg.contracts.slot import Slot, values_of
from vaereg.declaration.read_params import default_params
from vaereg.errors import DataError, VaeregError
from vaereg.evaluation.evidence.cache import Cache
from vaereg.evaluation.evidence.real_examples import ChosenExamples
from vaereg.evaluation.full_precision import full_precision
from vaereg.host.progress import Progress

CHUNK = 8192
"""The batch size for computing features."""

OF_LABELS = "classifier"
OF_IMAGES = ("efficientnet_lite0", "local_texture")
OF_OTHER_DATA = ("pixels", "ranks")
"""What "auto" chooses from. These are defaults, as a registry has defaults: any extractor of any
distribution can be named instead, and is then treated in the same way."""

SPACES = 2
"""A verdict needs this many feature spaces (`vaereg.comparison.spaces`)."""

SEED = 0
"""The seed of every extractor, equal in all runs so that features can be cached."""


@attrs.frozen(kw_only=True, eq=False)
class FittedExtractor:
    """An extractor that is ready for use.

    Args:
        slot: the component with its parameters.
        extractor: the extractor itself.
        cache: keeps the features of real examples.
        digest: the hash of the data.
    """

    slot: Slot
    extractor: FeatureExtractor
    cache: Cache
    digest: str

    @property
    def name(self) -> str:
        """The component's short name, the last part of the names of scores."""
        return self.slot.offer.name

    @property
    def identity(self) -> str:
        """The hash of everything that determines the features."""
        return self.extractor.identity

    def __call__(self, examples: np.ndarray) -> np.ndarray:
        """Features (n, d) float32 of quantized examples."""
        with blaming(self.slot, "cannot extract features"):
            chunks = [
                np.asarray(self.extractor(examples[i : i + CHUNK]), np.float32)
                for i in range(0, len(examples), CHUNK)
            ]
        return np.concatenate(chunks)

    def of_real(self, chosen: ChosenExamples, take: Callable[[], np.ndarray]) -> np.ndarray:
        """Features of quantized real examples, cached for the next evaluation.

        Args:
            chosen: which examples.
            take: returns the examples, quantized; called only if there are no cached features.
        """
        decided_by = (self.identity, self.digest, chosen.name, chosen.digest)
        made = self.cache.get(
            "features",
            decided_by,
            lambda: {"features": self(take())},
            lambda kept: _are_features(kept.get("features"), len(chosen)),
        )
        return made["features"]

    @property
    def probabilities(self) -> Callable[[np.ndarray], np.ndarray] | None:
        """features -> (n, classes); None if the extractor does not classify."""
        return getattr(self.extractor, "probabilities", None)


def _are_features(kept: np.ndarray | None, count: int) -> bool:
    return kept is not None and kept.dtype == np.float32 and kept.ndim == 2 and len(kept) == count


@attrs.frozen(eq=False)
class ChosenExtractor:
    """An extractor to use.

    Args:
        slot: the component with its parameters.
        built: the extractor, not fitted yet, if it was built to see whether it takes the data.
    """

    slot: Slot
    built: FeatureExtractor | None = None


def choose_extractors(
    names: Sequence[Slot | str],
    source: ComponentSource,
    spec: DataSpec,
    cache: Cache,
    *,
    held: Collection[str] = (),
    most: int = 0,
) -> tuple[tuple[ChosenExtractor, ...], tuple[str, ...]]:
    """The extractors to use, and warnings about the choice.

    "auto" means at least two extractors, since the features of one may be blind to a defect: a
    classifier if the data is labelled, then EfficientNet-Lite0 and `local_texture` for images, the
    values and their ranks for other data. An extractor that does not take the data is skipped. If
    models of a comparison held one of two in their training, a further one is added, since the held
    one does not decide.

    Args:
        names: declared slots, or "auto".
        source: the available components.
        spec: the spec of the data.
        cache: its folder is where extractors find files of their own.
        held: the names of extractors that a model of the comparison held in its training.
        most: the most extractors that "auto" chooses, which then gives no warnings; 0 for all.
    """
    chosen: list[ChosenExtractor] = []
    warnings: list[str] = []
    for name in names:
        if isinstance(name, Slot):
            chosen.append(ChosenExtractor(name))
            continue
        fitting, refusals = _fitting(_candidates(spec), source, spec, cache, held, most)
        chosen += fitting
        if len(fitting) < SPACES and not most:
            warnings.append(
                f"a verdict needs {SPACES} feature spaces, and this data fits only {len(fitting)}, "
                "so comparisons will be undecided: " + "; ".join(refusals)
            )
        if not fitting:
            chosen.append(ChosenExtractor(default_slot(source, OF_OTHER_DATA[0])))
    unique = {each.slot.offer.full_name: each for each in chosen}
    return tuple(unique.values()), tuple(warnings)


def _candidates(spec: DataSpec) -> list[str]:
    """The names of the default extractors for this data, in order of preference."""
    labelled = spec.classes is not None and spec.classes > 1 and spec.form != "sequence"
    of_form = OF_IMAGES if spec.form == "image" else OF_OTHER_DATA
    return [*([OF_LABELS] if labelled else []), *of_form]


def _fitting(
    names: Sequence[str],
    source: ComponentSource,
    spec: DataSpec,
    cache: Cache,
    held: Collection[str],
    most: int,
) -> tuple[list[ChosenExtractor], list[str]]:
    """The extractors to measure in, and why others do not take the data.

    For images these are all that take them, since `local_texture` costs little and sees what a
    classifier cannot; for other data the first ones, `SPACES` of which no model held.
    """
    fitting: list[ChosenExtractor] = []
    refusals: list[str] = []
    for name in names:
        unheld = [each for each in fitting if each.slot.offer.name not in held]
        if len(unheld) == (most or SPACES) and (most or spec.form != "image"):
            break
        try:
            slot = default_slot(source, name)
            fitting.append(ChosenExtractor(slot, _build_extractor(slot, spec, cache)))
        except (DataError, UnknownName) as error:
            refusals.append(str(error).partition(". ")[0])
    return fitting, refusals


def default_slot(source: ComponentSource, name: str) -> Slot:
    """The slot of an extractor with its default parameters."""
    offer = source.find("feature_extractor", name)
    params = default_params(offer, source)
    return Slot(kind="feature_extractor", key=name, offer=offer, params=params)


def fit_extractor(
    chosen: ChosenExtractor, data: Data, spec: DataSpec, cache: Cache, progress: Progress
) -> FittedExtractor:
    """Restores what an extractor learned before, or fits it on the training data.

    Args:
        chosen: which extractor.
        data: the data, with quantized images.
        spec: the spec of its examples.
        cache: keeps the states of fitted extractors.
        progress: shows progress.

    Raises:
        DataError: if the extractor cannot take this data.
        PluginError: if the component cannot be used.
    """
    slot = chosen.slot
    component = slot.offer.component
    if spec.form not in component.for_data:
        raise DataError(
            f"the extractor {slot.offer.full_name!r} takes "
            f"{' and '.join(sorted(component.for_data))} data; this is {spec.form} data.\n"
            "Choose another extractor; "
            "`vaereg components --kind feature_extractor` lists them."
        )
    decided_by = (
        slot.offer.full_name,
        slot.offer.version,
        values_of(slot.params),
        data.digest,
        spec.shape,
    )
    extractor = chosen.built or _build_extractor(slot, spec, cache)
    with full_precision():
        kept = cache.read("extractors", decided_by)
        if kept is None or not _restore_extractor(extractor, slot, kept):
            progress.stage(f"preparing the extractor {slot.offer.name!r}")
            if kept is not None:  # a state that it refused may be there in part
                cache.anew(f"the kept state of the extractor {slot.offer.name!r} is refused by it.")
                extractor = _build_extractor(slot, spec, cache)
            with blaming(slot, "cannot be fitted"):
                extractor.fit(data, SEED, progress.stage)
            progress.end_stage()
            cache.write("extractors", decided_by, extractor.state())
    return FittedExtractor(slot=slot, extractor=extractor, cache=cache, digest=data.digest)


def _build_extractor(slot: Slot, spec: DataSpec, cache: Cache) -> FeatureExtractor:
    """Builds in full precision, whatever precision the model has: one cache serves all."""
    context = evaluation_context(slot.offer.name, spec, cache.folder)
    with full_precision():
        return build_component(slot, context, FeatureExtractor)


def _restore_extractor(
    extractor: FeatureExtractor, slot: Slot, state: dict[str, np.ndarray]
) -> bool:
    """Whether the extractor took its state; it refuses that of another version."""
    try:
        with blaming(slot, "cannot be restored"):
            extractor.restore(state)
    except VaeregError:
        return False
    return True
