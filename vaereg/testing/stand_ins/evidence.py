"""Hand-made evidence, to try metrics without a run."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from vaereg.contracts.data import DataSpec
from vaereg.contracts.evidence import Halves, ModelView
from vaereg.measures.halves import EvidenceInHalves
from vaereg.testing.stand_ins.feature_sets import Extract, StandInFeatures, flattened
from vaereg.testing.stand_ins.linear_gaussian import LinearGaussian

COUNT = 96
"""The number of synthetic examples of each sort."""

FORMS = {1: "vector", 2: "sequence", 3: "image"}
"""The form of data by the number of axes of one example."""

PALER = 0.7
"""The standard deviation of the latents of synthetic samples, relative to the prior."""


class StandInEvidence:
    """Hand-made evidence that keeps the contract of `vaereg.Evidence`.

    A small linear Gaussian model (`linear_gaussian`) makes all arrays that are not given: real and
    train are draws from it, reconstructed are its means given the latents of real, and generated
    are paler and smoother than real, like samples of a VAE.

    Args:
        real: (p, *data) held-out examples.
        generated: (n, *data) samples.
        reconstructed: (p, *data); row i is the reconstruction of real[i].
        train: (m, *data) training examples.
        data_spec: the specification of the examples; by default inferred from the first given
            array, or 8 x 8 grey images.
        model: a ModelView, or a function that makes one from this evidence, such as
            `vaereg.testing.StandInModel`; None for evidence without a model.
        extract: examples -> features (n, d); None for a metric that uses no features.
        probabilities: features -> (n, classes), or None.
        latents: (n, d) from which `generated` were decoded; by default those of the synthetic
            samples, or the latents of the given `generated`.
        unseen: (n,) bool, for evidence of real data against real data.
        real_given, generated_given: the conditions of both, by name; see `vaereg.Evidence`.
        count: the number of synthetic examples of each sort.
        thorough, seed: see `vaereg.Evidence`; the seed also determines the synthetic examples.

    Raises:
        ValueError: if real and reconstructed differ in shape, or unseen or latents do not fit.
    """

    def __init__(
        self,
        real: np.ndarray | None = None,
        generated: np.ndarray | None = None,
        reconstructed: np.ndarray | None = None,
        train: np.ndarray | None = None,
        *,
        data_spec: DataSpec | None = None,
        model: ModelView | Callable[[StandInEvidence], ModelView] | None = None,
        extract: Extract | None = flattened,
        probabilities: Extract | None = None,
        latents: np.ndarray | None = None,
        unseen: np.ndarray | None = None,
        real_given: Mapping[str, np.ndarray] | None = None,
        generated_given: Mapping[str, np.ndarray] | None = None,
        count: int = COUNT,
        thorough: bool = False,
        seed: int = 0,
    ) -> None:
        given = [each for each in (real, generated, reconstructed, train) if each is not None]
        self.data_spec = data_spec or _shown_by(given[0].shape[1:] if given else (8, 8, 1))
        self.linear_gaussian = LinearGaussian(self.data_spec)
        self.thorough = thorough
        self.seed = seed
        self.unseen = unseen
        self.real_given = dict(real_given or {})
        self.generated_given = dict(generated_given or {})
        made = _random_examples(self.linear_gaussian, count, seed)
        self.real = np.asarray(made["real"] if real is None else real, np.float32)
        self.train = np.asarray(made["train"] if train is None else train, np.float32)
        if reconstructed is None:
            reconstructed = self._reconstruct()
        if generated is None:
            generated, latents = made["generated"], made["latents"] if latents is None else latents
        self.generated = np.asarray(generated, np.float32)
        self.reconstructed = np.asarray(reconstructed, np.float32)
        self._latents = latents
        self.extract = extract
        self.probabilities = probabilities
        self._shared: dict[Hashable, Any] = {}  # values of any type
        self._check_shapes()
        self._make_model = model if callable(model) else None
        self.model: ModelView | None = model(self) if callable(model) else model

    @cached_property
    def latents(self) -> np.ndarray:
        """(n, d), the latents from which `generated` were decoded."""
        if self._latents is not None:
            return self._latents
        return self.linear_gaussian.encode(self.generated)[0].astype(np.float32)

    @cached_property
    def features(self) -> StandInFeatures:
        """The examples as `extract` sees them.

        Raises:
            ValueError: if the evidence was made with extract=None.
        """
        if self.extract is None:
            raise ValueError(
                "this StandInEvidence was made with extract=None, so it has no features; "
                "set uses_features = True on the metric, or give extract"
            )
        return StandInFeatures(self, self.extract, self.probabilities)

    @cached_property
    def halves(self) -> Halves:
        """The examples in two halves."""
        return EvidenceInHalves.of(self)

    def shared(self, key: Hashable, compute: Callable[[], Any]) -> Any:  # of any type
        """The value under `key`, computed once."""
        if key not in self._shared:
            self._shared[key] = compute()
        return self._shared[key]

    def taking(
        self,
        *,
        real: np.ndarray | None = None,
        generated: np.ndarray | None = None,
        train: np.ndarray | None = None,
    ) -> StandInEvidence:
        """Evidence with a selection of the examples, in the order of the given positions.

        Reconstructions follow `real`; latents and `unseen` follow `generated`.

        Args:
            real, generated, train: positions; None for all.

        Raises:
            ValueError: if the model was given as an object, since its rows cannot be selected.
        """
        if self.model is not None and self._make_model is None:
            raise ValueError(
                "taking() cannot select rows of a model object; give model= as a function of the "
                "evidence, such as StandInModel"
            )
        r, g, t = (slice(None) if each is None else each for each in (real, generated, train))
        return StandInEvidence(
            self.real[r],
            self.generated[g],
            self.reconstructed[r],
            self.train[t],
            data_spec=self.data_spec,
            model=self._make_model,
            extract=self.extract,
            probabilities=self.probabilities,
            latents=self.latents[g],
            unseen=None if self.unseen is None else self.unseen[g],
            real_given={name: each[r] for name, each in self.real_given.items()},
            generated_given={name: each[g] for name, each in self.generated_given.items()},
            thorough=self.thorough,
            seed=self.seed,
        )

    def _reconstruct(self) -> np.ndarray:
        code = self.linear_gaussian.encode(self.real)[0]
        return self.linear_gaussian.on_levels(self.linear_gaussian.decode(code))

    def _check_shapes(self) -> None:
        if self.real.shape != self.reconstructed.shape:
            raise ValueError(
                f"reconstructed must be (p, *data) like real; got {self.reconstructed.shape} and "
                f"{self.real.shape}"
            )
        for name, each in (("unseen", self.unseen), ("latents", self._latents)):
            if each is not None and len(each) != len(self.generated):
                raise ValueError(
                    f"{name} must have one row for each of the {len(self.generated)} generated "
                    f"examples; got {len(each)}"
                )


def _shown_by(shape: tuple[int, ...]) -> DataSpec:
    form = FORMS.get(len(shape))
    if form is None:
        raise ValueError(
            f"an example has 1 to 3 axes; got shape {shape}. Give data_spec=DataSpec(...)"
        )
    if form == "image":
        return DataSpec(form=form, shape=shape, value_range=(0.0, 1.0), levels=256, size=COUNT)
    return DataSpec(form=form, shape=shape, value_range=None, size=COUNT)


def _random_examples(model: LinearGaussian, count: int, seed: int) -> dict[str, np.ndarray]:
    made = {}
    for stream, name in enumerate(("real", "train", "generated")):
        rng = np.random.default_rng([seed, 33, stream])
        z = rng.normal(size=(count, model.latent))
        if name == "generated":
            z *= PALER
            made["latents"] = z.astype(np.float32)
            made[name] = model.on_levels(0.5 * (model.decode(z) + model.draw(z, rng)))
        else:
            made[name] = model.draw(z, rng)
    return made
