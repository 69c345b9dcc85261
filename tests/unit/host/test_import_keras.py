import io

import keras

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
        keras.config.set_dtype_policy("float16")
        told = use_own_settings()
        found = (
            keras.config.floatx(),
            keras.config.epsilon(),
            keras.config.image_data_format(),
            keras.config.dtype_policy().name,
        )
    finally:
        use_own_settings()
        keras.config.set_dtype_policy(policy)
    assert found == ("float32", 1e-7, "channels_last", "float32")
    assert [sentence.split(" = ")[0] for sentence in told] == [
        "Keras was set to floatx",
        "Keras was set to epsilon",
        "Keras was set to image_data_format",
    ]


def test_a_precision_that_the_program_chose_itself_stays():
    policy = keras.config.dtype_policy()
    try:
        keras.config.set_dtype_policy("mixed_bfloat16")
        use_own_settings()
        assert keras.config.dtype_policy().name == "mixed_bfloat16"
    finally:
        keras.config.set_dtype_policy(policy)
