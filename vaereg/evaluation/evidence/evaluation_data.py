"""The data of an evaluation: what is looked at, and the evidence that is made of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import attrs
import numpy as np

from vaereg.contracts.data import Data
from vaereg.contracts.evidence import ModelView
from vaereg.evaluation.evaluation import Evaluated
from vaereg.evaluation.evidence.extractors import FittedExtractor
from vaereg.evaluation.evidence.lazy_evidence import Lazy, LazyEvidence, LazyFeatures
from vaereg.evaluation.evidence.quantized import Grid, grid_of
from vaereg.evaluation.evidence.quantized_data import gridded
from vaereg.evaluation.evidence.real_examples import RealExamples

ENOUGH = 1_000
"""From so many held-out examples on, intervals are narrow enough to tell models apart."""

POOR = 0.6
"""The held-out accuracy below which a classifier's features are warned of."""

_NONE = np.zeros((1, 1), np.float32)


@attrs.frozen(kw_only=True, eq=False)
class Subject:
    """The data of an evaluation, and the evidence that is made with it.

    Args:
        data: as the model takes it.
        gridded: as metrics see it.
        real: which examples are looked at.
        grid: brings examples into the form that metrics get.
    """

    data: Data
    gridded: Data
    real: RealExamples
    grid: Grid

    @classmethod
    def of(cls, data: Data, real: RealExamples) -> Subject:
        """The subject of a data set."""
        grid = grid_of(data.spec, real.train.take() if data.spec.value_range is None else _NONE)
        return cls(data=data, gridded=gridded(data, grid), real=real, grid=grid)

    def raw_held_out(self) -> np.ndarray:
        """Held-out examples as the model takes them."""
        return self.real.held_out.take()

    def raw_train(self) -> np.ndarray:
        """The training examples that are looked at, as the model takes them."""
        return self.real.train.take()

    def evidence(
        self, vae: Any, values: np.ndarray, model: ModelView | None, *, thorough: bool
    ) -> LazyEvidence:
        """The evidence of a model and its samples (n, *data)."""
        examples = Lazy(
            {
                "real": lambda: self.grid(self.raw_held_out()),
                "train": lambda: self.grid(self.raw_train()),
                "generated": lambda: self.grid(values),
                "reconstructed": lambda: self.grid(vae.reconstruct(self.raw_held_out())),
            }
        )
        return LazyEvidence(self.grid.seen, examples, model=model, thorough=thorough)

    def reference(self, *, thorough: bool) -> LazyEvidence:
        """The evidence of real data against real data."""

        def others() -> np.ndarray:
            return self.grid(np.concatenate([each.take() for each in self.real.others]))

        examples = Lazy(
            {
                "real": lambda: self.grid(self.raw_held_out()),
                "train": lambda: self.grid(self.raw_train()),
                "generated": others,
                "reconstructed": lambda: _as_many(examples["generated"], len(self.real.held_out)),
            }
        )
        return LazyEvidence(self.grid.seen, examples, unseen=self.real.unseen, thorough=thorough)

    def features(
        self, extractor: FittedExtractor, evidence: LazyEvidence
    ) -> tuple[LazyFeatures, LazyFeatures]:
        """The evidence's and the reference's examples as an extractor sees them."""
        shared = Lazy(
            {
                "real": lambda: extractor.of_data(
                    self.real.held_out, self.grid(self.raw_held_out())
                ),
                "train": lambda: extractor.of_data(self.real.train, self.grid(self.raw_train())),
                "others": lambda: np.concatenate(
                    [extractor.of_data(each, self.grid(each.take())) for each in self.real.others]
                ),
            }
        )
        common: dict[str, Callable[[], np.ndarray]] = {
            "real": lambda: shared["real"],
            "train": lambda: shared["train"],
        }
        own = {
            **common,
            "generated": lambda: extractor(evidence.generated),
            "reconstructed": lambda: extractor(evidence.reconstructed),
        }
        reference = {
            **common,
            "generated": lambda: shared["others"],
            "reconstructed": lambda: _as_many(shared["others"], len(self.real.held_out)),
        }
        probabilities = extractor.probabilities
        return (
            LazyFeatures(extractor.name, own, probabilities),
            LazyFeatures(extractor.name, reference, probabilities),
        )

    def described(self, name: str) -> Evaluated:
        """What was measured against, for evaluation.json."""
        return Evaluated(
            name=name,
            digest=self.data.digest,
            split=self.real.held_out.name,
            positions=self.real.held_out.digest,
            held_out=len(self.real.held_out),
            train=len(self.real.train),
            form=self.data.spec.form,
            shape=self.data.spec.shape,
            class_names=self.data.spec.class_names,
        )

    def warnings(self, extractors: Sequence[FittedExtractor]) -> list[str]:
        """What a reader of the scores must know."""
        told = []
        real = self.real
        if real.held_out.name != "test":
            told.append(
                f"the data has no test split; scores are on the {real.held_out.name} split, which "
                "training may have been steered by."
            )
        if len(real.unseen) < len(real.held_out):
            told.append(
                f"there are only {len(real.unseen)} other real examples for the reference of "
                f"{len(real.held_out)}; references are a little too high."
            )
        if len(real.held_out) < ENOUGH:
            told.append(
                f"{len(real.held_out)} held-out examples are few: intervals are wide, and the "
                f"Fréchet distance is biased upwards; {ENOUGH} or more are better."
            )
        if len(real.train) < len(real.train.split):
            told.append(
                f"copies were looked for among {len(real.train):,} of the "
                f"{len(real.train.split):,} training examples."
            )
        for each in extractors:
            accuracy = each.extractor.facts.get("accuracy")
            if accuracy is not None and accuracy < POOR:
                told.append(
                    f"the extractor {each.name!r} is right on {accuracy:.0%} of held-out examples "
                    "only; distances in its features say little."
                )
        return told


def _as_many(values: np.ndarray, count: int) -> np.ndarray:
    """The first `count` values, from the beginning again where there are fewer."""
    return values[np.arange(count) % len(values)]
