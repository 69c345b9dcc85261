import copy

import pytest

from vaereg.discovery.records import PluginRecord
from vaereg.errors import LockError, PluginError, RunError
from vaereg.runs.lock_comparison import SAMPLE, check_lock, check_plugins, differences

LOCK = {
    "form": 1,
    "vaereg": "0.1.0",
    "python": "3.12.1",
    "keras": "3.15.1",
    "backend": {"name": "jax", "version": "0.10.2"},
    "platform": "Linux",
    "devices": ["CPU (2 cores)"],
    "environment": {"OMP_NUM_THREADS": "2"},
    "model": "sharp",
    "seed": 0,
    "dataset": {
        "name": "fashion",
        "digest": "d" * 32,
        "examples": 10,
        "spec": {"form": "image", "shape": [8, 8, 1], "value_range": [0.0, 1.0], "levels": 256},
    },
    "components": {
        "encoder": {
            "component": "vaereg/conv",
            "distribution": "vaereg",
            "version": "0.1.0",
            "factory": "vaereg.basics.encoders.conv:Conv",
            "sha256": "e" * 64,
            "origin": "",
        },
        "discriminators.patch": {
            "component": "acme/patch",
            "distribution": "acme",
            "version": "2.0",
            "factory": "acme.patch:Patch",
            "sha256": "f" * 64,
            "origin": "",
        },
    },
}


def changed(*path_and_value):
    *path, value = path_and_value
    now = copy.deepcopy(LOCK)
    table = now
    for key in path[:-1]:
        table = table[key]
    table[path[-1]] = value
    return now


def record(distribution, version="2.0", status="ok", reason=""):
    return PluginRecord(
        distribution=distribution,
        version=version,
        entry="x",
        value="x",
        status=status,
        reason=reason,
    )


def test_an_equal_lock_has_no_differences():
    assert differences(LOCK, copy.deepcopy(LOCK)) == []


@pytest.mark.parametrize(
    ("now", "message"),
    [
        (changed("backend", "name", "torch"), "Keras backend: jax in the run, torch here"),
        (changed("keras", "3.16.0"), "keras: 3.15.1 in the run, 3.16.0 here"),
        (changed("dataset", "digest", "0" * 32), "content of data 'fashion'"),
        (changed("components", "discriminators.patch", "version", "2.0.1"), "acme 2.0.1"),
        (changed("components", "encoder", "sha256", "0" * 64), "source of vaereg.basics.encoders"),
        (changed("components", "encoder", "component", "vaereg/dense"), "vaereg/dense"),
    ],
)
def test_a_difference_that_changes_the_result_is_an_error_unless_ignored(now, message):
    found = differences(LOCK, now)
    with pytest.raises(LockError, match="installed versions differ") as error:
        check_lock("RUN", found, ignore=False)
    assert message in str(error.value)
    assert error.value.exit_code == 4
    assert len(check_lock("RUN", found, ignore=True)) == 1


@pytest.mark.parametrize(
    "now",
    [
        changed("vaereg", "0.1.1"),
        changed("components", "encoder", "version", "0.1.7"),
        changed("python", "3.13.0"),
        changed("devices", ["GPU"]),
        changed("backend", "version", "0.10.9"),
        changed("environment", "OMP_NUM_THREADS", "8"),
        changed("environment", "XLA_FLAGS", "--fast"),
        changed("environment", {}),
    ],
)
def test_a_harmless_difference_is_only_a_warning(now):
    assert len(check_lock("RUN", differences(LOCK, now), ignore=False)) == 1


def test_other_weights_of_an_extractor_that_the_model_holds_are_an_error():
    then = LOCK | {"held_extractors": [{"name": "eyes", "digest": "12ab"}]}
    now = LOCK | {"held_extractors": [{"name": "eyes", "digest": "34cd"}]}

    with pytest.raises(LockError, match="the extractor eyes that the model holds: 12ab in the run"):
        check_lock("RUN", differences(then, now), ignore=False)
    assert differences(then, copy.deepcopy(then)) == []


def test_a_lock_of_an_earlier_version_has_no_variables_to_compare():
    earlier = {key: value for key, value in LOCK.items() if key != "environment"}
    assert differences(earlier, LOCK) == []


def test_sampling_requires_only_equal_components():
    assert differences(LOCK, changed("backend", "name", "torch"), SAMPLE) == []
    changed_source = changed("components", "encoder", "sha256", "0" * 64)
    assert len(differences(LOCK, changed_source, SAMPLE)) == 1


def test_the_error_for_a_missing_plugin_names_its_version_and_how_to_install_it():
    with pytest.raises(PluginError, match=r"acme 2\.0, which is not installed") as error:
        check_plugins("RUN", LOCK, [record("vaereg", "0.1.0")])
    assert "pip install acme==2.0" in str(error.value)
    check_plugins("RUN", LOCK, [record("vaereg", "0.1.0"), record("acme")])


def test_the_error_for_a_broken_plugin_names_the_reason():
    records = [record("vaereg"), record("acme", status="broken", reason="ImportError: no torch")]
    with pytest.raises(PluginError, match="broken: ImportError: no torch"):
        check_plugins("RUN", LOCK, records)


def test_a_lock_of_an_unknown_form_is_an_error():
    with pytest.raises(RunError, match="no components"):
        differences({}, LOCK)
    with pytest.raises(RunError, match="unknown format"):
        differences({"components": {}}, LOCK)
