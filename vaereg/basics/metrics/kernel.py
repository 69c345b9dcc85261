"""The kernel distance between features."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

import vaereg
from vaereg.basics.metrics.evidence.feature_pairs import feature_pairs
from vaereg.basics.metrics.evidence.feature_sets import feature_sets
from vaereg.basics.metrics.evidence.feature_spread import feature_spread
from vaereg.basics.metrics.evidence.twins import twins
from vaereg.basics.metrics.formulas.cubic_discrepancy import (
    Discrepancy,
    cubic_discrepancy,
)

BLOCK = 1 << 20
"""The number of values to convert to float64 at once: 8 MiB."""


class Kernel:
    """The unbiased squared discrepancy of generated and real features under a cubic kernel.

    The kernel depends on the scale of features, so they are centred on the mean of the real ones
    and divided by one number, the square root of the mean variance of real features. The estimate
    is unbiased: it does not grow with fewer examples, and if both sets have the same distribution,
    it is slightly negative about half of the time.

    Products of pairs are computed in float32, with sums in float64. The order of the examples and
    the processor change how a product is rounded, and so the distance, by less than 1e-7. Its
    standard error is 1e-3 for a thousand examples.

    Raises:
        vaereg.DataError: for fewer than 2 examples, or features that cannot be compared.

    Source: Binkowski et al. 2018, arXiv:1801.01401, section 4 (without rescaling).
    """

    uses_features = True
    scores: Mapping[str, vaereg.ScoreInfo] = {
        "kernel_distance": vaereg.ScoreInfo(
            question="true",
            direction=-1,
            meaning="Kernel distance (squared MMD, cubic kernel) of features, centred and rescaled "
            "with statistics of real data; unbiased, so 0 on average if samples follow the "
            "distribution of real data. Not comparable with KID of unscaled features.",
        ),
        "kernel_distance_reconstructed": vaereg.ScoreInfo(
            question="true",
            direction=-1,
            meaning="Kernel distance of reconstructions of one half of the held-out examples from "
            "the other half: the decoder's fault.",
        ),
        "kernel_distance_added_by_prior": vaereg.ScoreInfo(
            question="true",
            direction=0,
            ideal=0.0,
            meaning="Kernel distance of samples less that of reconstructions, from the same half "
            "of the held-out examples: the fault of the prior or sampler.",
        ),
    }

    def __init__(self, params: object, context: vaereg.BuildContext) -> None:
        del params, context

    def __call__(self, evidence: vaereg.Evidence) -> dict[str, vaereg.Measured]:
        """Measures samples and reconstructions against real features."""
        return _measure(evidence) | twins(evidence, _measure, added=True, of_features=True)


def _measure(evidence: vaereg.Evidence) -> dict[str, vaereg.Measured]:
    real, generated = feature_sets(evidence)
    centre, total = feature_spread(evidence)
    cubes = feature_pairs(evidence).cubes
    if cubes is None:  # samples are so far off that float32 cannot hold the kernel
        scale = np.sqrt(total / real.shape[1])
        found = cubic_discrepancy((real - centre) / scale, (generated - centre) / scale)
    else:
        found = discrepancy_of_cubes(cubes, real, generated, centre, total)
    return {
        "kernel_distance": vaereg.Measured(
            value=found.value,
            sample_size=len(generated),
            influence_of_generated=found.by_generated,
            influence_of_real=found.by_real,
        )
    }


def discrepancy_of_cubes(
    cubes: vaereg.Cubes, real: np.ndarray, generated: np.ndarray, centre: np.ndarray, total: float
) -> Discrepancy:
    """Computes the discrepancy of rescaled features, as `cubic_discrepancy` does, from cubic sums.

    With t the product of two centred examples over the total variance, (1 + t)^3 equals 1 + 3 t
    plus the term t^2 (t + 3), whose sums are in `cubes`. The sum of t over a set is a product with
    the sum of the set.

    Args:
        cubes: the sums of t^2 (t + 3) over pairs, with x the real examples.
        real, generated: (p, d) and (n, d) features.
        centre: (d,) the mean of the real features.
        total: the total variance of the real features.
    """
    (real_own, real_across), (generated_own, generated_across) = (
        _linear(own, other, centre, total) for own, other in ((real, generated), (generated, real))
    )
    p, n = len(real), len(generated)
    # The term 1 cancels in all differences.
    within_r = (3.0 * real_own + cubes.x) / (p - 1)
    within_f = (3.0 * generated_own + cubes.y) / (n - 1)
    across_r = (3.0 * real_across + cubes.x_across) / n
    across_f = (3.0 * generated_across + cubes.y_across) / p
    value = within_f.mean() + within_r.mean() - 2.0 * across_f.mean()
    return Discrepancy(float(value), 2.0 * (within_f - across_f), 2.0 * (within_r - across_r))


def _linear(
    own: np.ndarray, other: np.ndarray, centre: np.ndarray, total: float
) -> tuple[np.ndarray, np.ndarray]:
    """The sums of t over pairs of each row with other rows of its set, and with the other set."""
    own_sum = own.sum(axis=0, dtype=np.float64) - len(own) * centre
    other_sum = other.sum(axis=0, dtype=np.float64) - len(other) * centre
    within, across = np.empty(len(own)), np.empty(len(own))
    step = max(1, BLOCK // own.shape[1])
    for start in range(0, len(own), step):
        part = slice(start, start + step)
        apart = own[part] - centre
        within[part] = apart @ own_sum - np.einsum("nd,nd->n", apart, apart)
        across[part] = apart @ other_sum
    return within / total, across / total
