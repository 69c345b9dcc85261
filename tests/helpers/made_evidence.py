"""Evidence built from plain arrays, so that a metric can be tried on known examples."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import cached_property
from typing import Any

import attrs
import numpy as np

from vaereg import DataSpec
from vaereg.measures.halves import EvidenceInHalves


@attrs.define(kw_only=True, eq=False)
class MadeFeatures:
    """The features of the examples; see `vaereg.contracts.evidence.FeatureSets`."""

    real: np.ndarray
    generated: np.ndarray
    reconstructed: np.ndarray
    train: np.ndarray
    name: str = "classifier"
    real_probabilities: np.ndarray | None = None
    generated_probabilities: np.ndarray | None = None
    reconstructed_probabilities: np.ndarray | None = None

    def reconstructed_at(self, rows: np.ndarray) -> np.ndarray:
        return self.reconstructed[rows]

    def reconstructed_probabilities_at(self, rows: np.ndarray) -> np.ndarray | None:
        kept = self.reconstructed_probabilities
        return None if kept is None else kept[rows]


@attrs.define(kw_only=True, eq=False, slots=False)
class MadeEvidence:
    """The evidence of one evaluation; see `vaereg.Evidence`.

    Args:
        computed: the keys that `shared` computed, in order, each once.
    """

    data_spec: DataSpec
    real: np.ndarray
    generated: np.ndarray
    reconstructed: np.ndarray
    train: np.ndarray
    features: MadeFeatures
    unseen: np.ndarray | None = None
    model: Any = None
    thorough: bool = False
    seed: int = 0
    real_given: dict[str, np.ndarray] = attrs.field(factory=dict)
    generated_given: dict[str, np.ndarray] = attrs.field(factory=dict)
    computed: list[Hashable] = attrs.field(factory=list)
    _kept: dict[Hashable, Any] = attrs.field(factory=dict)

    @cached_property
    def halves(self) -> EvidenceInHalves:
        return EvidenceInHalves.of(self)

    def shared(self, key: Hashable, compute: Callable[[], Any]) -> Any:
        if key not in self._kept:
            self._kept[key] = compute()
            self.computed.append(key)
        return self._kept[key]


def made_evidence(
    real: np.ndarray,
    generated: np.ndarray,
    *,
    reconstructed: np.ndarray | None = None,
    train: np.ndarray | None = None,
    real_probabilities: np.ndarray | None = None,
    generated_probabilities: np.ndarray | None = None,
    reconstructed_probabilities: np.ndarray | None = None,
    extractor: str = "classifier",
    seen: Callable[[np.ndarray], np.ndarray] | None = None,
    unseen: np.ndarray | None = None,
    model: Any = None,
    thorough: bool = False,
    seed: int = 0,
) -> MadeEvidence:
    """Evidence of examples (n, *data) whose features are their flattened values, or others.

    Images (n, height, width, channels) are in [0, 1]; (n, d) are vectors.

    Args:
        real: held-out examples.
        generated: samples.
        reconstructed: of `real`; the same by default.
        train: the training examples; `real` by default.
        real_probabilities, generated_probabilities, reconstructed_probabilities: (n, classes) of a
            classifier, or None; those of `reconstructed` are those of `real` by default.
        extractor: the name of the features.
        seen: makes features (n, d) of examples.
        unseen, model, thorough, seed: see `vaereg.Evidence`.
    """
    sets = {
        "real": real,
        "generated": generated,
        "reconstructed": real if reconstructed is None else reconstructed,
        "train": real if train is None else train,
    }
    examples = {name: np.asarray(values, np.float32) for name, values in sets.items()}
    seen = seen or (lambda values: values.reshape(len(values), int(np.prod(values.shape[1:]))))
    features = {name: seen(values) for name, values in examples.items()}
    image = np.ndim(real) == 4
    return MadeEvidence(
        data_spec=DataSpec(
            form="image" if image else "vector",
            shape=np.shape(real)[1:],
            value_range=(0.0, 1.0) if image else None,
            size=len(examples["train"]),
            classes=None if real_probabilities is None else real_probabilities.shape[1],
        ),
        features=MadeFeatures(
            name=extractor,
            real_probabilities=real_probabilities,
            generated_probabilities=generated_probabilities,
            reconstructed_probabilities=real_probabilities
            if reconstructed_probabilities is None
            else reconstructed_probabilities,
            **features,
        ),
        unseen=unseen,
        model=model,
        thorough=thorough,
        seed=seed,
        **examples,
    )
