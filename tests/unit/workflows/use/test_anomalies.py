"""Which examples are anomalies, and how well a score tells them."""

from __future__ import annotations

import numpy as np
import pytest

from vaereg.errors import UsageError
from vaereg.workflows.use.anomalies import anomalous_classes, area_under_roc

DIGITS = [str(each) for each in range(10)]


@pytest.mark.parametrize(
    ("found", "known", "expected"),
    [
        (["cat", "fox"], ["cat", "dog"], {"fox"}),
        (["cat", "dog"], ["cat", "dog"], None),
        (["Good", "cut", "hole"], [], {"cut", "hole"}),
        (["0", "1"], [], {"1"}),
        (DIGITS, [], None),
        (DIGITS, DIGITS, None),
        (["good"], [], None),
        ([], [], None),
    ],
    ids=["unknown", "all known", "good", "two", "digits", "known digits", "one", "none"],
)
def test_anomalies_are_told_by_the_names_of_their_classes(
    found: list[str], known: list[str], expected: set[str] | None
) -> None:
    assert anomalous_classes(found, known, ()) == expected


def test_the_user_may_name_them() -> None:
    assert anomalous_classes(DIGITS, DIGITS, ("3", "4")) == {"3", "4"}
    for wrong in (("x",), tuple(DIGITS)):
        with pytest.raises(UsageError, match=r"--anomalies .*; name some of them"):
            anomalous_classes(DIGITS, DIGITS, wrong)


def test_the_auroc_is_the_share_of_pairs_in_which_the_anomaly_scores_higher() -> None:
    rng = np.random.default_rng(0)
    positive = rng.uniform(size=200) < 0.3
    scores = np.round(rng.normal(size=200) + positive, 1)  # with ties
    differences = scores[positive][:, None] - scores[~positive]
    pairs = np.mean((differences > 0) + 0.5 * (differences == 0))
    assert area_under_roc(scores, positive) == pytest.approx(pairs)
    assert area_under_roc(scores, np.ones(200, bool)) is None
    assert area_under_roc(np.full(200, np.nan), positive) is None
