"""Conditions are found again by the values of examples."""

import numpy as np

from vaereg.trained.example_conditions import ExampleConditions

X = np.random.default_rng(0).uniform(-1, 1, (6, 2, 2, 1)).astype(np.float32)
LABELS = np.arange(6, dtype=np.int32)


def test_examples_are_known_in_any_order_and_after_rounding():
    known = ExampleConditions()
    assert known.of(X) == {}
    known.remember(X, {"label": LABELS})
    order = [4, 0, 4]
    assert known.of(X[order] + 1e-6)["label"].tolist() == order
    assert known.of(np.concatenate([X, X[:1] + 0.5])) == {}  # one of them is unknown


def test_equal_examples_with_other_conditions_are_not_known():
    known = ExampleConditions()
    known.remember(X, {"label": LABELS})
    known.remember(X[:1], {"label": LABELS[:1]})
    known.remember(X[1:2], {"label": LABELS[:1]})
    assert known.of(X[:1])["label"].tolist() == [0]
    assert known.of(X[1:2]) == {}
