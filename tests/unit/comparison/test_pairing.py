import pytest

from vaereg.comparison.comparison import ONE_PAIR, PAIRED_SEEDS
from vaereg.comparison.pairing import pair
from vaereg.comparison.targets import read_target
from vaereg.evaluation.evaluation_files import Variant


def both(root, a, b):
    return pair(read_target(a, root), read_target(b, root))


def test_two_models_with_two_seeds_in_common_are_compared_in_paired_seeds(make, root):
    for seed in (0, 1, 2):
        make("old", seed)
    for seed in (2, 1, 5, 6):
        make("new", seed)
    pairing = both(root, "old", "new")
    assert (pairing.design, pairing.seeds) == (PAIRED_SEEDS, (1, 2))
    for (one, _), (other, _) in zip(pairing.a, pairing.b, strict=True):
        assert "old" in str(one) and "new" in str(other)
    assert pairing.notes == (
        "left out: seed 0 of old, missing on the other side",
        "left out: seeds 5, 6 of new, missing on the other side",
    )


def test_pairs_have_equal_seeds_whatever_order_they_were_trained_in(make, root):
    a = {seed: make("old", seed) for seed in (3, 1, 2)}
    b = {seed: make("new", seed) for seed in (1, 2, 3)}
    pairing = both(root, "old", "new")
    assert [folder for folder, _ in pairing.a] == [a[seed] for seed in pairing.seeds]
    assert [folder for folder, _ in pairing.b] == [b[seed] for seed in pairing.seeds]


@pytest.mark.parametrize("b", ["old@gaussian_mixture", "old#1"])
def test_other_samples_of_one_model_are_compared_over_its_seeds(make, root, b):
    for seed in (0, 1):
        make("old", seed)
    pairing = both(root, "old", b)
    assert pairing.design == PAIRED_SEEDS
    assert [folder for folder, _ in pairing.a] == [folder for folder, _ in pairing.b]
    assert {variant for _, variant in pairing.a} == {Variant()}
    assert pairing.b[0][1] != Variant()


def test_a_run_against_other_samples_of_itself_is_one_pair(make, root):
    folder = make("old", 0)
    pairing = both(root, str(folder), f"{folder}#1")
    assert pairing.design == ONE_PAIR
    assert pairing.a == ((folder, Variant()),)
    assert pairing.b == ((folder, Variant(seed=1)),)
    assert pairing.notes == ()


def test_one_seed_in_common_gives_that_pair(make, root):
    a = [make("old", seed) for seed in (0, 1)]
    b = [make("new", seed) for seed in (4, 0, 5)]
    pairing = both(root, "old", "new")
    assert (pairing.design, pairing.seeds) == (ONE_PAIR, (0,))
    assert (pairing.a[0][0], pairing.b[0][0]) == (a[0], b[1])


def test_no_seed_in_common_gives_the_newest_with_a_note(make, root):
    make("old", 0)
    newest, other = make("old", 1), make("new", 7)
    pairing = both(root, "old", "new")
    assert (pairing.a[0][0], pairing.b[0][0]) == (newest, other)
    assert "trained with different seeds (1 and 7)" in pairing.notes[0]


def test_a_run_is_compared_with_the_run_of_its_seed_of_a_model(make, root):
    for seed in (0, 1, 2):
        make("new", seed)
    folder = make("old", 1)
    pairing = both(root, str(folder), "new")
    assert pairing.design == ONE_PAIR
    assert pairing.seeds == (1,)
    assert "of the 3 runs of new" in pairing.notes[0]


def test_comparing_a_run_with_itself_gives_a_note(make, root):
    folder = make("old", 0)
    assert "both sides are the same samples of the same run" in both(root, "old", str(folder)).notes
