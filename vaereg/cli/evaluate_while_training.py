"""Makes the judge of a training, which the training itself may not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vaereg.contracts.catalog import ComponentSource
    from vaereg.contracts.data import Data
    from vaereg.declaration.declaration import Declaration
    from vaereg.evaluation.evaluate_in_training import Judge
    from vaereg.host.progress import Progress
    from vaereg.training.judging import MakeJudge


def judge_maker(source: ComponentSource) -> MakeJudge:
    """What makes a judge out of the components there are; its cache is that of `evaluate`."""

    def make(declaration: Declaration, data: Data, progress: Progress) -> Judge:
        from vaereg.evaluation.evaluate_in_training import Judge

        cache = declaration.folder / ".vaereg" / "cache"
        return Judge(declaration, data, source, progress, cache)

    return make
