"""Scores of real data against real data, which no model changes, cached between evaluations."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import attrs
import numpy as np

from vaereg.contracts.metric import Measured
from vaereg.contracts.slot import values_of
from vaereg.evaluation.evidence.cache import Cache
from vaereg.evaluation.evidence.real_examples import RealExamples
from vaereg.evaluation.scores.measuring import BuiltMetric
from vaereg.runs.run_lock import source_hash

FORM = 3
"""Increases when the evidence of real data against real data changes, or a formula outside the
file of a metric."""

ARRAYS = {
    "generated": "influence_of_generated",
    "real": "influence_of_real",
    "values": "values",
    "curve": "curve",
}
"""The name under which each array of a `Measured` is cached."""


@attrs.frozen(kw_only=True, eq=False)
class CachedReferences:
    """The references for one choice of real examples.

    Args:
        cache: keeps the references.
        digest: the hash of the data.
        real: the chosen examples.
        thorough: whether metrics use their more precise estimates.
        identities: the identities of the extractors, by name.
        told: the names of the conditions that the examples come with.
    """

    cache: Cache
    digest: str
    real: RealExamples
    thorough: bool
    identities: Mapping[str, str]
    told: tuple[str, ...] = ()

    def __call__(
        self, built: BuiltMetric, extractor: str, make: Callable[[], dict[str, Measured]]
    ) -> dict[str, Measured]:
        """The reference of a metric, measured now if it is not in the cache."""
        offer = built.slot.offer
        decided_by = (
            FORM,
            offer.full_name,
            offer.version,
            source_hash(offer.component.factory),
            values_of(built.slot.params),
            self.digest,
            *(each.digest for each in (self.real.held_out, self.real.train, *self.real.others)),
            self.thorough,
            self.identities.get(extractor, ""),
            *self.told,
        )
        kept = self.cache.get("references", decided_by, lambda: packed(make()), _are_scores)
        return unpacked(kept)


def _are_scores(kept: Mapping[str, np.ndarray]) -> bool:
    try:
        unpacked(kept)
    except (KeyError, IndexError, TypeError, ValueError):
        return False
    return True


def packed(scores: Mapping[str, Measured]) -> dict[str, np.ndarray]:
    """Scores as plain arrays."""
    arrays = {}
    for name, score in scores.items():
        arrays[f"{name}/value"] = np.array([score.value, score.sample_size], np.float64)
        for key, attribute in ARRAYS.items():
            if getattr(score, attribute) is not None:
                arrays[f"{name}/{key}"] = np.asarray(getattr(score, attribute))
        if score.limit is not None:
            arrays[f"{name}/limit"] = np.array(score.limit, np.float64)
    return arrays


def unpacked(arrays: Mapping[str, np.ndarray]) -> dict[str, Measured]:
    """The scores that `packed` was given, in their order."""
    names = [path.removesuffix("/value") for path in arrays if path.endswith("/value")]
    return {
        name: Measured(
            value=float(arrays[f"{name}/value"][0]),
            sample_size=int(arrays[f"{name}/value"][1]),
            **{attribute: arrays.get(f"{name}/{key}") for key, attribute in ARRAYS.items()},
            limit=float(arrays[f"{name}/limit"]) if f"{name}/limit" in arrays else None,
            detail="",  # that of a reference is shown nowhere
        )
        for name in names
    }
