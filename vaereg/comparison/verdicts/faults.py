"""Whose fault a bad score is: how much of what samples lack, reconstructions lack too."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from vaereg.comparison.statistics.shortfall import is_directed, shortfall
from vaereg.evaluation.evaluation import Score

RECONSTRUCTED = "_reconstructed"
"""Follows the name of a score of samples in that of the same score of reconstructions."""


@attrs.frozen(kw_only=True)
class Fault:
    """A gap between samples and real data, divided between the decoder and the prior.

    Args:
        samples: how much worse samples are than real data, in the unit of the score's shortfall.
        reconstructions: how much worse reconstructions are than real data, at least 0.
        sure_of_decoder: whether the second is more than noise.
        sure_of_prior: whether samples are worse than reconstructions by more than noise.
    """

    samples: float
    reconstructions: float
    sure_of_decoder: bool
    sure_of_prior: bool

    @property
    def decoder(self) -> float:
        """The decoder's share of the gap, from 0 to 1."""
        return min(self.reconstructions / self.samples, 1.0)

    @property
    def prior(self) -> float:
        """The share of the prior or sampler."""
        return 1.0 - self.decoder


def fault(scores: Mapping[str, Score], name: str) -> Fault | None:
    """Whose fault a score of samples is.

    Samples and reconstructions are compared with the reference of their own score, so a bias by the
    number of examples cancels.

    Args:
        scores: the scores of one run, by name.
        name: the name of a score.

    Returns:
        None if the score is not clearly worse than that of real data, or if reconstructions were
        not measured.
    """
    score = scores.get(name)
    if score is None or not is_bad(score):
        return None
    ending = f"_{score.extractor}" if score.extractor else ""
    twin = scores.get(f"{score.base}{RECONSTRUCTED}{ending}")
    if twin is None or twin.reference is None:
        return None
    samples, reconstructions = gap(score), max(gap(twin), 0.0)
    return Fault(
        samples=samples,
        reconstructions=reconstructions,
        sure_of_decoder=is_bad(twin),
        sure_of_prior=margin(score) > _most(twin) - _least_of_reference(twin),
    )


def is_bad(score: Score) -> bool:
    """Whether the interval of a score lies clearly on the worse side of that of real data."""
    if score.reference is None or not is_directed(score):
        return False
    return margin(score) > 0.0


def margin(score: Score) -> float:
    """How far the interval of a score is beyond that of real data, on the worse side.

    Negative if they overlap. The score must have a reference.
    """
    return _least(score) - _most_of_reference(score)


def gap(score: Score) -> float:
    """How much worse a score is than that of real data; it must have a reference."""
    assert score.reference is not None  # as the callers checked
    return shortfall(score, score.value) - shortfall(score, score.reference)


def _least(score: Score) -> float:
    """The smallest shortfall in the interval of the score."""
    return _smallest(score, score.value, score.low, score.high)


def _most(score: Score) -> float:
    ends = (score.value, score.low, score.high)
    return max(shortfall(score, each) for each in ends if each is not None)


def _least_of_reference(score: Score) -> float:
    assert score.reference is not None
    return _smallest(score, score.reference, score.reference_low, score.reference_high)


def _most_of_reference(score: Score) -> float:
    ends = (score.reference, score.reference_low, score.reference_high)
    return max(shortfall(score, each) for each in ends if each is not None)


def _smallest(score: Score, value: float, low: float | None, high: float | None) -> float:
    ideal = score.ideal
    if ideal is not None and low is not None and high is not None and low <= ideal <= high:
        return 0.0
    return min(shortfall(score, each) for each in (value, low, high) if each is not None)
