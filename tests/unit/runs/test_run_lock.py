import hashlib
import json
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import vaereg
from tests.helpers.tiny_run import write_project
from vaereg.discovery.declare import declare
from vaereg.errors import RunError
from vaereg.runs.held_extractors import HeldExtractor
from vaereg.runs.run_lock import has_earlier_splits, locked_spec, make_lock, source_hash

SPEC = vaereg.DataSpec(form="image", shape=(8, 8, 1), levels=256, size=10)


@pytest.fixture
def lock(tmp_path):
    """A lock as read back from lock.json."""
    declaration = declare(write_project(tmp_path))
    split = vaereg.ArraySplit(np.zeros((10, 8, 8, 1), np.uint8))
    data = vaereg.Data(spec=SPEC, train=split, digest="abc")
    made = make_lock(
        declaration,
        (),
        backend="jax",
        devices=["CPU (2 cores)"],
        data=data,
        environment={"XLA_FLAGS": "--x"},
    )
    return json.loads(json.dumps(made))


def test_a_lock_holds_versions_devices_seed_and_data(lock):
    assert (lock["vaereg"], lock["backend"]["name"]) == (vaereg.__version__, "jax")
    assert (lock["devices"], lock["seed"], lock["model"]) == (["CPU (2 cores)"], 0, "tiny")
    assert (lock["dataset"]["digest"], lock["dataset"]["examples"]) == ("abc", 10)
    assert lock["environment"] == {"XLA_FLAGS": "--x"}


def test_a_lock_holds_each_component_with_the_hash_of_its_source(lock):
    encoder = lock["components"]["encoder"]
    assert (encoder["component"], encoder["distribution"]) == ("vaereg/dense", "vaereg")
    source = Path(import_module(encoder["factory"].partition(":")[0]).__file__)
    assert encoder["sha256"] == hashlib.sha256(source.read_bytes()).hexdigest()


def test_runs_before_form_2_have_the_splits_of_earlier_versions(lock):
    assert not has_earlier_splits(lock)
    assert has_earlier_splits({**lock, "form": 1})
    assert has_earlier_splits({key: value for key, value in lock.items() if key != "form"})


def test_the_hash_of_a_source_that_is_not_found_is_empty():
    assert source_hash("no.such.module:Thing") == ""


def test_the_data_spec_reads_back(lock):
    spec, examples = locked_spec(lock)
    assert (spec, examples) == (SPEC, 10)


def test_a_lock_without_a_data_spec_is_an_error():
    with pytest.raises(RunError, match="does not describe the data"):
        locked_spec({"dataset": {}})


def test_a_lock_lists_the_extractors_that_the_model_holds(tmp_path):
    declaration = declare(write_project(tmp_path))
    data = vaereg.Data(
        spec=SPEC, train=vaereg.ArraySplit(np.zeros((10, 8, 8, 1), np.uint8)), digest="abc"
    )

    made = make_lock(
        declaration,
        (),
        backend="jax",
        devices=[],
        data=data,
        environment={},
        held=(HeldExtractor("eyes", "12ab"),),
    )

    assert made["held_extractors"] == [{"name": "eyes", "digest": "12ab"}]
