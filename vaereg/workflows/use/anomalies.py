"""Which examples are anomalies: by their labels, and by a quantile of other scores."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from vaereg.errors import UsageError
from vaereg.wording import listed

NORMAL = frozenset({"good", "healthy", "inlier", "inliers", "nominal", "normal", "ok"})
"""Usual names of the class of normal examples, in lower case."""

NORMAL_OF_TWO = frozenset({"0", "false", "negative", "no"})
"""Further ones, where there are two classes."""


def anomalous_classes(
    found: Collection[str], known: Collection[str], asked: Sequence[str]
) -> frozenset[str] | None:
    """The classes of anomalies, or None if the labels do not tell.

    They are those that the user names; else, where some classes are of the training and some are
    not, the latter; else all beside a class with a usual name for normal examples.

    Args:
        found: the classes of the examples.
        known: the classes of the training.
        asked: the classes that the user names as anomalies; empty to go by the names.

    Raises:
        UsageError: if the user names classes that no example has, or all of them.
    """
    classes = set(found)
    if asked:
        unknown = [each for each in asked if each not in classes]
        if unknown or classes <= {*asked}:
            raise UsageError(
                f"--anomalies {','.join(asked)}: the labels of these examples are "
                f"{listed(sorted(classes))}; name some of them, but not all"
            )
        return frozenset(asked)
    if classes & {*known} and classes - {*known}:
        return frozenset(classes - {*known})
    usual = NORMAL | NORMAL_OF_TWO if len(classes) == 2 else NORMAL
    normal = {each for each in classes if each.lower() in usual}
    return frozenset(classes - normal) if normal and classes - normal and not known else None


def area_under_roc(scores: np.ndarray, positive: np.ndarray) -> float | None:
    """The probability that an anomaly has the higher score of it and a normal example.

    Ties count half. None if a score is NaN, or if there are none of one sort.

    Args:
        scores: (n,) higher means less normal.
        positive: (n,) bool, whether an example is an anomaly.
    """
    from scipy.stats import rankdata

    count = int(positive.sum())
    others = len(positive) - count
    if not count or not others or not np.isfinite(scores).all():
        return None
    above = rankdata(scores)[positive].sum() - count * (count + 1) / 2
    return float(above / (count * others))
