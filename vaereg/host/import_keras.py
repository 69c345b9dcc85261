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
    # Each function that uses a model is compiled once. TensorFlow mistakes these functions for one
    # function that is compiled repeatedly, and its warning would interrupt the progress display.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    progress.say(f"backend {choice.backend} ({choice.reason}) on {', '.join(found)}")
    return found
