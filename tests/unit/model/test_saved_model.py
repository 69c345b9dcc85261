"""The config within a .keras file: a declaration, not code."""

from __future__ import annotations

import json

import keras
import pytest

from tests.helpers.tiny_run import write_project
from vaereg.contracts.data import DataSpec
from vaereg.discovery.declare import declare
from vaereg.errors import PluginError, RunError, UsageError
from vaereg.model.saved_model import Origin, read_saved_model, saved_model

SPEC = DataSpec(form="image", shape=(8, 8, 1), size=100, class_names=("cat", "dog"))


@pytest.fixture
def declaration(tmp_path):
    return declare(write_project(tmp_path))


@pytest.fixture
def config(declaration):
    return saved_model(Origin(declaration), SPEC, 100)


def test_a_config_of_json_reads_back_as_the_declaration(declaration, config):
    saved = read_saved_model(json.loads(json.dumps(config)))

    assert (saved.spec, saved.examples) == (SPEC, 100)
    assert saved.declaration.model == declaration.model
    assert saved.declaration.train == declaration.train
    assert saved.declaration.encoder == declaration.encoder


def test_no_path_of_the_machine_is_in_it(declaration, config):
    assert str(declaration.folder) not in json.dumps(config)


def test_a_missing_plugin_is_named_with_the_command_that_installs_it(config):
    config["components"]["prior"] |= {"distribution": "vaereg-plugin-gone", "version": "1.2"}

    with pytest.raises(PluginError, match=r"pip install vaereg-plugin-gone==1\.2"):
        read_saved_model(config)


def test_a_component_that_has_changed_is_told(config):
    config["components"]["prior"]["sha256"] = "0" * 64

    with pytest.warns(UserWarning, match="prior"):
        read_saved_model(config)


def test_a_model_of_a_newer_vaereg_is_refused(config):
    with pytest.raises(RunError, match="update vaereg"):
        read_saved_model(config | {"form": 99})


def test_a_part_of_keras_is_described_and_any_other_refused(declaration):
    mine = keras.layers.Dense(3, name="mine")

    config = saved_model(Origin(declaration, {"decoder": mine}), SPEC, 100)
    assert read_saved_model(config).given["decoder"].name == "mine"

    with pytest.raises(UsageError, match=r"'prior'.*save_weights"):
        saved_model(Origin(declaration, {"prior": object()}), SPEC, 100)
