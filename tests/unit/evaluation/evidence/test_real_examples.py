import attrs
import numpy as np
import pytest

import vaereg
from vaereg.evaluation.evidence.presets import QUICK
from vaereg.evaluation.evidence.real_examples import choose_real

SMALL = attrs.evolve(QUICK, examples=150, train_examples=200)


def data(train=300, validation=120, test=200):
    values = np.arange(train + validation + test, dtype=np.float32)[:, None]
    splits = np.split(values, [train, train + validation])
    spec = vaereg.DataSpec(form="vector", shape=(1,), value_range=None, size=train)
    made = [vaereg.ArraySplit(each) if len(each) else None for each in splits]
    return vaereg.Data(spec=spec, train=made[0], validation=made[1], test=made[2], digest="made")


def test_held_out_examples_are_of_the_test_split_and_no_more_than_asked_for():
    real = choose_real(data(), SMALL)

    assert real.held_out.name == "test"
    assert len(real.held_out) == 150
    assert set(real.held_out.take()[:, 0]) <= set(range(420, 620))


def test_equal_data_gives_equal_choices():
    first, second = choose_real(data(), SMALL), choose_real(data(), SMALL)

    assert first.held_out.digest == second.held_out.digest
    assert np.array_equal(first.train.take(), second.train.take())
    assert first.held_out.digest != choose_real(data(test=250), SMALL).held_out.digest


def test_a_choice_is_not_that_of_draws_with_the_same_seed():
    marked = np.random.default_rng(0).permutation(200)[:150]
    chosen = choose_real(data(), SMALL).held_out.take()[:, 0] - 420

    assert 100 < len({*chosen} & {*marked}) < 125  # 112.5 are expected


def test_the_reference_is_of_other_examples_unseen_ones_first():
    real = choose_real(data(), SMALL)
    others = np.concatenate([each.take() for each in real.others])

    assert [each.name for each in real.others] == ["validation", "train"]
    assert len(others) == len(real.held_out)
    assert not set(others[:, 0]) & set(real.held_out.take()[:, 0])
    assert real.unseen.sum() == 120
    assert real.unseen[:120].all()


def test_the_validation_split_can_be_used_instead_of_the_test_split():
    assert choose_real(data(), SMALL, split="validation").held_out.name == "validation"


def test_without_a_test_split_the_validation_split_is_used():
    assert choose_real(data(test=0), SMALL).held_out.name == "validation"


def test_training_examples_are_as_many_as_memory_and_preset_allow(monkeypatch):
    assert len(choose_real(data(), SMALL).train) == 200

    monkeypatch.setattr("vaereg.evaluation.evidence.real_examples.MOST_BYTES", 4 * 50)

    assert len(choose_real(data(), SMALL).train) == 50


def test_no_held_out_examples_is_an_error_that_says_what_to_do():
    with pytest.raises(vaereg.DataError, match=r"neither a test nor a validation split[\s\S]*100"):
        choose_real(data(validation=0, test=0), SMALL)


def test_too_few_held_out_examples_is_an_error_that_says_how_many_are_needed():
    with pytest.raises(vaereg.DataError, match=r"test split has 99 examples; .* at least 100"):
        choose_real(data(test=99), SMALL)
