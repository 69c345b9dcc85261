import pytest

from vaereg.comparison.targets import read_target
from vaereg.errors import RunError, UsageError
from vaereg.evaluation.evaluation_files import Variant


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
    assert target.notes == (f"left out, because a newer run has the same seed: {old}",)


def test_runs_with_another_declaration_are_left_out(make, root):
    other = make("sharp", 0, latent=32)
    make("sharp", 1)
    make("sharp", 2)
    target = read_target("sharp", root)
    assert seeds_of(target) == [1, 2]
    assert "their declaration differs" in target.notes[0]
    assert str(other) in target.notes[0]


def test_runs_that_began_with_other_weights_are_left_out(make, root):
    plain = make("sharp", 0)
    begun = {"run": "base/1", "digest": "ab" * 16, "taken": 3, "of": 4}
    make("sharp", 1, weights_from=begun)
    make("sharp", 2, weights_from={**begun, "run": "moved/base/1"})
    other = make("sharp", 3, weights_from={**begun, "digest": "cd" * 16})
    make("sharp", 4, weights_from=begun)
    target = read_target("sharp", root)
    assert seeds_of(target) == [1, 2, 4]
    assert "they began with other weights than those of the newest run" in target.notes[0]
    assert str(plain) in target.notes[0] and str(other) in target.notes[0]


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
def test_a_sampler_and_a_seed_may_follow_the_run(make, root, argument, variant, label):
    make("sharp", 0)
    target = read_target(argument, root)
    assert (target.variant, target.label) == (variant, label)


@pytest.mark.parametrize("table", ['{ use = "x", path = "a#b@c/d" }', f'{{ use = "{"x" * 300}" }}'])
def test_a_sampler_with_parameters_may_follow_the_run(make, root, table):
    make("sharp", 0)
    assert read_target(f"sharp@{table}", root).variant == Variant(sampler=table)
    assert read_target(f"sharp@{table}#2", root).variant == Variant(sampler=table, seed=2)


def test_a_sampler_and_a_seed_may_follow_a_folder(make, root):
    folder = make("sharp", 0)
    target = read_target(f"{folder}@gaussian_mixture#3", root)
    assert target.variant == Variant(sampler="gaussian_mixture", seed=3)
    assert target.label == f"sharp/{folder.path.name}@gaussian_mixture#3"


def test_a_folder_whose_name_contains_the_signs_is_that_folder(make, tmp_path):
    make("sharp", 0).path.parent.rename(tmp_path / "my@runs#1")
    assert read_target(str(tmp_path / "my@runs#1"), tmp_path).variant == Variant()


@pytest.mark.parametrize(
    "argument", ["sharp#one", "sharp@", "@prior", "sharp#1@prior", "", "a@b@c"]
)
def test_another_form_is_an_error_that_shows_the_right_one(make, root, argument):
    make("sharp", 0)
    with pytest.raises(UsageError, match=r"RUN\[@SAMPLER\]\[#SEED\]"):
        read_target(argument, root)


def test_an_unknown_run_is_an_error_that_lists_the_existing_ones(make, root):
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
