import json

import pytest

from vaereg.comparison.comparison import ONE_PAIR, PAIRED_SEEDS
from vaereg.comparison.pairing import pair
from vaereg.comparison.targets import read_target
from vaereg.errors import RunError, UsageError
from vaereg.evaluation.evaluation_files import Variant
from vaereg.runs.layout import RunFolder
from vaereg.runs.status import Status, write_status


@pytest.fixture
def root(tmp_path):
    return tmp_path / "runs"


@pytest.fixture
def make(root):
    """Makes run folders whose names sort in the order in which they were made."""
    count = 0

    def made(model, seed, state="finished", latent=16, sampler="vaereg/prior", reason=""):
        nonlocal count
        count += 1
        folder = RunFolder(root / model / f"20260101-00000{count}-aaaa")
        folder.path.mkdir(parents=True)
        folder.declaration.write_text(
            f'default = "{model}"\nfolder = "/somewhere/{count}"\n[models.{model}]\n'
            f"latent = {latent}\n[train]\nseed = {seed}\nepochs = 30\n"
        )
        lock = {"model": model, "seed": seed, "components": {"sampler": {"component": sampler}}}
        folder.lock.write_text(json.dumps(lock))
        write_status(folder, Status(state=state, epochs=7, of=30, reason=reason))
        return folder

    return made


def seeds_of(target):
    return [run.seed for run in target.runs]


def test_a_folder_means_that_run_alone(make, root):
    folder = make("sharp", 0)
    make("sharp", 1)
    for argument in (str(folder), f"sharp/{folder.path.name}"):
        target = read_target(argument, root)
        assert not target.is_model
        assert [run.folder.path.name for run in target.runs] == [folder.path.name]
        assert target.label == f"sharp/{folder.path.name}"
        assert target.variant == Variant()


def test_a_model_means_the_newest_finished_run_of_each_seed(make, root):
    old = make("sharp", 0)
    one, new = make("sharp", 1), make("sharp", 0)
    target = read_target("sharp", root)
    assert target.is_model
    assert [run.folder for run in target.runs] == [one, new]
    assert target.label == "sharp"
    assert target.notes == (f"left out, older than a run of the same seed: {old}",)


def test_runs_with_another_declaration_are_no_seeds_of_the_method(make, root):
    other = make("sharp", 0, latent=32)
    make("sharp", 1)
    make("sharp", 2)
    target = read_target("sharp", root)
    assert seeds_of(target) == [1, 2]
    assert "with a declaration other than" in target.notes[0]
    assert str(other) in target.notes[0]


@pytest.mark.parametrize(
    ("argument", "variant", "label"),
    [
        ("sharp@gaussian_mixture", Variant(sampler="gaussian_mixture"), "sharp@gaussian_mixture"),
        ("sharp#1", Variant(seed=1), "sharp#1"),
        ("sharp@acme/flow#12", Variant(sampler="acme/flow", seed=12), "sharp@acme/flow#12"),
        ("sharp@prior", Variant(), "sharp"),  # the declared one
        ("sharp@vaereg/prior#2", Variant(seed=2), "sharp#2"),
        ("sharp#0", Variant(), "sharp"),
    ],
)
def test_a_sampler_and_a_seed_may_stand_behind_the_run(make, root, argument, variant, label):
    make("sharp", 0)
    target = read_target(argument, root)
    assert (target.variant, target.label) == (variant, label)


def test_a_sampler_and_a_seed_may_stand_behind_a_folder(make, root):
    folder = make("sharp", 0)
    target = read_target(f"{folder}@gaussian_mixture#3", root)
    assert target.variant == Variant(sampler="gaussian_mixture", seed=3)
    assert target.label == f"sharp/{folder.path.name}@gaussian_mixture#3"


def test_a_folder_whose_name_has_the_signs_is_that_folder(make, tmp_path):
    make("sharp", 0).path.parent.rename(tmp_path / "my@runs#1")
    assert read_target(str(tmp_path / "my@runs#1"), tmp_path).variant == Variant()


@pytest.mark.parametrize(
    "argument", ["sharp#one", "sharp@", "@prior", "sharp#1@prior", "", "a@b@c"]
)
def test_another_form_is_told_with_the_one_that_is_meant(make, root, argument):
    make("sharp", 0)
    with pytest.raises(UsageError, match=r"RUN\[@SAMPLER\]\[#SEED\]"):
        read_target(argument, root)


def test_an_unknown_run_is_told_with_those_that_there_are(make, root):
    folder = make("sharp", 0)
    with pytest.raises(RunError, match="no run 'blurred'") as error:
        read_target("blurred@prior", root)
    assert str(folder) in str(error.value)


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("interrupted", "it was interrupted after 7 of 30 epochs"),
        ("failed", "it failed after 7 of 30 epochs (loss is NaN)"),
    ],
)
def test_an_unfinished_run_is_an_error_that_says_how_to_finish_it(make, root, state, told):
    folder = make("sharp", 0, state=state, reason="loss is NaN" if state == "failed" else "")
    with pytest.raises(RunError) as error:
        read_target(str(folder), root)
    assert told in str(error.value)
    assert f"vaereg resume {folder}" in str(error.value)


def test_unfinished_and_damaged_runs_of_a_model_are_left_out_with_a_note(make, root):
    make("sharp", 0)
    unfinished, damaged = make("sharp", 1, state="interrupted"), make("sharp", 2)
    damaged.lock.write_text("{")
    target = read_target("sharp", root)
    assert seeds_of(target) == [0]
    assert f"vaereg resume {unfinished}" in target.notes[0]
    assert str(damaged.lock) in target.notes[1]


def test_a_model_without_a_finished_run_is_an_error(make, root):
    folder = make("sharp", 1, state="interrupted")
    with pytest.raises(RunError, match="no run of 'sharp' is finished") as error:
        read_target("sharp", root)
    assert f"vaereg resume {folder}" in str(error.value)


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
        "left out: seed 0 of old, which the other side does not have",
        "left out: seeds 5, 6 of new, which the other side does not have",
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


def test_comparing_the_same_samples_is_told(make, root):
    folder = make("old", 0)
    assert "both sides are the same samples of the same run" in both(root, "old", str(folder)).notes
