import os
import subprocess

import keras
import pytest

from vaereg.errors import BackendError, UsageError
from vaereg.host import devices


@pytest.fixture
def installed(monkeypatch):
    """Pretends that the named backends are installed; records the backends chosen for Keras."""
    chosen = []
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    monkeypatch.setattr(devices, "_set_environment", chosen.append)

    def pretend(*names, accelerator="", device_file=False):
        monkeypatch.setattr(devices, "find_spec", lambda name: name if name in names else None)
        monkeypatch.setattr(devices, "ACCELERATORS", ("/",) if device_file else ("/no/such",))

        def probe(argv, **more):
            del more
            found = accelerator and accelerator in argv[2]
            return subprocess.CompletedProcess(argv, 0, stdout="1\n" if found else "0\n")

        monkeypatch.setattr(devices.subprocess, "run", probe)
        return chosen

    return pretend


def test_without_an_accelerator_auto_is_tensorflow_and_no_backend_is_started(
    installed, monkeypatch
):
    chosen = installed("tensorflow", "jax", "torch")
    monkeypatch.setattr(devices.subprocess, "run", None)
    assert devices.choose_backend("auto").backend == "tensorflow"
    assert chosen == ["tensorflow"]


def test_auto_takes_the_installed_backend_with_an_accelerator(installed):
    installed("tensorflow", "jax", "torch", accelerator="jax", device_file=True)
    choice = devices.choose_backend(None)
    assert (choice.backend, choice.reason) == ("jax", "it has an accelerator")


def test_without_an_accelerator_auto_takes_an_installed_backend(installed):
    installed("torch")
    assert devices.choose_backend("auto").backend == "torch"
    installed()
    with pytest.raises(BackendError, match="no Keras backend is installed"):
        devices.choose_backend("auto")


def test_without_a_request_the_environment_decides(installed, monkeypatch):
    installed("tensorflow", "torch")
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    assert devices.choose_backend(None).backend == "torch"
    assert devices.choose_backend("auto").backend == "tensorflow"


def test_the_error_for_a_backend_that_is_not_installed_says_how_to_install_it(installed):
    installed("tensorflow")
    with pytest.raises(BackendError, match=r"pip install 'vaereg\[jax\]'") as error:
        devices.choose_backend("jax")
    assert error.value.exit_code == 2


def test_the_error_for_an_unknown_backend_suggests_a_known_one(installed):
    installed("tensorflow")
    with pytest.raises(UsageError, match="tensorflow"):
        devices.choose_backend("tensorflo")


def test_keras_imported_with_another_backend_is_an_error():
    other = next(name for name in devices.BACKENDS if name != keras.backend.backend())
    before = dict(os.environ)
    with pytest.raises(BackendError, match="already imported with the backend"):
        devices._set_environment(other)
    assert dict(os.environ) == before


def test_devices_are_named():
    assert all(name.startswith(("CPU", "GPU")) for name in devices.devices())
