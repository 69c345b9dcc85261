"""The features of real and generated examples, checked."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

import vaereg
from vaereg.basics.metrics.evidence.finite import finite


class Sets(NamedTuple):
    """The features of real and generated examples.

    Args:
        real: (p, d) features of held-out examples.
        generated: (n, d) features of samples.
    """

    real: np.ndarray
    generated: np.ndarray


def feature_sets(evidence: vaereg.Evidence, least: int = 2) -> Sets:
    """Returns the features that a metric compares, after checking that they are comparable.

    Generated examples may all be equal, since scores show this defect. Real examples must not all
    be equal, since distances would then have no scale.

    Args:
        evidence: has features.
        least: the number of real and of generated examples that the metric needs.

    Raises:
        vaereg.DataError: for too few examples, values that are not finite, unequal numbers of
            features, or real features that are all equal.
    """
    name = evidence.features.name

    def checked() -> Sets:
        real = finite(np.asarray(evidence.features.real), f"{name!r} features of real examples")
        generated = finite(
            np.asarray(evidence.features.generated), f"{name!r} features of generated examples"
        )
        shapes = real.shape, generated.shape
        if real.ndim != 2 or generated.ndim != 2 or real.shape[1] != generated.shape[1]:
            raise vaereg.DataError(
                f"{name!r} features must have shape (n, d), with one d for real and generated "
                f"examples; got {shapes[0]} and {shapes[1]}."
            )
        if len(real) > 1 and (real == real[0]).all():
            raise vaereg.DataError(
                f"{name!r} features of all {len(real)} real examples are equal, so no distance "
                "between them means anything. Evaluate on other data, or with other features."
            )
        return Sets(real, generated)

    sets: Sets = evidence.shared(("checked",), checked)
    enough(len(sets.real), "real", least)
    enough(len(sets.generated), "generated", least)
    return sets


def enough(there: int, what: str, least: int) -> None:
    """Checks that there are at least `least` examples.

    Raises:
        vaereg.DataError: if there are fewer.
    """
    if there < least:
        raise vaereg.DataError(
            f"at least {least} {what} examples are needed; there are {there}. Hold out more data, "
            "or draw more samples."
        )
