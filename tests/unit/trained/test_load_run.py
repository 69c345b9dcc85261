"""Which run `vaereg.load` opens, and its messages if it cannot open one."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np
import pytest

import vaereg
from tests.unit.trained.conftest import train_tiny
from vaereg.errors import DataError, LockError, RunError, UsageError


def test_a_model_means_its_newest_run(tiny_run):
    runs = tiny_run.parents[1]
    assert str(tiny_run) in repr(vaereg.load("tiny", runs, quiet=True))
    assert str(tiny_run) in repr(vaereg.load(f"tiny/{tiny_run.name}", runs=runs, quiet=True))


def test_a_run_that_is_not_there_is_an_error_that_lists_those_that_are(tiny_run):
    with pytest.raises(RunError, match=tiny_run.name):
        vaereg.load("nothing", tiny_run.parents[1])
    with pytest.raises(RunError, match="no run 'nothing'"):
        vaereg.load("nothing@prior", tiny_run.parents[1])


def test_a_sampler_that_is_not_there_is_an_error(tiny_run):
    with pytest.raises(UsageError, match="sampler"):
        vaereg.load(f"{tiny_run}@nothing", quiet=True)


def test_a_component_that_has_changed_is_an_error_unless_it_is_ignored(tiny_run, capsys):
    lock = tiny_run / "lock.json"
    kept = lock.read_text()
    changed = json.loads(kept)
    changed["components"]["encoder"]["sha256"] = "0" * 64
    lock.write_text(json.dumps(changed))
    try:
        with pytest.raises(LockError, match="encoder"):
            vaereg.load(tiny_run, quiet=True)
        vaereg.load(tiny_run, ignore_lock=True)
        assert "warning: " in capsys.readouterr().err
    finally:
        lock.write_text(kept)


def test_data_that_has_changed_is_an_error_when_it_is_read(tiny_run):
    lock = tiny_run / "lock.json"
    kept = lock.read_text()
    changed = json.loads(kept)
    changed["dataset"]["digest"] = "0" * 64
    lock.write_text(json.dumps(changed))
    try:
        loaded = vaereg.load(tiny_run, quiet=True)
        with pytest.raises(LockError, match="blobs"):
            loaded.data  # noqa: B018  # reading it is what is tested
    finally:
        lock.write_text(kept)


def test_progress_is_shown_unless_it_is_quiet(tiny_run, capsys):
    vaereg.load(tiny_run)
    assert "building 'tiny'" in capsys.readouterr().err
    vaereg.load(tiny_run, quiet=True)
    assert capsys.readouterr() == ("", "")


@pytest.mark.slow
def test_a_run_in_mixed_precision_is_the_same_model_whatever_was_loaded_since(tmp_path):
    run = train_tiny(tmp_path, "train.precision=mixed_bfloat16")
    found = []
    for policy in ("mixed_bfloat16", "float32"):
        loaded = vaereg.load(run, quiet=True)
        keras.config.set_dtype_policy(policy)
        x = loaded.examples(4)
        found.append((loaded.encode(x).mode, loaded.sample(4), loaded.score(x)["bound"]))
    assert all(np.array_equal(one, other) for one, other in zip(*found, strict=True))


def test_weights_of_another_name_are_refused(tiny_run):
    for wrong in ("finale", None):
        with pytest.raises(UsageError, match='"final", "last" or "best"'):
            vaereg.load(tiny_run, weights=wrong, quiet=True)


def test_a_name_of_neither_a_run_nor_a_folder_is_refused(tiny_run):
    for wrong in (None, 3, b"tiny", ["tiny"]):
        with pytest.raises(UsageError, match="a run is given by its folder or its name"):
            vaereg.load(wrong)
    with pytest.raises(UsageError, match="runs is a path"):
        vaereg.load(tiny_run, None)
    with pytest.raises(RunError, match="no run ''"):
        vaereg.load("@prior")


def test_a_finished_run_without_its_final_weights_is_not_taken_for_another(tiny_run, tmp_path):
    damaged = shutil.copytree(tiny_run, tmp_path / "damaged")
    (damaged / "model.weights.h5").unlink()
    with pytest.raises(RunError, match=r"is missing\.\nMake it again: vaereg resume"):
        vaereg.load(damaged, quiet=True)
    assert vaereg.load(damaged, weights="last", quiet=True).weights == "last"


def test_an_unfinished_run_is_used_with_its_last_weights_and_a_warning(tiny_run, tmp_path, capsys):
    unfinished = shutil.copytree(tiny_run, tmp_path / "unfinished")
    (unfinished / "model.weights.h5").unlink()
    status = json.loads((unfinished / "status.json").read_text())
    (unfinished / "status.json").write_text(json.dumps(status | {"state": "interrupted"}))
    assert vaereg.load(unfinished).weights == "last"
    shown = capsys.readouterr().err
    assert "warning: " in shown and "interrupted" in shown and "those of the last" in shown


def test_loading_leaves_the_dtype_policy_of_its_user_alone(tmp_path):
    run = train_tiny(tmp_path, "train.precision=mixed_bfloat16")
    kept = keras.config.dtype_policy()
    try:
        for policy in ("mixed_float16", "float32"):
            keras.config.set_dtype_policy(policy)
            assert vaereg.load(run, quiet=True).vae.dtype_policy.name == "mixed_bfloat16"
            assert keras.config.dtype_policy().name == policy
    finally:
        keras.config.set_dtype_policy(kept)


def test_a_loaded_model_still_works_after_the_working_directory_has_changed(tmp_path, monkeypatch):
    train_tiny(tmp_path)
    monkeypatch.chdir(tmp_path)
    loaded = vaereg.load("tiny", quiet=True)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert loaded.sample(3, sampler="gaussian_mixture").shape == (3, 8, 8, 1)
    assert list(tmp_path.glob("runs/tiny/*/samplers/*gaussian_mixture.h5"))
    assert not list((tmp_path / "elsewhere").iterdir())


def test_a_sampler_that_cannot_be_stored_is_used_with_a_warning(
    tiny_run, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tiny_run.parents[2])  # where a run far from its project finds the data
    sealed = shutil.copytree(tiny_run, tmp_path / "sealed")
    shutil.rmtree(sealed / "samplers")
    (sealed / "samplers").touch()
    drawn = vaereg.load(sealed).sample(3, sampler="gaussian_mixture")
    shown = capsys.readouterr().err
    assert "warning: the fitted sampler was not stored: cannot create the folder" in shown
    expected = vaereg.load(tiny_run, quiet=True).sample(3, sampler="gaussian_mixture")
    assert np.array_equal(drawn, expected)


@pytest.mark.slow
def test_several_threads_may_use_one_model(tiny_run):
    loaded = vaereg.load(tiny_run, weights="last", quiet=True)
    x = loaded.examples(8)

    def used(seed):
        return loaded.reconstruct(x), loaded.sample(3, seed), loaded.score(x[:2], 4)["bound"]

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(used, range(4)))
    alone = [used(seed) for seed in range(4)]
    assert all(
        np.array_equal(a, b)
        for one, other in zip(together, alone, strict=True)
        for a, b in zip(one, other, strict=True)
    )


@pytest.fixture
def alone(tiny_run, tmp_path, monkeypatch):
    """A copy of the run without its project; the current folder is another one."""
    run = tmp_path / "copies" / "deep" / "run"
    shutil.copytree(tiny_run, run)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return run


def test_a_run_that_is_copied_alone_is_loaded_and_sampled_and_says_what_data_it_lacks(alone):
    model = vaereg.load(alone, quiet=True)
    assert model.sample(2).shape == (2, 8, 8, 1)
    assert np.isfinite(model.reconstruct(np.zeros((1, 8, 8, 1), "float32"))).all()
    with pytest.raises(DataError, match="is not here") as error:
        model.examples(2)
    for told in (str(alone), "'blobs'", 'path = "blobs.npz"', "Run the command in a folder"):
        assert told in str(error.value)
    for use in (vaereg.evaluate, vaereg.resume):
        with pytest.raises(DataError, match=r"a folder that holds blobs\.npz"):
            use(alone, quiet=True)


def test_data_that_had_an_absolute_path_is_found_by_its_name(alone, tiny_run, tmp_path, capsys):
    declaration = alone / "declaration.toml"
    text = declaration.read_text().replace('"blobs.npz"', '"/elsewhere/blobs.npz"')
    lines = [each for each in text.splitlines() if not each.startswith("# digest")]
    declaration.write_text("\n".join(lines))  # as an earlier version did
    with pytest.raises(DataError, match=r"a folder that holds blobs\.npz"):
        vaereg.load(alone, quiet=True).examples(1)

    shutil.copy(tiny_run.parents[2] / "blobs.npz", tmp_path / "here")
    assert vaereg.load(alone).examples(2).shape == (2, 8, 8, 1)
    told = capsys.readouterr().err
    assert 'path = "/elsewhere/blobs.npz", is not in' in told
    assert f"read from {tmp_path / 'here'}" in told
