"""The evaluator that a training needs; a later stage makes it and passes it in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol

from vaereg.contracts.data import Data
from vaereg.contracts.metric import ScoreInfo
from vaereg.declaration.declaration import Declaration, Evaluating
from vaereg.host.progress import Progress

if TYPE_CHECKING:
    from vaereg.model.vae import VAE


class Evaluator(Protocol):
    """Measures scores of a model in training.

    Laws: `evaluate` changes nothing that the training depends on; equal weights give equal scores.

    Attributes:
        settings: [train.evaluate], with "auto" and the defaults replaced by the choices made.
        columns: the names of the scores that `evaluate` may return, and what each score means.
    """

    @property
    def settings(self) -> Evaluating: ...
    @property
    def columns(self) -> Mapping[str, ScoreInfo]: ...

    def evaluate(self, vae: VAE) -> dict[str, float]:
        """The scores of the model as it is now."""
        ...


MakeEvaluator = Callable[[Declaration, Data, Progress], Evaluator]
"""Makes the evaluator of a training, once the data is read."""
