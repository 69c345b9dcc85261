"""Real examples keep their conditions; samples get those of drawn held-out examples."""

import numpy as np

import vaereg
from vaereg.evaluation.evidence.conditions_of_sets import ConditionsOfSets
from vaereg.evaluation.evidence.presets import Preset
from vaereg.evaluation.evidence.real_examples import choose_real

LABEL = vaereg.Condition(name="label", classes=2)


def split(count, share):
    labels = (np.arange(count) < share * count).astype(int)
    return vaereg.ArraySplit(np.zeros((count, 3), np.float32), labels)


def test_conditions_of_samples_are_drawn_from_the_held_out_split_by_the_seed():
    spec = vaereg.DataSpec(form="vector", shape=(3,), classes=2, size=300)
    data = vaereg.Data(spec=spec, train=split(300, 0.5), test=split(400, 0.9))
    size = Preset(name="quick", examples=200, train_examples=100, thorough=False)
    real = choose_real(data, size)
    first, again, other = (ConditionsOfSets.of(real, (LABEL,), seed) for seed in (0, 0, 1))
    drawn = first.generated["label"]
    assert drawn.shape == (200,) and abs(drawn.mean() - 0.9) < 0.1
    assert np.array_equal(drawn, again.generated["label"])
    assert not np.array_equal(drawn, other.generated["label"])
    held_out = real.held_out.split.labels(real.held_out.positions)
    assert np.array_equal(first.real["label"], held_out)
    assert first.train["label"].shape == (100,)
    assert not ConditionsOfSets.of(real, (), 0).generated
