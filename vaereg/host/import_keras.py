"""Imports keras, which takes seconds: shows progress and hides the output of the import."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

from vaereg.errors import BackendError
from vaereg.host.devices import BackendChoice, devices, set_single_precision
from vaereg.host.environment import remove_unwanted
from vaereg.host.progress import Progress
from vaereg.host.suppress_stderr import suppressing_stderr
from vaereg.wording import first_lines


def import_keras(choice: BackendChoice, progress: Progress) -> tuple[str, ...]:
    """Imports keras with the chosen backend; shows and returns the devices."""
    progress.stage(f"importing keras ({choice.backend})", "imports")
    told = [] if "keras" in sys.modules else remove_unwanted()
    with suppressing_stderr():
        try:
            import keras  # noqa: F401  # the slow part, while the stage is shown

            found = devices()
        except Exception as error:
            raise BackendError(_cannot_be_imported(choice.backend, error)) from error
    for sentence in (*told, *use_own_settings()):
        progress.say(f"warning: {sentence}")
    # Each function that uses a model is compiled once. TensorFlow mistakes these functions for one
    # function that is compiled repeatedly, and its warning would interrupt the progress display.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    progress.say(f"backend {choice.backend} ({choice.reason}) on {', '.join(found)}")
    return found


def _cannot_be_imported(backend: str, error: Exception) -> str:
    """Why keras cannot be imported; its own settings are read during the import."""
    home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
    hint = "Install Keras or the backend again, or choose another one with the option backend."
    if (home / "keras.json").exists():
        hint += f"\nIf Keras refuses {home / 'keras.json'}, mend or remove that file."
    return (
        f"keras cannot be imported with the backend {backend}: {type(error).__name__}: "
        f"{first_lines(error)}\n{hint}"
    )


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
        ("max_epochs", None, config.max_epochs, config.set_max_epochs),
        (
            "max_steps_per_epoch",
            None,
            config.max_steps_per_epoch,
            config.set_max_steps_per_epoch,
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
    return told + set_single_precision()
