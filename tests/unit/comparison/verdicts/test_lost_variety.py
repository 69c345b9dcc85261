import attrs
import numpy as np

from tests.helpers.measured_runs import BETTER, compared, run, verdicts_of


def test_recall_that_falls_vetoes_sharper_and_truer():
    rng = np.random.default_rng(0)
    narrower = attrs.evolve(BETTER, coverage=0.4, recall=0.25)
    found = compared([run(rng)], [run(rng, narrower)])
    assert verdicts_of(found)[0::2] == ["vetoed", "vetoed"]
    assert "recall_classifier has fallen" in found.verdicts[0].veto


def test_recall_that_falls_while_coverage_rises_is_a_note_only():
    rng = np.random.default_rng(0)
    found = compared([run(rng)], [run(rng, attrs.evolve(BETTER, recall=0.3))])
    assert verdicts_of(found) == ["better"] * 3
    assert any("while coverage has risen" in warning for warning in found.warnings)
