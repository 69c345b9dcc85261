"""Scores of reconstructions, measured as those of samples are, and what sampling adds to them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import numpy as np

import vaereg

Measure = Callable[[vaereg.Evidence], Mapping[str, vaereg.Measured]]
"""Measures the generated against the real examples of an evidence, or their features."""


def twins(
    evidence: vaereg.Evidence,
    measure: Measure,
    *,
    of: Collection[str] = (),
    least: int = 2,
    added: bool = False,
    of_features: bool = False,
) -> dict[str, vaereg.Measured]:
    """Measures reconstructions of one half of the held-out examples against the other half.

    The scores have the names that `measure` gives them, followed by `_reconstructed`; and, where
    wanted, by `_added_by_prior` for how much larger the score of samples is. As many samples as
    there are reconstructions are then compared with the same half, so that a bias by their number
    cancels. There are no scores if a half has too few examples, or no distances between features.

    Args:
        evidence: the evidence.
        measure: the metric, for samples.
        of: the names of the scores that have a twin; empty for all that `measure` gives.
        least: the number of examples of each set that the metric needs.
        added: whether to measure what sampling adds.
        of_features: whether `measure` compares features.
    """
    halves = evidence.halves
    if len(halves.a) < least or (of_features and _are_equal(halves.reconstructions.features.real)):
        return {}
    reconstructed = measure(halves.reconstructions)
    found = {
        f"{name}_reconstructed": vaereg.Measured(
            value=each.value,
            sample_size=len(halves.a),
            influence_of_real=_on_whole(evidence, each),
        )
        for name, each in reconstructed.items()
        if not of or name in of
    }
    if added and len(halves.drawn) >= least:
        for name, generated in measure(halves.samples).items():
            if f"{name}_reconstructed" in found:
                difference = _difference(evidence, generated, reconstructed[name])
                found[f"{name}_added_by_prior"] = difference
    return found


def _are_equal(values: np.ndarray) -> bool:
    return bool((values == values[0]).all())


def _on_whole(evidence: vaereg.Evidence, measured: vaereg.Measured) -> np.ndarray | None:
    """The influences of the held-out examples on a score of reconstructions.

    If only the reconstructions have influences, these are the influences of half the examples, so
    that those of a share stay zeros and ones.
    """
    of_a, of_b = measured.influence_of_generated, measured.influence_of_real
    if of_a is None or of_b is None:
        return of_a if of_b is None else of_b
    return evidence.halves.influence_of_real(of_a, of_b)


def _difference(
    evidence: vaereg.Evidence, generated: vaereg.Measured, reconstructed: vaereg.Measured
) -> vaereg.Measured:
    of_drawn, of_a = generated.influence_of_generated, reconstructed.influence_of_generated
    with_samples, with_a = generated.influence_of_real, reconstructed.influence_of_real
    by_generated = by_real = None
    if of_drawn is not None and of_a is not None:
        by_generated = evidence.halves.influence_of_generated(of_drawn)
        of_b = np.zeros(len(of_a))
        if with_samples is not None and with_a is not None:
            of_b = with_samples - with_a
        by_real = evidence.halves.influence_of_real(-of_a, of_b)
    return vaereg.Measured(
        value=generated.value - reconstructed.value,
        sample_size=len(evidence.halves.drawn),
        influence_of_generated=by_generated,
        influence_of_real=by_real,
    )
