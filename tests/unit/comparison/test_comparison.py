import json

import attrs
import numpy as np

from tests.helpers.measured_runs import (
    FEATURES,
    SHARP,
    compared,
    run,
)

COVERAGE, RECALL = f"coverage_{FEATURES}", f"recall_{FEATURES}"


def test_the_json_form_holds_no_nan():
    rng = np.random.default_rng(0)
    found = compared([run(rng)], [run(rng)])
    odd = attrs.evolve(found, scores=(attrs.evolve(found.scores[0], effect=float("nan")),))
    content = json.loads(json.dumps(odd.as_dict(), allow_nan=False))
    assert content["scores"][0]["effect"] is None
    assert content["form"] == 3
    assert content["verdicts"][0]["answers"][0]["score"]["name"] == SHARP
