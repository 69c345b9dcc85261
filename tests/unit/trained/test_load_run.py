"""Which run `vaereg.load` opens, and what it says where it cannot."""

import json

import keras
import numpy as np
import pytest

import vaereg
from tests.unit.trained.conftest import train_tiny
from vaereg.errors import LockError, RunError, UsageError


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


def test_a_run_in_mixed_precision_is_the_same_model_whatever_was_loaded_since(tmp_path):
    run = train_tiny(tmp_path, "train.precision=mixed_bfloat16")
    found = []
    for policy in ("mixed_bfloat16", "float32"):
        loaded = vaereg.load(run, quiet=True)
        keras.config.set_dtype_policy(policy)
        x = loaded.examples(4)
        found.append((loaded.encode(x).mode, loaded.sample(4), loaded.score(x)["bound"]))
    assert all(np.array_equal(one, other) for one, other in zip(*found, strict=True))
