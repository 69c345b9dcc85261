import io
import os
import subprocess
import sys

import keras
import pytest

from vaereg.host.devices import BackendChoice
from vaereg.host.import_keras import import_keras, use_own_settings
from vaereg.host.progress import Progress


def test_the_backend_its_reason_and_the_devices_are_shown():
    stream = io.StringIO()
    backend = keras.backend.backend()
    devices = import_keras(BackendChoice(backend, "as requested"), Progress(stream=stream))
    importing, using = stream.getvalue().splitlines()
    assert importing == f"importing keras ({backend}) …"
    assert using == f"backend {backend} (as requested) on {', '.join(devices)}"


def test_settings_of_the_users_keras_json_are_replaced_and_told():
    assert use_own_settings() == []
    policy = keras.config.dtype_policy()
    try:
        keras.config.set_floatx("float16")
        keras.config.set_epsilon(0.1)
        keras.config.set_image_data_format("channels_first")
        keras.config.set_max_epochs(1)
        keras.config.set_max_steps_per_epoch(2)
        keras.config.set_dtype_policy("float16")
        told = use_own_settings()
        found = (
            keras.config.floatx(),
            keras.config.epsilon(),
            keras.config.image_data_format(),
            keras.config.dtype_policy().name,
            keras.config.max_epochs(),
            keras.config.max_steps_per_epoch(),
        )
    finally:
        use_own_settings()
        keras.config.set_dtype_policy(policy)
    assert found == ("float32", 1e-7, "channels_last", "float32", None, None)
    assert [sentence.split(" = ")[0] for sentence in told] == [
        "Keras was set to floatx",
        "Keras was set to epsilon",
        "Keras was set to image_data_format",
        "Keras was set to max_epochs",
        "Keras was set to max_steps_per_epoch",
    ]


def test_a_precision_that_the_program_chose_itself_stays():
    policy = keras.config.dtype_policy()
    try:
        keras.config.set_dtype_policy("mixed_bfloat16")
        use_own_settings()
        assert keras.config.dtype_policy().name == "mixed_bfloat16"
    finally:
        keras.config.set_dtype_policy(policy)


@pytest.mark.skipif(keras.backend.backend() != "jax", reason="a setting of JAX")
def test_jax_computes_in_single_precision_whatever_the_program_chose():
    import jax

    jax.config.update("jax_enable_x64", True)
    try:
        (told,) = use_own_settings()
    finally:
        left = jax.config.read("jax_enable_x64")
        jax.config.update("jax_enable_x64", False)
    assert "double precision" in told and not left


@pytest.mark.parametrize("content", ['{"floatx": "float8"}', '{"epsilon": 1}', "[]"])
def test_a_keras_json_that_keras_refuses_is_named(tmp_path, content):
    (tmp_path / "keras.json").write_text(content)
    code = (
        "from vaereg.host.import_keras import import_keras\n"
        "from vaereg.host.devices import choose_backend\n"
        "from vaereg.host.progress import Progress\n"
        "from vaereg.errors import BackendError\n"
        "try: import_keras(choose_backend(), Progress(quiet=True))\n"
        "except BackendError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"KERAS_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "keras cannot be imported" in done.stdout
    assert "mend or remove that file" in done.stdout and str(tmp_path) in done.stdout
