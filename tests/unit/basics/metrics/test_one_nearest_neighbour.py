"""The two-sample test by nearest neighbours on known answers."""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.made_evidence import MadeEvidence, made_evidence
from tests.helpers.metric_scores import scores, values
from vaereg.evaluation.evaluation import is_twin


def points(n: int, d: int = 8, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32)


@pytest.mark.parametrize(("real", "generated"), [(900, 900), (500, 1400), (1400, 500)])
def test_one_law_is_guessed_right_half_of_the_time(real: int, generated: int) -> None:
    found = values("one_nearest_neighbour", made_evidence(points(real), points(generated, seed=1)))

    assert found["nn_accuracy_generated"] == pytest.approx(0.5, abs=0.05)
    assert found["nn_accuracy_real"] == pytest.approx(0.5, abs=0.05)


def test_accuracies_are_those_of_leaving_one_out() -> None:
    r, f = points(80, 3), 0.7 * points(80, 3, seed=1)
    both = np.concatenate([r, f]).astype(np.float64)
    squared = np.square(both[:, None] - both[None]).sum(axis=-1)
    np.fill_diagonal(squared, np.inf)
    guess = squared.argmin(axis=1) >= 80

    found = scores("one_nearest_neighbour", made_evidence(r, f))

    np.testing.assert_array_equal(found["nn_accuracy_real"].influence_of_real, ~guess[:80])
    np.testing.assert_array_equal(found["nn_accuracy_generated"].influence_of_generated, guess[80:])


def of_samples(evidence: MadeEvidence) -> dict[str, float]:
    found = values("one_nearest_neighbour", evidence)
    return {name: value for name, value in found.items() if not is_twin(name)}


def test_data_far_apart_is_always_guessed_right() -> None:
    found = of_samples(made_evidence(points(50), points(50, seed=1) + 50))

    assert found == {"nn_accuracy_generated": 1.0, "nn_accuracy_real": 1.0}


def test_a_copy_of_the_real_set_is_always_guessed_wrong() -> None:
    found = of_samples(made_evidence(points(50), points(50)))

    assert found == {"nn_accuracy_generated": 0.0, "nn_accuracy_real": 0.0}


def test_concentrated_samples_show_in_the_accuracy_on_their_own_side() -> None:
    found = values("one_nearest_neighbour", made_evidence(points(500), 0.6 * points(500, seed=1)))

    assert found["nn_accuracy_generated"] > 0.75
    assert found["nn_accuracy_real"] < found["nn_accuracy_generated"] - 0.15


def test_ties_count_half() -> None:
    f = np.repeat(points(10), 2, axis=0)  # each twice, and once among the real ones

    found = scores("one_nearest_neighbour", made_evidence(np.concatenate([points(10)] * 2), f))

    assert found["nn_accuracy_generated"].value == 0.5
    assert set(found["nn_accuracy_generated"].influence_of_generated) == {0.5}
