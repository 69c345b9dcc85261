"""Imports keras, which takes seconds: shows progress and hides the output of the import."""

from __future__ import annotations

import logging

from vaereg.host.devices import BackendChoice, devices
from vaereg.host.progress import Progress
from vaereg.host.suppress_stderr import suppressing_stderr


def import_keras(choice: BackendChoice, progress: Progress) -> tuple[str, ...]:
    """Imports keras with the chosen backend; shows and returns the devices."""
    progress.stage(f"importing keras ({choice.backend})", "imports")
    with suppressing_stderr():
        import keras  # noqa: F401  # the slow part, while the stage is shown

        found = devices()
    for sentence in use_own_settings():
        progress.say(f"warning: {sentence}")
    # Each function that uses a model is compiled once. TensorFlow mistakes these functions for one
    # function that is compiled repeatedly, and its warning would interrupt the progress display.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    progress.say(f"backend {choice.backend} ({choice.reason}) on {', '.join(found)}")
    return found


def use_own_settings() -> list[str]:
    """Gives Keras the settings that every run has, whatever ~/.keras/keras.json says.

    Returns a sentence for each setting that was another one. `precision` in [train] decides the
    types of a model; the names of the settings are those of keras.json.
    """
    import keras

    config = keras.config
    settings = (
        ("floatx", "float32", config.floatx, config.set_floatx),
        ("epsilon", 1e-7, config.epsilon, config.set_epsilon),
        (
            "image_data_format",
            "channels_last",
            config.image_data_format,
            config.set_image_data_format,
        ),
    )
    told = []
    for name, own, read, write in settings:
        if read() != own:
            told.append(
                f"Keras was set to {name} = {read()} (by keras.json or this program); vaereg uses "
                f"{own}, on which results depend."
            )
            if name == "floatx" and config.dtype_policy().name == read():
                config.set_dtype_policy(own)  # Keras had taken it from floatx
            write(own)
    return told
