"""An evaluation with the influences of its examples, as a comparison needs it."""

from __future__ import annotations

import math
from collections.abc import Mapping

import attrs
import numpy as np

from vaereg.comparison.targets import argument_of
from vaereg.evaluation.evaluation import Evaluation, Score
from vaereg.evaluation.evaluation_files import Variant, read_arrays
from vaereg.evaluation.scores.intervals import is_share_of
from vaereg.runs.atomic import read_json
from vaereg.runs.held_extractors import HeldExtractor, held_extractors
from vaereg.runs.layout import RunFolder


@attrs.frozen(kw_only=True, eq=False)
class Influences:
    """How much each example moved one score; see `vaereg.Measured`.

    Args:
        generated: (n,), those of the generated examples, or None.
        real: (p,), those of the held-out examples, or None.
    """

    generated: np.ndarray | None = None
    real: np.ndarray | None = None

    def share_of(self, value: float, *, real: bool, alone: bool = True) -> np.ndarray | None:
        """The influences of one set, if the value is a share of that set; otherwise None.

        They are then zeros and ones, whose mean is the value.

        Args:
            value: the value of the score.
            real: true for the influences of held-out examples, false for those of generated ones.
            alone: whether examples of the other set must have no influence.
        """
        mine, other = (self.real, self.generated) if real else (self.generated, self.real)
        if mine is None or (alone and other is not None) or len(mine) < 2:
            return None
        return mine if is_share_of(mine, value) else None


@attrs.frozen(kw_only=True, eq=False)
class MeasuredRun:
    """One evaluated run.

    Args:
        run: the run folder.
        argument: RUN[@SAMPLER][#SEED], for messages; by default the folder.
        evaluation: the scores.
        influences: the influences on each score, by its name.
        held_extractors: the feature extractors that the model held in its training.
    """

    run: str
    evaluation: Evaluation
    influences: Mapping[str, Influences] = attrs.field(factory=dict)
    held_extractors: tuple[HeldExtractor, ...] = ()
    argument: str = attrs.field(default=attrs.Factory(lambda self: self.run, takes_self=True))

    @property
    def scores(self) -> Mapping[str, Score]:
        """The scores that are finite, by name."""
        return {n: s for n, s in self.evaluation.scores.items() if math.isfinite(s.value)}

    def influence(self, name: str) -> Influences:
        """The influences on a score; empty if none were stored."""
        return self.influences.get(name, Influences())


def read_measured(run: RunFolder, variant: Variant, evaluation: Evaluation) -> MeasuredRun:
    """Reads the influences stored with an evaluation.

    Raises:
        RunError: if evaluation.h5 is missing, damaged or belongs to another evaluation.
    """
    arrays = read_arrays(run, variant, evaluation)
    influences = {
        name: Influences(
            generated=arrays.get(f"scores/{name}/generated"),
            real=arrays.get(f"scores/{name}/real"),
        )
        for name in evaluation.scores
    }
    return MeasuredRun(
        run=str(run),
        evaluation=evaluation,
        influences=influences,
        held_extractors=held_extractors(read_json(run.lock), run.lock),
        argument=argument_of(str(run), variant),
    )
