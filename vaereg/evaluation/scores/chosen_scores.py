"""The names of chosen scores -> the metrics that measure them."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from vaereg.contracts.metric import ScoreInfo
from vaereg.declaration.declaration import Evaluating
from vaereg.discovery.catalog import BUILTIN
from vaereg.errors import DeclarationError, Place, Problem
from vaereg.evaluation.evaluation import is_twin
from vaereg.evaluation.scores.measuring import BuiltMetric, full_name
from vaereg.wording import did_you_mean, lines

PATH = "train.evaluate"


@attrs.frozen(kw_only=True, eq=False)
class ChosenScores:
    """The scores to measure, and the metric of each.

    Args:
        names: the scores, without the name of an extractor.
        owners: score -> the metric that measures it.
    """

    names: tuple[str, ...]
    owners: dict[str, BuiltMetric]

    @property
    def metrics(self) -> list[BuiltMetric]:
        """The metrics that are needed, each once."""
        return list({id(self.owners[name]): self.owners[name] for name in self.names}.values())

    @property
    def use_features(self) -> bool:
        """Whether any score is measured in features."""
        return any(built.metric.uses_features for built in self.metrics)

    @property
    def need_halves(self) -> bool:
        """Whether any score may be measured on halves, which costs half as much time again."""
        return any(
            is_twin(name) or self.owners[name].slot.offer.distribution != BUILTIN
            for name in self.names
        )

    def infos(self, extractor: str) -> dict[str, ScoreInfo]:
        """The meaning of each score, by its name, which ends in the extractor's if it uses one."""
        infos = {}
        for name in self.names:
            metric = self.owners[name].metric
            seen_by = extractor if metric.uses_features else ""
            infos[full_name(name, seen_by)] = metric.scores[name]
        return infos


def choose_scores(
    settings: Evaluating, metrics: Sequence[BuiltMetric], form: str, source: str
) -> ChosenScores:
    """The scores that [train.evaluate] names; of the default scores, those that fit the data.

    Args:
        settings: [train.evaluate].
        metrics: the metrics that take the data.
        form: the form of the data, such as "image".
        source: the file with the declaration.

    Raises:
        DeclarationError: with every name that no metric measures.
    """
    owners: dict[str, BuiltMetric] = {}
    for built in metrics:
        for name in built.metric.scores:
            owners.setdefault(name, built)
    names = tuple(dict.fromkeys(settings.scores))
    unknown = [name for name in names if name not in owners]
    if settings.scores == Evaluating().scores and len(unknown) < len(names):
        names = tuple(name for name in names if name in owners)
    elif unknown:
        raise DeclarationError([_unknown_score(name, owners, form, source) for name in unknown])
    return ChosenScores(names=names, owners=owners)


def _unknown_score(name: str, owners: dict[str, BuiltMetric], form: str, source: str) -> Problem:
    return Problem(
        code="unknown-name",
        message=f"no installed metric for {form} data measures a score named {name!r}",
        place=Place(f"{source} [{PATH}]"),
        hint=lines(did_you_mean(name, owners), f"available scores: {', '.join(owners) or 'none'}"),
        path=f"{PATH}.scores",
    )
